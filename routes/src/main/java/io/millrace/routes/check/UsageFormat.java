package io.millrace.routes.check;

import io.millrace.connectors.codec.CodecSpec;
import io.millrace.connectors.codec.Formats;
import java.util.Map;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/** Whether a step {@code usage:format} names a format, and gives it options that it can be. */
final class UsageFormat {
  private static final String SCHEME = "usage:";

  private UsageFormat() {}

  static void check(RouteCheck check, MappingNode step) {
    Node uri = RouteCheck.value(step, "uri");
    String text = RouteCheck.text(uri);
    if (uri == null || !text.startsWith(SCHEME) || text.contains("?")) {
      return;
    }
    Map<String, String> options = new TreeMap<>();
    if (RouteCheck.value(step, "parameters") instanceof MappingNode parameters) {
      for (NodeTuple tuple : parameters.getValue()) {
        String value = RouteCheck.text(tuple.getValueNode());
        if (value.contains("{{")) {
          return; // only the node that runs it knows
        }
        options.put(RouteCheck.text(tuple.getKeyNode()), value);
      }
    }
    try {
      Formats.check(CodecSpec.of(text.substring(SCHEME.length()), options));
    } catch (IllegalArgumentException e) {
      check.add(
          uri,
          "format",
          String.valueOf(e.getMessage()),
          "routes/README.md lists the options of each format; formats are " + Formats.names());
    }
  }
}
