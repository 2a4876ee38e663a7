package io.millrace.connectors.amqp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.exceptions.ClientException;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.messaging.AmqpValue;
import org.apache.qpid.protonj2.types.messaging.Data;
import org.apache.qpid.protonj2.types.messaging.Section;

/**
 * The bytes of a message (OASIS AMQP 1.0, 3.2.6 to 3.2.8): of its data sections, or of a value that
 * is binary or text. Of anything else, what suspense can show.
 */
final class AmqpPayload {
  private AmqpPayload() {}

  static byte[] of(Delivery delivery) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (Section<?> each : delivery.message().toAdvancedMessage().bodySections()) {
        bytes.writeBytes(of(each));
      }
      return bytes.toByteArray();
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
