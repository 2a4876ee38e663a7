package io.millrace.ops.node;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Where the keys of a YAML file are, as {@code :line:column} from 1, for messages about them. */
final class YamlPlaces {
  private final Map<String, String> places = new HashMap<>();

  private YamlPlaces() {}

  /** Of a text that could be loaded. */
  static YamlPlaces of(LoadSettings settings, String text) {
    YamlPlaces places = new YamlPlaces();
    new Compose(settings).composeString(text).ifPresent(root -> places.add("", root));
    return places;
  }

  private void add(String prefix, Node node) {
    if (node instanceof MappingNode map) {
      for (NodeTuple tuple : map.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode key) {
          String path = prefix + key.getValue();
          places.put(path, of(key.getStartMark()));
          add(path + ".", tuple.getValueNode());
        }
      }
    }
  }

  /** The place of a key, like {@code http.port}; of the map that it is missing in, else nothing. */
  String of(String path) {
    for (String at = path; !at.isEmpty(); at = at.substring(0, Math.max(at.lastIndexOf('.'), 0))) {
      String place = places.get(at);
      if (place != null) {
        return place;
      }
    }
    return "";
  }

  /** A mark as {@code :line:column}. */
  static String of(Optional<Mark> mark) {
    return mark.map(m -> ":" + (m.getLine() + 1) + ":" + (m.getColumn() + 1)).orElse("");
  }
}
