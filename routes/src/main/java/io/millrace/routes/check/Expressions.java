package io.millrace.routes.check;

import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** What a source route may compute: very little. Money and quantities are the engine's. */
final class Expressions {
  /** Languages that read a message and no more. */
  static final Set<String> ALLOWED =
      Set.of("simple", "constant", "header", "exchangeProperty", "variable");

  /** The others of Camel's YAML. */
  private static final Set<String> OTHERS =
      Set.of(
          "csimple",
          "datasonnet",
          "groovy",
          "hl7terser",
          "java",
          "joor",
          "jq",
          "js",
          "jsonpath",
          "language",
          "method",
          "mvel",
          "ognl",
          "python",
          "ref",
          "spel",
          "tokenize",
          "wasm",
          "xpath",
          "xquery",
          "xtokenize");

  private static final Pattern ARITHMETIC =
      Pattern.compile(
          "\\+\\+|--|\\$\\{(sum|sub|mul|div|math|avg|abs|floor|ceil|round|min|max)\\b"
              + "|[\\w})]\\s+[*/+-]\\s+[\\w($]");

  private static final Pattern REACHES_OUT =
      Pattern.compile(
          "\\$\\{(bean|type|camelContext|ref|sys|env|exchange|function|properties|camelId)\\b"
              + "|\\bgetClass\\b|\\.class\\b|[\\w}]\\.\\w+\\(");

  private Expressions() {}

  static void check(RouteCheck check, String key, Node at, Node value) {
    if (OTHERS.contains(key)) {
      check.add(
          at,
          "language",
          "`" + key + "` is not allowed",
          "Use simple, constant, header, exchangeProperty or variable");
      return;
    }
    if (!key.equals("simple")) {
      return;
    }
    Node text = value instanceof MappingNode map ? RouteCheck.value(map, "expression") : value;
    if (!(text instanceof ScalarNode scalar)) {
      return;
    }
    if (ARITHMETIC.matcher(scalar.getValue()).find()) {
      check.add(
          text,
          "arithmetic",
          "the expression computes",
          "Hand the event over as it is: quantities and money are the catalog's");
    }
    if (REACHES_OUT.matcher(scalar.getValue()).find()) {
      check.add(
          text,
          "reaches-out",
          "the expression reaches beyond the message",
          "Read body, headers and properties by name only");
    }
  }
}
