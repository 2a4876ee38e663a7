package io.millrace.connectors.codec;

import io.millrace.processors.shard.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Scans JSON text (RFC 8259) as bytes, as strictly as a payer should: UTF-8 without a byte order
 * mark, overlong forms or lone surrogates, written out or escaped; no name twice in an object;
 * nothing behind the value. Nothing is allocated for a token. Where a method returns false, {@link
 * #reason} says why and the scan is over. Not thread-safe.
 *
 * <p>Why it is not Jackson: ops/decisions/0003.
 */
final class JsonScanner {

  static final int MAX_DEPTH = 64;

  /** Bytes of a string, after its escapes are resolved. */
  static final int MAX_STRING = 1 << 16;

  /** Characters of a number. */
  static final int MAX_NUMBER = 64;

  /** Members of one object: what is looked through for a name that comes twice. */
  static final int MAX_MEMBERS = 512;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final byte DEL = 0x7F;
  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  /** Where the string or number scanned last is: in the payload or, with escapes, in own bytes. */
  byte[] bytes = {};

  int from;
  int length;

  /** Whether the string scanned last has escapes, or bytes that are not ASCII or DEL. */
  boolean isRare;

  /** Why the last method returned false. */
  Reason reason = Reason.MALFORMED;

  private byte[] in = {};

  /** The next byte that is not taken, and the first that may not be. */
  int at;

  int end;
  private byte[] unescaped = new byte[256];
  private long[] names = new long[64];
  private int nameCount;
  private int depth;

  void begin(byte[] payload, int first, int count) {
    in = payload;
    at = first;
    end = first + count;
    nameCount = 0;
    depth = 0;
    reason = Reason.MALFORMED;
  }

  /** The next byte that is not white space, not taken; -1 at the end. */
  int peek() {
    while (at < end) {
      byte b = in[at];
      if (b > ' ' || (b != ' ' && b != '\n' && b != '\r' && b != '\t')) {
        return b & 0xFF;
      }
      at++;
    }
    return -1;
  }

  /** Whether the string scanned last is in bytes that the next one may overwrite. */
  boolean isEscaped() {
    return bytes == unescaped;
  }

  /** Takes the next byte if, after white space, it is this one. */
  boolean take(char expected) {
    return peek() == expected && at++ < end;
  }

  /** Whether only white space is left. */
  boolean atEnd() {
    return peek() < 0;
  }

  /** Where the names of an object that begins here are kept; {@link #leave} forgets them. */
  int enter() {
    depth++;
    return nameCount;
  }

  void leave(int mark) {
    depth--;
    nameCount = mark;
  }

  boolean tooDeep() {
    return depth > MAX_DEPTH;
  }

  /** Scans a member's name and its colon; false where this object has had the name. */
  boolean name(int mark) {
    if (!take('"') || !string()) {
      return false;
    }
    // Two names with one hash would be taken for one: once in 2^64, and at the sender's expense.
    long hash = TextHash.of(bytes, from, length);
    for (int i = mark; i < nameCount; i++) {
      if (names[i] == hash) {
        return false;
      }
    }
    if (nameCount - mark == MAX_MEMBERS) {
      reason = Reason.TOO_LARGE;
      return false;
    }
    if (nameCount == names.length) {
      names = Arrays.copyOf(names, nameCount * 2);
    }
    names[nameCount++] = hash;
    return take(':');
  }

  /** Scans any value and forgets it. */
  boolean skip() {
    return switch (peek()) {
      case '"' -> take('"') && string();
      case '{' -> skipObject();
      case '[' -> skipArray();
      case 't' -> literal(TRUE);
      case 'f' -> literal(FALSE);
      case 'n' -> literal(NULL);
      default -> number();
    };
  }

  /** Scans a number: its characters are {@link #bytes}, {@link #from}, {@link #length}. */
  boolean number() {
    int first = at;
    if (at < end && in[at] == '-') {
      at++;
    }
    if (at < end && in[at] == '0') {
      at++;
    } else if (!digits()) {
      return false;
    }
    if (at < end && in[at] == '.') {
      at++;
      if (!digits()) {
        return false;
      }
    }
    if (at < end && (in[at] | 0x20) == 'e') {
      at++;
      if (at < end && (in[at] == '+' || in[at] == '-')) {
        at++;
      }
      if (!digits()) {
        return false;
      }
    }
    if (at - first > MAX_NUMBER) {
      reason = Reason.TOO_LARGE;
      return false;
    }
    bytes = in;
    from = first;
    length = at - first;
    return true;
  }

  /** Scans a string behind its opening quote: {@link #bytes}, {@link #from}, {@link #length}. */
  boolean string() {
    int first = at;
    byte[] source = in;
    int i = at;
    isRare = false;
    while (i < end) {
      if (i + 8 <= end) {
        long stops = stops((long) LONG.get(source, i));
        if (stops == 0) {
          i += 8;
          continue;
        }
        i += Long.numberOfTrailingZeros(stops) >> 3;
      }
      byte b = source[i];
      if (b == '"') {
        at = i + 1;
        bytes = source;
        from = first;
        length = i - first;
        return withinLimit(length);
      }
      if (b == '\\') {
        return escaped(first, i);
      }
      if (b >= ' ') {
        isRare |= b == DEL;
        i++;
      } else {
        isRare = true;
        int width = b < 0 ? Utf8.width(source, i, end) : 0;
        if (width == 0) {
          return false;
        }
        i += width;
      }
    }
    return false;
  }

  /** The high bit of each byte that needs a look: quote, backslash, control, DEL, no ASCII. */
  private static long stops(long word) {
    long quote = word ^ (ONES * '"');
    long backslash = word ^ (ONES * '\\');
    long del = word ^ (ONES * DEL);
    return ((quote - ONES) & ~quote
            | (backslash - ONES) & ~backslash
            | (del - ONES) & ~del
            | (word - ONES * ' ') & ~word
            | word)
        & HIGHS;
  }

  /** The rest of a string from its first escape on, put together in bytes of our own. */
  private boolean escaped(int first, int escape) {
    isRare = true;
    int size = escape - first;
    if (!withinLimit(size)) {
      return false;
    }
    room(size);
    System.arraycopy(in, first, unescaped, 0, size);
    int i = escape;
    while (i < end) {
      byte b = in[i];
      if (b == '"') {
        at = i + 1;
        bytes = unescaped;
        from = 0;
        length = size;
        return true;
      }
      if (!withinLimit(size + 4)) {
        return false;
      }
      room(size + 4);
      if (b == '\\') {
        int point = i + 1 < end ? JsonEscapes.simple(in[i + 1]) : -1;
        i += 2;
        if (point == 'u') {
          point = JsonEscapes.hex(in, i, end);
          i += 4;
          if (Character.isHighSurrogate((char) point) && point >= 0) {
            int low =
                i + 1 < end && in[i] == '\\' && in[i + 1] == 'u'
                    ? JsonEscapes.hex(in, i + 2, end)
                    : -1;
            i += 6;
            point =
                low >= 0 && Character.isLowSurrogate((char) low)
                    ? Character.toCodePoint((char) point, (char) low)
                    : -1;
          } else if (point >= 0xDC00 && point <= 0xDFFF) {
            point = -1;
          }
        } else if (point >= 0) {
          unescaped[size++] = (byte) point;
          continue;
        }
        if (point < 0) {
          return false;
        }
        size += Utf8.encode(point, unescaped, size);
      } else {
        int width = b >= ' ' ? 1 : b < 0 ? Utf8.width(in, i, end) : 0;
        if (width == 0) {
          return false;
        }
        System.arraycopy(in, i, unescaped, size, width);
        size += width;
        i += width;
      }
    }
    return false;
  }

  private boolean skipObject() {
    at++;
    int mark = enter();
    if (tooDeep()) {
      return false;
    }
    if (!take('}')) {
      do {
        if (!name(mark) || !skip()) {
          return false;
        }
      } while (take(','));
      if (!take('}')) {
        return false;
      }
    }
    leave(mark);
    return true;
  }

  private boolean skipArray() {
    at++;
    int mark = enter();
    if (tooDeep()) {
      return false;
    }
    if (!take(']')) {
      do {
        if (!skip()) {
          return false;
        }
      } while (take(','));
      if (!take(']')) {
        return false;
      }
    }
    leave(mark);
    return true;
  }

  private boolean literal(byte[] word) {
    int next = at + word.length;
    if (next > end || !Arrays.equals(in, at, next, word, 0, word.length)) {
      return false;
    }
    at = next;
    return true;
  }

  private boolean digits() {
    int first = at;
    while (at < end && in[at] >= '0' && in[at] <= '9') {
      at++;
    }
    return at > first;
  }

  private boolean withinLimit(int size) {
    if (size > MAX_STRING) {
      reason = Reason.TOO_LARGE;
      return false;
    }
    return true;
  }

  private void room(int size) {
    if (size > unescaped.length) {
      unescaped = Arrays.copyOf(unescaped, Math.max(size, unescaped.length * 2));
    }
  }
}
