package io.millrace.routes.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * A Kamelet's properties, against which a route's {@code parameters} are held: each is there, and
 * its value what its type says. Placeholders are for the node that fills them.
 */
final class KameletForm {
  /** The sources that there are, to name in a problem; {@code KameletFormTest} holds it true. */
  static final List<String> SOURCES =
      List.of(
          "amqp-source",
          "http-source",
          "kafka-source",
          "mqtt-source",
          "pulsar-source",
          "sftp-source");

  private static final String LEAST = "least";

  private final String name;
  private final Map<String, Map<String, Object>> properties = new TreeMap<>();
  private final Collection<?> required;

  private KameletForm(String name, Map<?, ?> definition) {
    this.name = name;
    required = definition.get("required") instanceof List<?> l ? l : List.of();
    map(definition.get("properties"))
        .forEach(
            (property, of) -> {
              Map<String, Object> form = new HashMap<>();
              map(of).forEach((key, value) -> form.put(String.valueOf(key), value));
              properties.put(String.valueOf(property), form);
            });
  }

  private static Map<?, ?> map(@Nullable Object node) {
    return node instanceof Map<?, ?> m ? m : Map.of();
  }

  private static Optional<KameletForm> named(String name) {
    if (!name.matches("[a-z0-9-]{1,64}")) {
      return Optional.empty();
    }
    try (InputStream in =
        KameletForm.class.getResourceAsStream("/kamelets/" + name + ".kamelet.yaml")) {
      if (in == null) {
        return Optional.empty();
      }
      Object root = new Load(LoadSettings.builder().build()).loadFromInputStream(in);
      return Optional.of(new KameletForm(name, map(map(map(root).get("spec")).get("definition"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Holds an endpoint's parameters against its Kamelet.
   *
   * @param uri its node, {@code kamelet:NAME} or {@code kamelet:NAME/ROUTE}
   * @param endpoint holds the uri and the parameters
   */
  static void check(RouteCheck check, Node uri, MappingNode endpoint) {
    String name = RouteCheck.text(uri).substring("kamelet:".length()).split("/", 2)[0];
    Optional<KameletForm> form = named(name);
    if (form.isPresent()) {
      form.get().check(check, uri, RouteCheck.value(endpoint, "parameters"));
    } else if (!name.contains("{")) {
      check.add(uri, "kamelet", "there is no Kamelet `" + name + "`", "Use one of " + SOURCES);
    }
  }

  private void check(RouteCheck check, Node uri, @Nullable Node parameters) {
    Map<String, Node> said = new HashMap<>();
    if (parameters instanceof MappingNode map) {
      for (NodeTuple tuple : map.getValue()) {
        String property = RouteCheck.text(tuple.getKeyNode());
        Map<String, Object> form = properties.get(property);
        if (form == null) {
          check.add(
              tuple.getKeyNode(),
              "property",
              name + " has no property `" + property + "`",
              "Use one of " + new TreeSet<>(properties.keySet()));
        } else {
          said.put(property, tuple.getValueNode());
          value(check, property, form, tuple.getValueNode());
        }
      }
    }
    for (Object each : required) {
      if (!said.containsKey(String.valueOf(each))) {
        check.add(
            uri,
            "property",
            name + " needs `" + each + "`",
            "Write it under `parameters:`: "
                + properties.getOrDefault(String.valueOf(each), Map.of()).get("title"));
      }
    }
    said.forEach((property, node) -> least(check, property, node, said));
  }

  private void value(RouteCheck check, String property, Map<String, Object> form, Node node) {
    if (!(node instanceof ScalarNode scalar)) {
      check.add(node, "property", "`" + property + "` is one value", "Write it behind the colon");
      return;
    }
    String text = scalar.getValue();
    if (text.contains("{{")) {
      return;
    }
    boolean good =
        switch (String.valueOf(form.get("type"))) {
          case "integer" -> isWithin(text, form);
          case "boolean" -> text.equals("true") || text.equals("false");
          default -> !(form.get("enum") instanceof List<?> words) || words.contains(text);
        };
    if (!good) {
      check.add(
          node, "property", "`" + property + "` can't be `" + text + "`", "Write " + wanted(form));
    }
  }

  private static boolean isWithin(String text, Map<String, Object> form) {
    return text.matches("-?\\d{1,18}")
        && (!(form.get("minimum") instanceof Number least)
            || Long.parseLong(text) >= least.longValue())
        && (!(form.get("maximum") instanceof Number most)
            || Long.parseLong(text) <= most.longValue());
  }

  private static String wanted(Map<String, Object> form) {
    if (form.get("enum") instanceof List<?> words) {
      return "one of " + words;
    }
    return "integer".equals(form.get("type"))
        ? "a number from " + form.get("minimum") + " to " + form.get("maximum")
        : "true or false";
  }

  /** What something falls to is no more than what it rises to. */
  private void least(RouteCheck check, String property, Node node, Map<String, Node> said) {
    if (!property.startsWith(LEAST)) {
      return;
    }
    String rest = property.substring(LEAST.length());
    String most = rest.substring(0, 1).toLowerCase(Locale.ROOT) + rest.substring(1);
    Map<String, Object> form = properties.get(most);
    if (form == null) {
      return;
    }
    Node given = said.get(most);
    String bound = given == null ? String.valueOf(form.get("default")) : RouteCheck.text(given);
    String text = RouteCheck.text(node);
    if (isWithin(text, Map.of())
        && isWithin(bound, Map.of())
        && Long.parseLong(text) > Long.parseLong(bound)) {
      check.add(
          node,
          "property",
          "`" + property + "` is more than `" + most + "`, " + bound,
          "Write a number from 1 to " + bound);
    }
  }
}
