package io.millrace.connectors.codec;

import io.millrace.processors.shard.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes CloudEvents 1.0 in structured JSON mode, one event a payload, in one pass that builds no
 * tree and allocates nothing. One codec serves one tenant, one version of the rules and one thread.
 *
 * <p>Where several reasons apply, the first of this order is given:
 *
 * <ol>
 *   <li>{@code too-large}: a payload over {@link #MAX_PAYLOAD}, or in it a string over 64 KiB, a
 *       number over 64 characters or an object of over 512 members, where that comes before a fault
 *   <li>{@code malformed}: not one JSON object in UTF-8, deeper than 64, a name twice; no {@code
 *       specversion} of 1.0; id, source or type missing, empty, no string or with control
 *       characters; a {@code subject} or {@code time} of another kind or shape; {@code data} and
 *       {@code data_base64} both
 *   <li>{@code unknown-device}: no {@code subject}
 *   <li>{@code no-time}: no {@code time}; the time of receipt is never taken for it
 *   <li>{@code no-offer}: no meter reads this type
 *   <li>{@code bad-quantity}: a reading is missing, no number, or one that its meter can't hold
 * </ol>
 *
 * <p>An attribute that is {@code null} is missing. Extension attributes are checked as JSON and
 * dropped: none of them leaves the codec.
 */
public final class CloudEventsCodec {

  /** Bytes of a payload. */
  public static final int MAX_PAYLOAD = 1 << 20;

  /** Bytes of an event that is charged. */
  public static final int MAX_EVENT = 1 << 16;

  private static final byte[] ID = bytes("id");
  private static final byte[] TYPE = bytes("type");
  private static final byte[] TIME = bytes("time");
  private static final byte[] DATA = bytes("data");
  private static final byte[] SOURCE = bytes("source");
  private static final byte[] SUBJECT = bytes("subject");
  private static final byte[] SPECVERSION = bytes("specversion");
  private static final byte[] DATA_BASE64 = bytes("data_base64");
  private static final byte[] VERSION = bytes("1.0");

  private final JsonScanner scanner = new JsonScanner();
  private final EventShapes shapes = new EventShapes();
  private final Readings readings;
  private boolean hasData;
  private boolean hasBase64;
  private boolean isWhole;

  /**
   * A codec.
   *
   * @param types all types of event that the rules rate, by their index in the rules
   * @param fingerprintKey the tenant's, 16 bytes
   * @param quantities reads the meters' numbers
   */
  public CloudEventsCodec(List<EventType> types, byte[] fingerprintKey, QuantityParser quantities) {
    this(new Readings(types, fingerprintKey, quantities));
  }

  CloudEventsCodec(Readings readings) {
    this.readings = readings;
  }

  /**
   * Decodes one event.
   *
   * @param payload holds it, and must not change while {@code into} is in use
   * @param from its first byte
   * @param length how many bytes it has
   * @param into is overwritten
   * @return why it can't be charged, or null: then {@code into} is complete
   */
  public @Nullable Reason decode(byte[] payload, int from, int length, DecodedEvent into) {
    if (length > MAX_PAYLOAD) {
      return Reason.TOO_LARGE;
    }
    for (int i = 0; shapes.get(i) instanceof EventShape shape; i++) {
      begin(into);
      scanner.begin(payload, from, length);
      if (shape.read(scanner, payload, into, readings)) {
        shapes.fitted(i);
        return judged(into);
      }
    }
    begin(into);
    scanner.begin(payload, from, length);
    if (!event(into) || !scanner.atEnd()) {
      return scanner.reason;
    }
    Reason reason = judged(into);
    if (reason == null) {
      shapes.missed(payload, from, length, into, readings);
    }
    return reason;
  }

  /** As {@link Codec#guessSubject}. */
  boolean guessSubject(byte[] payload, Text into) {
    EventShape shape = shapes.get(0);
    if (shape == null || payload.length > MAX_PAYLOAD) {
      return false;
    }
    scanner.begin(payload, 0, payload.length);
    return shape.guessSubject(scanner, payload, into);
  }

  /**
   * Decodes an event at the beginning of what may go on behind it.
   *
   * @param length up to the end of what may be read
   * @return as {@link #decode}; where the event is no JSON, {@link #end} is where that showed
   */
  @Nullable Reason decodeFirst(byte[] payload, int from, int length, DecodedEvent into) {
    begin(into);
    scanner.begin(payload, from, length);
    isWhole = event(into);
    return isWhole ? judged(into) : scanner.reason;
  }

  /** Whether {@link #decodeFirst} found a JSON object of attributes that can be read. */
  boolean isWhole() {
    return isWhole;
  }

  /** The first byte behind what {@link #decodeFirst} read. */
  int end() {
    return scanner.at;
  }

  /**
   * Decodes an event in binary mode.
   *
   * @param attributes its context attributes
   * @param isJson whether its data may be read as JSON
   * @param data holds its data
   */
  @Nullable Reason decodeBinary(
      Transport attributes, boolean isJson, byte[] data, int from, int length, DecodedEvent into) {
    begin(into);
    if (attributes.hasTwins()
        || !take(into.specversion, attributes, CloudEventsBindings.SPECVERSION)
        || !take(into.id, attributes, "id")
        || !take(into.source, attributes, "source")
        || !take(into.type, attributes, "type")
        || !take(into.subject, attributes, "subject")
        || !take(into.time, attributes, "time")) {
      return Reason.MALFORMED;
    }
    if (isJson && length > 0) {
      scanner.begin(data, from, length);
      if (!data() || !scanner.atEnd()) {
        return scanner.reason;
      }
    }
    return judged(into);
  }

  /** An attribute that is missing is empty; one that is empty or holds a control is malformed. */
  private static boolean take(Text into, Transport attributes, String name) {
    String value = attributes.attribute(name);
    if (value == null) {
      return true;
    }
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    into.keep(text, 0, text.length);
    return text.length > 0
        && value.length() <= JsonScanner.MAX_STRING
        && !hasControl(text, 0, text.length);
  }

  private void begin(DecodedEvent into) {
    into.id.clear();
    into.source.clear();
    into.subject.clear();
    into.type.clear();
    into.time.clear();
    into.specversion.clear();
    hasData = false;
    hasBase64 = false;
    readings.begin();
  }

  private @Nullable Reason judged(DecodedEvent into) {
    if (!into.specversion.is(VERSION)
        || into.id.length == 0
        || into.source.length == 0
        || into.type.length == 0
        || hasData && hasBase64) {
      return Reason.MALFORMED;
    }
    if (into.time.length > 0) {
      into.occurredAt = Rfc3339.millis(into.time.bytes, into.time.from, into.time.length);
      if (into.occurredAt == Rfc3339.NOT_A_TIME) {
        return Reason.MALFORMED;
      }
    }
    return readings.complete(into, into.time.length > 0);
  }

  private boolean event(DecodedEvent into) {
    if (!scanner.take('{')) {
      return false;
    }
    int mark = scanner.enter();
    do {
      if (!scanner.name(mark) || !member(into)) {
        return false;
      }
    } while (scanner.take(','));
    scanner.leave(mark);
    return scanner.take('}');
  }

  private boolean member(DecodedEvent into) {
    byte[] in = scanner.bytes;
    int from = scanner.from;
    switch (scanner.length) {
      case 2 -> {
        if (same(in, from, ID)) {
          return attribute(into.id);
        }
      }
      case 4 -> {
        if (same(in, from, TYPE)) {
          return attribute(into.type);
        }
        if (same(in, from, TIME)) {
          return attribute(into.time);
        }
        if (same(in, from, DATA)) {
          return data();
        }
      }
      case 6 -> {
        if (same(in, from, SOURCE)) {
          return attribute(into.source);
        }
      }
      case 7 -> {
        if (same(in, from, SUBJECT)) {
          return attribute(into.subject);
        }
      }
      case 11 -> {
        if (same(in, from, SPECVERSION)) {
          return attribute(into.specversion);
        }
        if (same(in, from, DATA_BASE64)) {
          hasBase64 = scanner.peek() != 'n';
          return scanner.skip();
        }
      }
      default -> {}
    }
    return scanner.skip();
  }

  /** A string of CloudEvents: not empty and without control characters; or null. */
  private boolean attribute(Text into) {
    if (!scanner.take('"')) {
      return scanner.peek() == 'n' && scanner.skip();
    }
    if (!scanner.string() || scanner.length == 0) {
      return false;
    }
    if (scanner.isEscaped()) {
      into.keep(scanner.bytes, scanner.from, scanner.length);
    } else {
      into.point(scanner.bytes, scanner.from, scanner.length);
    }
    return !scanner.isRare || !hasControl(scanner.bytes, scanner.from, scanner.length);
  }

  private boolean data() {
    int first = scanner.peek();
    hasData = first != 'n';
    return first == '{' ? object(readings.tree()) : scanner.skip();
  }

  private boolean object(ReadingTree tree) {
    scanner.take('{');
    int mark = scanner.enter();
    if (scanner.tooDeep()) {
      return false;
    }
    if (!scanner.take('}')) {
      do {
        if (!scanner.name(mark) || !value(tree.child(scanner))) {
          return false;
        }
      } while (scanner.take(','));
      if (!scanner.take('}')) {
        return false;
      }
    }
    scanner.leave(mark);
    return true;
  }

  private boolean value(@Nullable ReadingTree tree) {
    if (tree == null) {
      return scanner.skip();
    }
    int first = scanner.peek();
    if (first == '{' && tree.hasChildren()) {
      return object(tree);
    }
    if (first == '"' && tree.textSlot() >= 0) {
      if (!scanner.take('"') || !scanner.string()) {
        return false;
      }
      readings.filter().put(tree.textSlot(), scanner.bytes, scanner.from, scanner.length);
      return true;
    }
    boolean isNumber = first == '-' || first >= '0' && first <= '9';
    boolean isAsked = readings.filter().takesAny(tree.textSlot());
    if (isAsked && (first == 't' || first == 'f')) {
      byte[] word = first == 't' ? PointerScan.TRUE : PointerScan.FALSE;
      readings.filter().put(tree.textSlot(), word, 0, word.length);
    }
    if (!isNumber || !tree.isReading() && !isAsked) {
      return scanner.skip();
    }
    if (!scanner.number()) {
      return false;
    }
    if (tree.isReading()) {
      readings.put(tree.slot(), scanner.bytes, scanner.from, scanner.length);
    }
    if (isAsked) {
      readings.filter().putNumber(tree.textSlot(), scanner.bytes, scanner.from, scanner.length);
    }
    return true;
  }

  /** U+0000 to U+001F and U+007F to U+009F, which CloudEvents forbids in attributes. */
  private static boolean hasControl(byte[] text, int from, int length) {
    for (int i = from; i < from + length; i++) {
      byte b = text[i];
      if (b >= 0 && b < ' ' || b == 0x7F || b == (byte) 0xC2 && text[i + 1] < (byte) 0xA0) {
        return true;
      }
    }
    return false;
  }

  static boolean same(byte[] in, int from, byte[] name) {
    for (int i = 0; i < name.length; i++) {
      if (in[from + i] != name[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }
}
