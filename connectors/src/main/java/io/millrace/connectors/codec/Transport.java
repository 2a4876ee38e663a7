package io.millrace.connectors.codec;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a transport says of a payload beside its bytes, as far as a codec may read it: nothing else
 * of a message's headers leaves its reader. Immutable.
 *
 * @param contentType the media type as the sender wrote it; empty where it said none
 * @param address the topic, queue or file that it came by; empty where that says nothing
 * @param attributes the CloudEvents context attributes of a binary-mode message, by their names in
 *     the specification; a name that came twice is here twice
 */
public record Transport(String contentType, String address, List<Attribute> attributes) {

  /** Nothing is known but the bytes. */
  public static final Transport NONE = new Transport("", "", List.of());

  /** Attributes of one message at most; those beyond are not looked at. */
  public static final int MOST_ATTRIBUTES = 32;

  /** Characters of a content type or address at most; those beyond are cut. */
  private static final int LONGEST = 1_024;

  /**
   * A context attribute.
   *
   * @param name in lower case
   * @param value as text, whatever the transport's type was
   */
  public record Attribute(String name, String value) {}

  public Transport {
    contentType = cut(contentType);
    address = cut(address);
    attributes =
        List.copyOf(
            attributes.size() > MOST_ATTRIBUTES
                ? attributes.subList(0, MOST_ATTRIBUTES)
                : attributes);
  }

  /** One that knows its address alone. */
  public static Transport at(String address) {
    return new Transport("", address, List.of());
  }

  private static String cut(String text) {
    return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
  }

  /** The same at another address. */
  public Transport withAddress(String other) {
    return new Transport(contentType, other, attributes);
  }

  /** The media type without parameters, in lower case. */
  String mediaType() {
    int end = contentType.indexOf(';');
    return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  /** The value of an attribute, the first where it came twice. */
  @Nullable String attribute(String name) {
    for (Attribute each : attributes) {
      if (each.name.equals(name)) {
        return each.value;
      }
    }
    return null;
  }

  /** Whether an attribute came twice: then nobody can say which one is meant. */
  boolean hasTwins() {
    return attributes.stream().map(Attribute::name).distinct().count() < attributes.size();
  }

  /** Writes it, for {@link #read}. */
  void write(ByteWriter out) {
    out.string(contentType);
    out.string(address);
    out.varint(attributes.size());
    for (Attribute each : attributes) {
      out.string(each.name);
      out.string(each.value);
    }
  }

  /**
   * Reads one that was written.
   *
   * @throws RuntimeException where the bytes are damaged
   */
  static Transport read(ByteReader in) {
    String contentType = in.string();
    String address = in.string();
    long count = in.varint();
    if (count < 0 || count > MOST_ATTRIBUTES) {
      throw new IllegalArgumentException(count + " attributes");
    }
    List<Attribute> attributes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      attributes.add(new Attribute(in.string(), in.string()));
    }
    return new Transport(contentType, address, attributes);
  }
}
