package io.millrace.ops.embedded;

import java.nio.charset.StandardCharsets;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/** Publishes at QoS 1 and waits for each acknowledgement. */
final class TestPublisher implements AutoCloseable {
  private final MqttClient client;

  TestPublisher(String url) throws MqttException {
    client = new MqttClient(url, "test-publisher", new MemoryPersistence());
    client.connect();
  }

  /** Publishes the numbers from one to another, exclusive. */
  void publish(int from, int to) throws MqttException {
    for (int i = from; i < to; i++) {
      publish(Integer.toString(i).getBytes(StandardCharsets.UTF_8));
    }
  }

  void publish(byte[] body) throws MqttException {
    publish(new MqttMessage(body, 1, false, null));
  }

  void publish(MqttMessage message) throws MqttException {
    client.publish("lamps/lamp-1/report", message);
  }

  @Override
  public void close() throws MqttException {
    client.disconnect();
    client.close();
  }
}
