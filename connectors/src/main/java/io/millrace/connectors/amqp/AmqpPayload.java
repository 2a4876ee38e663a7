package io.millrace.connectors.amqp;

import io.millrace.connectors.codec.CloudEventsBindings;
import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.codec.Transport;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.qpid.protonj2.client.AdvancedMessage;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.exceptions.ClientException;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.messaging.AmqpValue;
import org.apache.qpid.protonj2.types.messaging.ApplicationProperties;
import org.apache.qpid.protonj2.types.messaging.Data;
import org.apache.qpid.protonj2.types.messaging.Section;

/**
 * The bytes of a message (OASIS AMQP 1.0, 3.2.6 to 3.2.8): of its data sections, or of a value that
 * is binary or text. Of anything else, what suspense can show.
 */
final class AmqpPayload {
  private AmqpPayload() {}

  /** The bytes alone where the message says nothing else that a codec may read. */
  static Object of(Delivery delivery, String queue) {
    try {
      AdvancedMessage<?> message = delivery.message().toAdvancedMessage();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (Section<?> each : message.bodySections()) {
        bytes.writeBytes(of(each));
      }
      ApplicationProperties properties = message.applicationProperties();
      Map<String, Object> values = properties == null ? null : properties.getValue();
      Transport transport =
          CloudEventsBindings.amqp("", message.contentType(), values == null ? Map.of() : values);
      return transport == Transport.NONE
          ? bytes.toByteArray()
          : new Payload(bytes.toByteArray(), transport.withAddress(queue));
    } catch (ClientException | RuntimeException e) {
      // It can't be read, and would be no better for being sent again.
      return new byte[0];
    }
  }

  private static byte[] of(Section<?> section) {
    if (section instanceof Data data) {
      return data.getValue();
    }
    Object value = section instanceof AmqpValue<?> some ? some.getValue() : section;
    return switch (value) {
      case byte[] bytes -> bytes;
      case Binary binary -> binary.asByteArray();
      case null -> new byte[0];
      default -> String.valueOf(value).getBytes(StandardCharsets.UTF_8);
    };
  }
}
