package io.millrace.routes.check;

import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Where a source route may take from and send to. */
final class Endpoints {
  /** What a source may begin with. */
  static final Set<String> FROM =
      Set.of("paho-mqtt5", "kafka", "amqp", "pulsar", "sftp", "kamelet");

  /** Where a step may send to. */
  static final Set<String> TO = Set.of("direct", "kamelet", "usage");

  /** Steps whose {@code uri} is an endpoint. */
  static final Set<String> TAKES_URI =
      Set.of("to", "wireTap", "enrich", "pollEnrich", "poll", "toD", "interceptSendToEndpoint");

  /**
   * Steps of a source route. Those that are not here take events away from their source's sight (an
   * aggregate, a thread pool, a caught failure), and would have it acknowledge too early or never.
   */
  static final Set<String> STEPS =
      Set.of(
          "to",
          "choice",
          "filter",
          "convertBodyTo",
          "setBody",
          "setHeader",
          "setHeaders",
          "setProperty",
          "setVariable",
          "removeHeader",
          "removeHeaders",
          "removeProperty",
          "removeProperties",
          "removeVariable");

  /** What a source route may say beside its steps; an error handler of its own loses events. */
  static final Set<String> ROUTE = Set.of("id", "description", "from");

  /** Steps that send where an expression says. */
  static final Set<String> DYNAMIC =
      Set.of("toD", "recipientList", "routingSlip", "dynamicRouter", "enrich", "pollEnrich");

  /** Steps that call classes or scripts. */
  static final Set<String> CODE =
      Set.of("bean", "script", "process", "policy", "transacted", "serviceCall", "claimCheck");

  private Endpoints() {}

  /** Whether an endpoint is the engine: CloudEvents, or a format of its own. */
  static boolean isUsage(String uri) {
    return uri.equals("direct:usage") || uri.startsWith("usage:");
  }

  static void check(RouteCheck check, MappingNode options, boolean from) {
    Node node = RouteCheck.value(options, "uri");
    String uri = RouteCheck.text(node);
    if (node == null || uri.isEmpty()) {
      check.add(options, "no-uri", "there is no endpoint", "Write `uri: paho-mqtt5:...`");
      return;
    }
    int colon = uri.indexOf(':');
    String scheme = colon < 0 ? uri : uri.substring(0, colon);
    Set<String> allowed = from ? FROM : TO;
    if (scheme.contains("{")) {
      check.add(
          node,
          "scheme",
          "the scheme is a placeholder",
          "Write the scheme out: " + sorted(allowed));
    } else if (!allowed.contains(scheme)) {
      check.add(
          node,
          "scheme",
          "`" + scheme + ":` is not allowed " + (from ? "as a source" : "here"),
          "Use one of " + sorted(allowed));
    } else if (uri.contains("${")) {
      check.add(node, "dynamic-endpoint", "the endpoint depends on a message", "Write it out");
    }
    if (scheme.equals("kamelet") && from) {
      KameletForm.check(check, node, options);
    }
    if (uri.contains("?")) {
      check.add(
          node,
          "uri-options",
          "options stand in the uri",
          "Write them under `parameters:`, where they can be read and checked");
    }
  }

  private static Set<String> sorted(Set<String> words) {
    return new TreeSet<>(words);
  }
}
