package io.millrace.connectors.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What structured events of one sender share byte by byte: everything but the texts of id, subject
 * and time, and the numbers. An event that has the shape of one that was decoded in full, with such
 * a text or number in each hole, is the same JSON but for them, so nothing else of it needs a look.
 */
final class EventShape {
  private static final int LONGEST = 4_096;
  private static final int MOST_HOLES = 64;

  private static final int ID = -1;
  private static final int SUBJECT = -2;
  private static final int TIME = -3;
  private static final int UNREAD = -4;

  private final byte[] text;
  private final int sourceFrom;
  private final int sourceLength;
  private final int typeFrom;
  private final int typeLength;
  private final int versionFrom;
  private final int versionLength;

  /** What each hole holds: one of the above, or the slot of a reading. */
  private final int[] holds;

  /** Where in the text the piece before each hole begins, and last the one behind all holes. */
  private final int[] pieceFrom;

  private final int[] pieceTo;

  /** The texts that say which meters read its events: all of them have the same. */
  private final byte[][] filtered;

  private EventShape(
      byte[] payload, int from, int length, DecodedEvent event, Holes holes, byte[][] filtered) {
    this.filtered = filtered;
    text = Arrays.copyOfRange(payload, from, from + length);
    sourceFrom = event.source.from - from;
    sourceLength = event.source.length;
    typeFrom = event.type.from - from;
    typeLength = event.type.length;
    versionFrom = event.specversion.from - from;
    versionLength = event.specversion.length;
    holds = Arrays.copyOf(holes.holds, holes.count);
    pieceFrom = new int[holes.count + 1];
    pieceTo = new int[holes.count + 1];
    for (int i = 0; i < holes.count; i++) {
      pieceTo[i] = holes.from[i] - from;
      pieceFrom[i + 1] = holes.to[i] - from;
    }
    pieceTo[holes.count] = length;
  }

  /** Holes as they are found. */
  private static final class Holes {
    final int[] holds = new int[MOST_HOLES];
    final int[] from = new int[MOST_HOLES];
    final int[] to = new int[MOST_HOLES];
    int count;

    boolean add(int what, int first, int end) {
      if (count == MOST_HOLES) {
        return false;
      }
      holds[count] = what;
      from[count] = first;
      to[count++] = end;
      return true;
    }
  }

  /**
   * The shape of an event that has just been decoded in full and found good.
   *
   * @param readings where its numbers were put
   * @return null where it is too long, has too many numbers, an escape, or a number that a meter's
   *     {@code where} or a band's {@code when} looks at
   */
  static @Nullable EventShape of(
      byte[] payload, int from, int length, DecodedEvent event, Readings readings) {
    if (length > LONGEST || !isIn(payload, event) || readings.filter().holdsNumber()) {
      return null;
    }
    Holes holes = new Holes();
    int end = from + length;
    int at = from;
    while (at < end) {
      int next = at + 1;
      byte b = payload[at];
      if (b == '"') {
        int what = textAt(event, next);
        int close = next;
        while (payload[close] != '"') {
          if (payload[close++] == '\\') {
            return null;
          }
        }
        if (what != UNREAD && !holes.add(what, next, close + 1)) {
          return null;
        }
        next = close + 1;
      } else if (b == '-' || b >= '0' && b <= '9') {
        while (isOfNumber(payload[next])) {
          next++;
        }
        int slot = readings.slotAt(payload, at);
        if (!holes.add(slot < 0 ? UNREAD : slot, at, next)) {
          return null;
        }
      }
      at = next;
    }
    return new EventShape(payload, from, length, event, holes, readings.filter().held());
  }

  /** Whether all texts of an event are parts of its payload, as they are without escapes. */
  private static boolean isIn(byte[] payload, DecodedEvent event) {
    return event.id.bytes == payload
        && event.source.bytes == payload
        && event.subject.bytes == payload
        && event.type.bytes == payload
        && event.time.bytes == payload
        && event.specversion.bytes == payload;
  }

  private static int textAt(DecodedEvent event, int from) {
    if (from == event.id.from) {
      return ID;
    }
    if (from == event.subject.from) {
      return SUBJECT;
    }
    return from == event.time.from ? TIME : UNREAD;
  }

  private static boolean isOfNumber(byte b) {
    return b >= '0' && b <= '9' || b == '.' || b == '+' || b == '-' || (b | 0x20) == 'e';
  }

  /**
   * Reads an event, if it has this shape.
   *
   * @param scanner has begun with its payload
   * @param readings have begun
   * @param into has begun; complete but for what follows from its texts and readings
   * @return whether it has; where not, all three have to begin again
   */
  boolean read(JsonScanner scanner, byte[] payload, DecodedEvent into, Readings readings) {
    for (int hole = 0; hole < holds.length; hole++) {
      if (!takePiece(scanner, payload, hole)) {
        return false;
      }
      int what = holds[hole];
      if (what == UNREAD || what >= 0) {
        if (!scanner.number()) {
          return false;
        }
        if (what >= 0) {
          readings.put(what, payload, scanner.from, scanner.length);
        }
      } else {
        if (!scanner.string() || scanner.isRare || scanner.length == 0) {
          return false;
        }
        Text is = what == ID ? into.id : what == SUBJECT ? into.subject : into.time;
        is.point(payload, scanner.from, scanner.length);
      }
    }
    if (!takePiece(scanner, payload, holds.length) || !scanner.atEnd()) {
      return false;
    }
    if (filtered.length > 0) {
      readings.filter().hold(filtered);
    }
    into.source.point(text, sourceFrom, sourceLength);
    into.type.point(text, typeFrom, typeLength);
    into.specversion.point(text, versionFrom, versionLength);
    return true;
  }

  /**
   * Where an event's subject is if it has this shape, without a look at whether it has.
   *
   * @param scanner has begun with its payload
   * @param into is pointed at it
   * @return whether there is a text in its place
   */
  boolean guessSubject(JsonScanner scanner, byte[] payload, Text into) {
    for (int hole = 0; hole < holds.length; hole++) {
      scanner.at += pieceTo[hole] - pieceFrom[hole];
      int what = holds[hole];
      if (scanner.at >= scanner.end
          || (what == UNREAD || what >= 0 ? !scanner.number() : !scanner.string())) {
        return false;
      }
      if (what == SUBJECT) {
        into.point(payload, scanner.from, scanner.length);
        return scanner.length > 0;
      }
    }
    return false;
  }

  private boolean takePiece(JsonScanner scanner, byte[] payload, int piece) {
    int at = scanner.at;
    int to = at + pieceTo[piece] - pieceFrom[piece];
    scanner.at = to;
    return to <= scanner.end
        && Arrays.equals(payload, at, to, text, pieceFrom[piece], pieceTo[piece]);
  }
}
