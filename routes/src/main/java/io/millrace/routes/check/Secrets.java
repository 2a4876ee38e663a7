package io.millrace.routes.check;

import java.util.Locale;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/**
 * A secret is a property without a default: neither it nor a stand-in is written in a route. The
 * file that holds one is none.
 */
final class Secrets {
  private static final Set<String> WORDS =
      Set.of(
          "password", "passphrase", "secret", "token", "accesskey", "apikey", "privatekey", "jaas");

  private Secrets() {}

  static void check(RouteCheck check, Node parameters) {
    if (!(parameters instanceof MappingNode map)) {
      return;
    }
    for (NodeTuple tuple : map.getValue()) {
      String name = RouteCheck.text(tuple.getKeyNode()).toLowerCase(Locale.ROOT).replace("-", "");
      String value = RouteCheck.text(tuple.getValueNode()).strip();
      if (!name.endsWith("file")
          && WORDS.stream().anyMatch(name::contains)
          && !value.matches("(RAW\\()?\\{\\{[\\w.-]+\\}\\}\\)?")) {
        check.add(
            tuple.getValueNode(),
            "secret",
            "a secret is written here, or has a default",
            "Write `{{name}}` and give it in the configuration's properties");
      }
    }
  }
}
