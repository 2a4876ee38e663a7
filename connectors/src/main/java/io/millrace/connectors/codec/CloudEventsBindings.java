package io.millrace.connectors.codec;

import io.millrace.connectors.codec.Transport.Attribute;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How each transport writes the context attributes of a binary-mode CloudEvent (the protocol
 * bindings of CloudEvents 1.0.2), as pure functions from its headers to a {@link Transport}. Only
 * the attributes that an event is made of are taken; extensions, and whatever else a sender has put
 * beside them, go no further.
 */
public final class CloudEventsBindings {
  static final String SPECVERSION = "specversion";

  private static final Set<String> TAKEN =
      Set.of(SPECVERSION, "id", "source", "type", "subject", "time");

  private static final String CONTENT_TYPE = "content-type";

  private CloudEventsBindings() {}

  /** Shows all headers of a message, in their order. */
  @FunctionalInterface
  public interface Headers<V> {
    /** Calls the taker for each header. */
    void each(BiConsumer<String, V> taker);
  }

  /**
   * HTTP: {@code ce-id} and so on, in any case; values percent-encoded, perhaps quoted.
   *
   * @param headers names and values
   */
  public static Transport http(String address, Headers<String> headers) {
    Taken taken = new Taken();
    headers.each(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (lower.equals(CONTENT_TYPE)) {
            taken.contentType = value;
          } else if (lower.startsWith("ce-")) {
            taken.add(lower.substring(3), fromHeader(value));
          }
        });
    return taken.at(address);
  }

  /**
   * Kafka: {@code ce_id} and so on, UTF-8; the content type in {@code content-type}.
   *
   * @param headers names and values; a header without a value is none
   */
  public static Transport kafka(String address, Headers<byte[]> headers) {
    Taken taken = new Taken();
    headers.each(
        (name, value) -> {
          if (value != null && name.equals(CONTENT_TYPE)) {
            taken.contentType = utf8(value);
          } else if (value != null && name.startsWith("ce_")) {
            taken.add(name.substring(3), utf8(value));
          }
        });
    return taken.at(address);
  }

  /**
   * Pulsar: no binding was ever agreed on; the names are Kafka's, {@code ce_id} and so on, and
   * {@code content-type}, as its gateway for Kafka's producers writes them.
   *
   * @param properties names and values of the message's properties
   */
  public static Transport pulsar(String address, Map<String, String> properties) {
    Taken taken = new Taken();
    properties.forEach(
        (name, value) -> {
          if (value != null && name.equals(CONTENT_TYPE)) {
            taken.contentType = value;
          } else if (name.startsWith("ce_")) {
            taken.add(name.substring(3), value);
          }
        });
    return taken.at(address);
  }

  /**
   * AMQP 1.0: application properties {@code cloudEvents:id} or {@code cloudEvents_id} and so on.
   *
   * @param contentType the message's property
   * @param properties names and values of any AMQP type
   */
  public static Transport amqp(
      String address, @Nullable String contentType, Map<String, ?> properties) {
    Taken taken = new Taken();
    taken.contentType = contentType;
    properties.forEach(
        (name, value) -> {
          if (name.startsWith("cloudEvents:") || name.startsWith("cloudEvents_")) {
            taken.add(name.substring(12), fromAmqp(value));
          }
        });
    return taken.at(address);
  }

  /**
   * MQTT 5: user properties {@code id} and so on.
   *
   * @param contentType the message's property
   * @param properties names and values of the user properties
   */
  public static Transport mqtt(
      String address, @Nullable String contentType, Headers<String> properties) {
    Taken taken = new Taken();
    taken.contentType = contentType;
    properties.each(taken::add);
    return taken.at(address);
  }

  private static final class Taken {
    private @Nullable String contentType;
    private final List<Attribute> attributes = new ArrayList<>(8);

    void add(String name, @Nullable String value) {
      if (value != null && TAKEN.contains(name) && attributes.size() < Transport.MOST_ATTRIBUTES) {
        attributes.add(new Attribute(name, value));
      }
    }

    Transport at(String address) {
      String type = contentType;
      return address.isEmpty() && type == null && attributes.isEmpty()
          ? Transport.NONE
          : new Transport(type == null ? "" : type, address, attributes);
    }
  }

  /** What is no UTF-8 is marked by U+FFFD, which no sender's counter writes. */
  private static String utf8(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }

  private static @Nullable String fromAmqp(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Date time -> Instant.ofEpochMilli(time.getTime()).toString();
      default -> value.toString();
    };
  }

  /** Unquotes, then decodes percent-encoded UTF-8 once (HTTP binding 3.1.3.2). */
  private static String fromHeader(String value) {
    String text = value;
    if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
      StringBuilder unquoted = new StringBuilder();
      for (int i = 1; i < text.length() - 1; i++) {
        char c = text.charAt(i);
        unquoted.append(c == '\\' && i + 2 < text.length() ? text.charAt(++i) : c);
      }
      text = unquoted.toString();
    }
    if (text.indexOf('%') < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = high >= 0 ? Character.digit(text.charAt(i + 2), 16) : -1;
      if (low >= 0) {
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
