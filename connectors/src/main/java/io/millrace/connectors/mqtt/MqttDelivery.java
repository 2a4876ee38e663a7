package io.millrace.connectors.mqtt;

import io.millrace.connectors.codec.CloudEventsBindings;
import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.codec.Transport;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way through the route: each attempt is an exchange of its own, and the message
 * is acknowledged when one completes. It is never refused to the broker, which could do nothing
 * about it, and never dropped; while the connection lives it is tried again.
 */
final class MqttDelivery implements AsyncCallback {
  final MqttConnection connection;
  final int packetId;
  final int qos;
  private final MqttSlot slot;
  private final Payload payload;
  private int attempts;
  private @Nullable Exchange exchange;

  MqttDelivery(MqttSlot slot, MqttConnection connection, String topic, MqttMessage message) {
    this.slot = slot;
    this.connection = connection;
    this.packetId = message.getId();
    this.qos = message.getQos();
    this.payload = new Payload(message.getPayload(), transport(topic, message.getProperties()));
  }

  private static Transport transport(String topic, @Nullable MqttProperties said) {
    return said == null
        ? Transport.at(topic)
        : CloudEventsBindings.mqtt(
            topic,
            said.getContentType(),
            taker -> {
              for (UserProperty each : said.getUserProperties()) {
                taker.accept(each.getKey(), each.getValue());
              }
            });
  }

  /** Attempts that have been made. */
  int attempts() {
    return attempts;
  }

  /** Makes an attempt. Not named run: Camel ends an asynchronous exchange by its callback's run. */
  void attempt() {
    attempts++;
    Exchange attempt = slot.exchange(payload);
    exchange = attempt;
    slot.process(attempt, this);
  }

  @Override
  public void done(boolean synchronous) {
    Exchange attempt = exchange;
    if (attempt == null) {
      return;
    }
    exchange = null;
    boolean failed = attempt.isFailed() || attempt.isRollbackOnly();
    Exception why = attempt.getException();
    slot.release(attempt);
    if (failed) {
      slot.failed(this, why);
    } else {
      slot.completed(this);
    }
  }
}
