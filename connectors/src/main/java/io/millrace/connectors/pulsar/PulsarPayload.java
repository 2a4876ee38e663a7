package io.millrace.connectors.pulsar;

import io.millrace.connectors.codec.CloudEventsBindings;
import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.codec.Transport;
import java.util.Map;
import org.apache.pulsar.client.api.Message;

/** A message's bytes, and of its properties what a codec may read. */
final class PulsarPayload {
  private static final byte[] NONE = new byte[0];

  private PulsarPayload() {}

  /** Its bytes; none for one that has no value. */
  static byte[] bytes(Message<byte[]> message) {
    byte[] bytes = message.getData();
    return bytes == null ? NONE : bytes;
  }

  /** The bytes alone where the message says nothing else that a codec may read. */
  static Object of(Message<byte[]> message, byte[] bytes, String topic) {
    Map<String, String> properties = message.getProperties();
    if (properties.isEmpty()) {
      return bytes;
    }
    Transport transport = CloudEventsBindings.pulsar("", properties);
    return transport == Transport.NONE ? bytes : new Payload(bytes, transport.withAddress(topic));
  }
}
