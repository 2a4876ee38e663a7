package io.millrace.connectors.mqtt;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.eclipse.paho.mqttv5.common.MqttMessage;
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
  private final String topic;
  private final byte[] payload;
  private int attempts;
  private @Nullable Exchange exchange;

  MqttDelivery(MqttSlot slot, MqttConnection connection, String topic, MqttMessage message) {
    this.slot = slot;
    this.connection = connection;
    this.topic = topic;
    this.packetId = message.getId();
    this.qos = message.getQos();
    this.payload = message.getPayload();
  }

  /** Attempts that have been made. */
  int attempts() {
    return attempts;
  }

  /** Makes an attempt. Not named run: Camel ends an asynchronous exchange by its callback's run. */
  void attempt() {
    attempts++;
    Exchange attempt = slot.exchange(topic, payload);
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
