package io.millrace.connectors.mqtt;

import io.millrace.connectors.source.SlotLeases;
import io.millrace.connectors.source.SourceRegistry;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.component.paho.mqtt5.PahoMqtt5Configuration;
import org.apache.camel.component.paho.mqtt5.PahoMqtt5Endpoint;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;

/** Camel's endpoint with our consumer; refuses what would lose messages. */
final class MqttEndpoint extends PahoMqtt5Endpoint {
  /** In flight where the route says nothing: two commits' worth at 20,000 messages a second. */
  static final int RECEIVE_MAXIMUM = 4_096;

  /** The client takes the property as a signed 16-bit number. */
  private static final int MOST_RECEIVE_MAXIMUM = 32_767;

  /** Camel's way to say that nothing was said. */
  private static final int UNSAID_RECEIVE_MAXIMUM = 65_535;

  private static final long SESSION_EXPIRY_SECONDS = 7 * 24 * 3600;

  /**
   * What one slot connects with.
   *
   * @param options fresh ones for each connection, which adds its own sockets
   */
  record Session(
      String brokerUrl,
      String clientId,
      String filter,
      int receiveMaximum,
      Duration connectionTimeout,
      Supplier<MqttConnectionOptions> options) {}

  private final SourceOptions options;
  private final SlotLeases leases;
  private final SourceRegistry sources;

  MqttEndpoint(
      String uri,
      String topic,
      MqttComponent component,
      PahoMqtt5Configuration configuration,
      SourceOptions options,
      SlotLeases leases,
      SourceRegistry sources) {
    super(uri, topic, component, configuration);
    this.options = options;
    this.leases = leases;
    this.sources = sources;
  }

  SourceOptions options() {
    return options;
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    PahoMqtt5Configuration c = getConfiguration();
    if (options.cleanStartSaid() && c.isCleanStart()) {
      throw refused("cleanStart=true forgets what waits in the session; remove it");
    }
    // Camel's own default is 2; a subscription is always made at 1, which dedupe makes exactly
    // once.
    if (c.getQos() == 0) {
      throw refused("qos=0 can't be acknowledged after a commit; use qos=1");
    }
    if (c.getReceiveMaximum() < 1
        || c.getReceiveMaximum() > MOST_RECEIVE_MAXIMUM
            && c.getReceiveMaximum() != UNSAID_RECEIVE_MAXIMUM) {
      throw refused(
          "receiveMaximum=" + c.getReceiveMaximum() + " must be 1 to " + MOST_RECEIVE_MAXIMUM);
    }
    if (c.getSessionExpiryInterval() == 0) {
      throw refused("sessionExpiryInterval=0 ends the session with the connection; remove it");
    }
    if (getTopic().startsWith("$share/")) {
      throw refused("the subscription is shared already; name the plain topic and sharedGroup=…");
    }
    MqttConsumer consumer = new MqttConsumer(this, processor, leases, sources);
    configureConsumer(consumer);
    return consumer;
  }

  private IllegalArgumentException refused(String why) {
    return new IllegalArgumentException(MqttComponent.SCHEME + ":" + getTopic() + ": " + why);
  }

  /** The session of a slot of that source. */
  Session session(String source, int slot) {
    PahoMqtt5Configuration c = getConfiguration();
    String prefix = c.getClientId() == null ? options.tenant() + '-' + source : c.getClientId();
    String group = options.sharedGroup().isEmpty() ? "millrace-" + source : options.sharedGroup();
    int receiveMaximum =
        c.getReceiveMaximum() == UNSAID_RECEIVE_MAXIMUM ? RECEIVE_MAXIMUM : c.getReceiveMaximum();
    return new Session(
        c.getBrokerUrl(),
        prefix + "-slot-" + slot,
        "$share/" + group + '/' + getTopic(),
        receiveMaximum,
        Duration.ofSeconds(c.getConnectionTimeout()),
        () -> connectionOptions(receiveMaximum));
  }

  private MqttConnectionOptions connectionOptions(int receiveMaximum) {
    MqttConnectionOptions connect = createMqttConnectionOptions();
    connect.setCleanStart(false);
    connect.setAutomaticReconnect(false);
    connect.setReceiveMaximum(receiveMaximum);
    connect.setMaximumPacketSize(options.maximumPacketSize());
    if (getConfiguration().getSessionExpiryInterval() < 0) {
      connect.setSessionExpiryInterval(SESSION_EXPIRY_SECONDS);
    }
    return connect;
  }
}
