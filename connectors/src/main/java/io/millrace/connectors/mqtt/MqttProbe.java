package io.millrace.connectors.mqtt;

import io.millrace.connectors.source.Probe;
import io.millrace.connectors.source.SourceCheck;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttSubscription;

/**
 * Tries a broker as a client of its own, whose session ends with the connection. It subscribes to
 * the topic beside the shared subscription, not in it: what it is sent are copies, at QoS 0, that
 * it drops.
 */
final class MqttProbe {
  private static final int PORT = 1883;
  private static final int TLS_PORT = 8883;
  private static final int FIRST_ERROR_CODE = 0x80;
  private static final int SEND_NO_RETAINED = 2;

  private MqttProbe() {}

  static List<SourceCheck> checks(MqttEndpoint endpoint) {
    MqttEndpoint.Session session = endpoint.session("probe", 0);
    URI url = URI.create(session.brokerUrl());
    boolean plain = "tcp".equals(url.getScheme()) || "mqtt".equals(url.getScheme());
    Probe probe =
        new Probe()
            .host(url.getHost(), url.getPort() >= 0 ? url.getPort() : plain ? PORT : TLS_PORT);
    MqttAsyncClient client;
    try {
      client =
          new MqttAsyncClient(
              session.brokerUrl(), "millrace-test-" + UUID.randomUUID(), new MemoryPersistence());
    } catch (MqttException e) {
      return probe
          .check(
              "login",
              "mend the url",
              () -> {
                throw e;
              })
          .checks();
    }
    try {
      return probe
          .check("login", "check user, password and what they may do", () -> login(client, session))
          .check(
              "topic",
              "check the topic, and whether the user may read it",
              () -> subscribe(client, endpoint.getTopic()))
          .checks();
    } finally {
      close(client);
    }
  }

  private static String login(MqttAsyncClient client, MqttEndpoint.Session session)
      throws MqttException {
    MqttConnectionOptions options = session.options().get();
    options.setCleanStart(true);
    options.setSessionExpiryInterval(0L);
    client.connect(options).waitForCompletion(Probe.ANSWER.toMillis());
    return options.getUserName() == null ? "without a user" : "as " + options.getUserName();
  }

  private static String subscribe(MqttAsyncClient client, String topic)
      throws MqttException, IOException {
    MqttSubscription subscription = new MqttSubscription(topic, 0);
    subscription.setRetainHandling(SEND_NO_RETAINED);
    IMqttToken token = client.subscribe(subscription);
    token.waitForCompletion(Probe.ANSWER.toMillis());
    int[] codes = token.getReasonCodes();
    if (codes != null && codes.length > 0 && codes[0] >= FIRST_ERROR_CODE) {
      throw new IOException("the broker refuses " + topic + " with reason code " + codes[0]);
    }
    return topic + " may be read";
  }

  private static void close(MqttAsyncClient client) {
    try {
      if (client.isConnected()) {
        client.disconnect().waitForCompletion(TimeUnit.SECONDS.toMillis(1));
      }
      client.close(true);
    } catch (MqttException e) {
      // The broker ends the session with the connection.
    }
  }
}
