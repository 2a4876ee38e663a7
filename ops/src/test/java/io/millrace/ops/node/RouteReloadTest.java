package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.embedded.BrokerSafety;
import io.millrace.ops.embedded.EmbeddedBroker;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes that come, change and go while a node runs, over a real broker. */
class RouteReloadTest {
  @TempDir Path folder;
  private int events;

  private static String route(String name, String more) {
    return """
    - route:
        id: %s
        from:
          id: %s-from
          uri: kamelet:mqtt-source
          parameters: {source: %s, topic: %s/+/report, url: "{{mqtt.url}}"%s}
          steps:
            - to: {id: %s-usage, uri: "direct:usage"}
    """
        .formatted(name, name, name, name, more, name);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> sources(TestNode node) throws Exception {
    return (List<Map<String, Object>>)
        TestNode.tree(node.get("/ops/sources")).getOrDefault("sources", List.of());
  }

  private static List<Object> states(TestNode node) throws Exception {
    return sources(node).stream()
        .map(s -> s.get("name") + " " + s.get("state"))
        .map(Object.class::cast)
        .toList();
  }

  private static String refused(TestNode node) throws Exception {
    return String.valueOf(TestNode.tree(node.get("/ops/sources")).get("notLoaded"));
  }

  private static void until(Callable<Boolean> outcome) {
    Awaitility.await().atMost(java.time.Duration.ofSeconds(60)).until(outcome);
  }

  private static long charged(TestNode node) throws Exception {
    return node.get("/metrics")
        .body()
        .lines()
        .filter(l -> l.startsWith("millrace_events_total{outcome=\"charged\""))
        .mapToLong(l -> Long.parseLong(l.substring(l.lastIndexOf(' ') + 1).replace(".0", "")))
        .sum();
  }

  private void publish(String broker, String topic) throws Exception {
    MqttClient client = new MqttClient(broker, "lamp", new MemoryPersistence());
    client.connect();
    byte[] report =
        TestNode.report(1, events++, TestNode.START, "0.412").getBytes(StandardCharsets.UTF_8);
    client.publish(topic + "/lamp-000001/report", new MqttMessage(report, 1, false, null));
    client.disconnect();
    client.close();
  }

  private static boolean isInJmx(String source) throws Exception {
    return ManagementFactory.getPlatformMBeanServer()
        .isRegistered(new ObjectName("io.millrace:type=Source,name=\"" + source + "\""));
  }

  @Test
  void routesFollowTheirFiles_andABrokenOneChangesNothing() throws Exception {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Path lamps = routes.resolve("lamps.camel.yaml");
    Files.writeString(lamps, route("lamps", ""));
    try (EmbeddedBroker broker =
            EmbeddedBroker.start(folder.resolve("broker"), 0, BrokerSafety.PROCESS_DEATH);
        TestNode node =
            TestNode.reloading(
                folder, TestNode.emptyDatabase(), 1, Map.of("mqtt.url", broker.url()))) {
      until(() -> states(node).equals(List.of("lamps running")));

      // A file that is dropped in is loaded.
      Files.writeString(routes.resolve("poles.camel.yaml"), route("poles", ""));
      until(() -> states(node).equals(List.of("lamps running", "poles running")));
      publish(broker.url(), "poles");
      until(() -> charged(node) == 1);
      until(() -> isInJmx("poles"));

      // Broken ones change nothing, and say why: YAML, rules, options, ids, a name that is taken.
      Files.writeString(lamps, "- route: [");
      until(() -> refused(node).contains("lamps.camel.yaml:1:"));
      Files.writeString(lamps, route("lamps", "").replace("kamelet:mqtt-source", "exec:rm"));
      until(() -> refused(node).contains("`exec:` is not allowed"));
      Files.writeString(lamps, route("lamps", ", slots: 99"));
      until(() -> refused(node).contains("`slots` can't be `99`"));
      Files.writeString(lamps, route("lamps", "").replace("topic: lamps", "tropic: lamps"));
      until(() -> refused(node).contains("topic"));
      Files.writeString(lamps, route("poles", ""));
      until(() -> refused(node).contains("poles.camel.yaml's already"));
      Files.writeString(lamps, route("usage", ""));
      until(() -> refused(node).contains("one of the node's own"));
      Files.writeString(lamps, route("lamps", "").replace("source: lamps", "source: poles"));
      until(() -> refused(node).contains("named by two routes"));
      until(() -> states(node).equals(List.of("lamps running", "poles running")));
      publish(broker.url(), "lamps");
      until(() -> charged(node) == 2);

      // A changed one takes the place of the old.
      Files.writeString(lamps, route("lamps", ", slots: 2"));
      until(
          () ->
              sources(node).getFirst().get("slots") instanceof List<?> slots
                  && slots.size() == 2
                  && states(node).getFirst().equals("lamps running"));
      assertEquals("null", refused(node));
      publish(broker.url(), "lamps");
      until(() -> charged(node) == 3);

      // One that is removed goes, with all that was made for it; what is published waits.
      int routesBefore = node.running().routes().context().getRoutesSize();
      Files.delete(routes.resolve("poles.camel.yaml"));
      until(() -> states(node).equals(List.of("lamps running")));
      assertEquals(routesBefore - 2, node.running().routes().context().getRoutesSize());
      until(() -> !isInJmx("poles"));
      publish(broker.url(), "poles");
      Files.writeString(routes.resolve("poles.camel.yaml"), route("poles", ""));
      until(() -> charged(node) == 4);

      // A folder that can't be read takes nothing away.
      Path away = folder.resolve("away");
      Files.move(routes, away);
      node.running().routes().look();
      assertEquals(2, states(node).size());
      Files.move(away, routes);
    }
  }

  @Test
  void withoutReload_aFileIsLeftAlone() throws Exception {
    try (TestNode node = TestNode.start(folder, 1)) {
      Files.writeString(folder.resolve("routes/lamps.camel.yaml"), route("lamps", ""));
      node.running().routes().look();
      node.running().routes().look();
      assertTrue(sources(node).isEmpty());
      assertFalse(node.get("/ops/sources").body().contains("notLoaded"));
    }
  }
}
