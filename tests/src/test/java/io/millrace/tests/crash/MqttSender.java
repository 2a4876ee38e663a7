package io.millrace.tests.crash;

import io.millrace.ops.embedded.BrokerSafety;
import io.millrace.ops.embedded.EmbeddedBroker;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/** A device on an MQTT 5 broker of this process. */
final class MqttSender implements Sender {
  private static final int WINDOW = 500;

  private final EmbeddedBroker broker;

  MqttSender(Path folder) throws Exception {
    broker = EmbeddedBroker.start(folder, 0, BrokerSafety.PROCESS_DEATH);
  }

  @Override
  public String route() {
    return "../sources/lamps.camel.yaml";
  }

  @Override
  public Map<String, String> properties() {
    return Map.of("mqtt.url", broker.url());
  }

  @Override
  public void publish(List<byte[]> payloads) throws Exception {
    MqttAsyncClient client = new MqttAsyncClient(broker.url(), "burst", new MemoryPersistence());
    client.connect().waitForCompletion();
    Deque<IMqttToken> open = new ArrayDeque<>();
    for (byte[] each : payloads) {
      if (open.size() == WINDOW) {
        open.remove().waitForCompletion();
      }
      open.add(client.publish("lamps/burst/report", new MqttMessage(each, 1, false, null)));
    }
    for (IMqttToken each : open) {
      each.waitForCompletion();
    }
    client.disconnect().waitForCompletion();
    client.close();
  }

  @Override
  public void close() throws Exception {
    broker.close();
  }
}
