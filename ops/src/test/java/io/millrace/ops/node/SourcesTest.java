package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.Millrace;
import io.millrace.ops.embedded.BrokerSafety;
import io.millrace.ops.embedded.EmbeddedBroker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source over a real broker, suspended and resumed over both faces. */
class SourcesTest {
  private static final String ROUTE =
      """
      - route:
          id: lamps
          from:
            id: lamps-from
            uri: kamelet:mqtt-source
            parameters: {source: lamps, topic: lamps/+/report, url: "{{mqtt.url}}"}
            steps:
              - to:
                  id: lamps-usage
                  uri: direct:usage
      """;

  @TempDir Path folder;

  private static Object state(TestNode node) throws Exception {
    return source(node).get("state");
  }

  private static Map<String, Object> source(TestNode node) throws Exception {
    return TestNode.list(TestNode.tree(node.get("/ops/sources")), "sources").getFirst();
  }

  private static long charged(TestNode node) throws Exception {
    String metrics = node.get("/metrics").body();
    return metrics
        .lines()
        .filter(l -> l.startsWith("millrace_events_total{outcome=\"charged\""))
        .mapToLong(l -> (long) Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static void publish(String broker, int id) throws Exception {
    MqttClient client = new MqttClient(broker, "lamp", new MemoryPersistence());
    client.connect();
    byte[] report =
        TestNode.report(1, id, TestNode.START, "0.412").getBytes(StandardCharsets.UTF_8);
    client.publish("lamps/lamp-000001/report", new MqttMessage(report, 1, false, null));
    client.disconnect();
    client.close();
  }

  @SuppressWarnings("unchecked")
  private static List<Object> tested(TestNode node, boolean good) throws Exception {
    HttpResponse<String> answer = node.post("/ops/sources/lamps/test", "");
    assertEquals(200, answer.statusCode(), answer.body());
    Map<String, Object> tree = TestNode.tree(answer);
    assertEquals(good, tree.get("good"), answer.body());
    return ((List<Map<String, Object>>) tree.getOrDefault("checks", List.of()))
        .stream().map(c -> c.getOrDefault("name", "")).toList();
  }

  private record Ran(int code, String out) {}

  private static Ran command(TestNode node, String... words) {
    List<String> all = new ArrayList<>(List.of("source"));
    all.addAll(List.of(words));
    all.addAll(List.of("--url", node.running().url()));
    StringWriter out = new StringWriter();
    int code =
        Millrace.commandLine(new PrintWriter(out, true), new PrintWriter(out, true))
            .execute(all.toArray(String[]::new));
    return new Ran(code, out.toString());
  }

  private static void theCommandLineDoesTheSame(TestNode node) {
    Ran list = command(node, "list");
    assertTrue(
        list.out.lines().toList().getLast().startsWith("lamps  paho-mqtt5  running  1 of 1"),
        list.out);
    Ran test = command(node, "test", "lamps");
    assertEquals(0, test.code, test.out);
    assertTrue(test.out.contains("  ok   login  without a user"), test.out);
    assertEquals("lamps is suspended\n", command(node, "suspend", "lamps").out);
    assertEquals(0, command(node, "resume", "lamps").code);
    Awaitility.await().until(() -> state(node).equals("running"));
    Ran other = command(node, "suspend", "lights");
    assertEquals(1, other.code);
    assertTrue(other.out.startsWith("millrace: unknown-source: "), other.out);
    assertEquals(2, command(node, "test").code);
  }

  @Test
  void suspendedSource_takesNothingInUntilItIsResumed() throws Exception {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.writeString(routes.resolve("lamps.camel.yaml"), ROUTE);
    try (EmbeddedBroker broker =
            EmbeddedBroker.start(folder.resolve("broker"), 0, BrokerSafety.PROCESS_DEATH);
        TestNode node =
            TestNode.start(folder, TestNode.emptyDatabase(), 1, Map.of("mqtt.url", broker.url()))) {
      Awaitility.await().until(() -> state(node).equals("running"));
      assertEquals(200, node.get("/health/ready").statusCode());
      publish(broker.url(), 1);
      Awaitility.await().until(() -> charged(node) == 1);

      HttpResponse<String> suspended = node.post("/ops/sources/lamps/suspend", "");
      assertEquals(200, suspended.statusCode(), suspended.body());
      Awaitility.await().until(() -> state(node).equals("suspended"));
      publish(broker.url(), 2);
      assertEquals(1, charged(node));
      assertEquals(List.of("host", "login", "topic"), tested(node, true));

      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      ObjectName bean = new ObjectName("io.millrace:type=Source,name=\"lamps\"");
      assertEquals("suspended", server.getAttribute(bean, "State"));
      server.invoke(bean, "resume", new Object[0], new String[0]);
      Awaitility.await().until(() -> charged(node) == 2);
      assertEquals("running", server.getAttribute(bean, "State"));
      assertEquals("paho-mqtt5", server.getAttribute(bean, "Kind"));
      Object[] checks = (Object[]) server.invoke(bean, "test", new Object[0], new String[0]);
      assertEquals(3, checks.length);
      theCommandLineDoesTheSame(node);
      assertTrue((long) server.getAttribute(bean, "Received") >= 1);
      String metrics = node.get("/metrics").body();
      assertTrue(metrics.contains("millrace_source_up{source=\"lamps\"} 1.0"));
      assertTrue(metrics.contains("millrace_source_lag{source=\"lamps\"} NaN"), "MQTT has none");
      assertTrue(metrics.contains("millrace_source_oldest_seconds{source=\"lamps\"} "));

      broker.close();
      Awaitility.await().until(() -> state(node).equals("waiting"));
      assertEquals(503, node.get("/health/ready").statusCode());
      assertEquals(200, node.get("/health/live").statusCode());
      assertEquals(List.of("host"), tested(node, false));
      assertEquals(3, command(node, "test", "lamps").code());
    }
  }
}
