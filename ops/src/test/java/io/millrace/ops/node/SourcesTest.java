package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.embedded.BrokerSafety;
import io.millrace.ops.embedded.EmbeddedBroker;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @Test
  void suspendedSource_takesNothingInUntilItIsResumed() throws Exception {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.writeString(routes.resolve("lamps.camel.yaml"), TestNode.ROUTE);
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

      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      ObjectName bean = new ObjectName("io.millrace:type=Source,name=\"lamps\"");
      assertEquals("suspended", server.getAttribute(bean, "State"));
      server.invoke(bean, "resume", new Object[0], new String[0]);
      Awaitility.await().until(() -> charged(node) == 2);
      assertEquals("running", server.getAttribute(bean, "State"));
      assertTrue((long) server.getAttribute(bean, "Received") >= 1);
      assertTrue(node.get("/metrics").body().contains("millrace_source_up{source=\"lamps\"} 1.0"));

      broker.close();
      Awaitility.await().until(() -> state(node).equals("waiting"));
      assertEquals(503, node.get("/health/ready").statusCode());
      assertEquals(200, node.get("/health/live").statusCode());
    }
  }
}
