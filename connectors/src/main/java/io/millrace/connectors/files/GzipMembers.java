package io.millrace.connectors.files;

import io.millrace.connectors.files.FileRefused.Code;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The text of a gzip file (RFC 1952): all its members one after another, each with its checksum and
 * length proved. The JDK's own stream ends in silence at bytes that begin no member; here they are
 * refused, but for zeros, with which tapes fill up.
 */
final class GzipMembers extends InputStream {
  private static final int BUFFER = 1 << 16;
  private static final int MAGIC_1 = 0x1f;
  private static final int MAGIC_2 = 0x8b;
  private static final int DEFLATE = 8;
  private static final int HAS_HEADER_CRC = 2;
  private static final int HAS_EXTRA = 4;
  private static final int HAS_NAME = 8;
  private static final int HAS_COMMENT = 16;
  private static final int RESERVED = 0xe0;
  private static final long MOST_LENGTH = 1L << 32;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] buffer = new byte[BUFFER];
  private final byte[] one = new byte[1];
  private int at;
  private int end;
  private long length;
  private boolean inMember;
  private boolean ended;

  GzipMembers(InputStream in) throws IOException {
    this.in = in;
    header(byteOrEnd());
  }

  @Override
  public int read() throws IOException {
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int most) throws IOException {
    if (most == 0) {
      return 0;
    }
    while (!ended) {
      if (!inMember) {
        next();
        continue;
      }
      int n = inflate(into, from, most);
      if (n > 0) {
        crc.update(into, from, n);
        length += n;
        return n;
      }
      if (inflater.finished()) {
        at = end - inflater.getRemaining();
        trailer();
      } else if (inflater.needsInput()) {
        at = end;
        if (!fill()) {
          throw cutShort();
        }
        inflater.setInput(buffer, 0, end);
      } else {
        throw damaged("it asks for a dictionary");
      }
    }
    return -1;
  }

  private int inflate(byte[] into, int from, int most) throws FileRefused {
    try {
      return inflater.inflate(into, from, most);
    } catch (DataFormatException e) {
      throw damaged("its packed bytes are not what gzip writes");
    }
  }

  private void next() throws IOException {
    int first = byteOrEnd();
    if (first == 0) {
      while (first == 0) {
        first = byteOrEnd();
      }
      if (first >= 0) {
        throw trailing();
      }
    }
    if (first < 0) {
      ended = true;
      return;
    }
    header(first);
  }

  private void header(int first) throws IOException {
    if (first != MAGIC_1 || mustByte() != MAGIC_2) {
      throw trailing();
    }
    int method = mustByte();
    int flags = mustByte();
    if (method != DEFLATE || (flags & RESERVED) != 0) {
      throw damaged("a member's header is not gzip's");
    }
    skip(6);
    if ((flags & HAS_EXTRA) != 0) {
      skip(mustByte() | mustByte() << 8);
    }
    if ((flags & HAS_NAME) != 0) {
      skipText();
    }
    if ((flags & HAS_COMMENT) != 0) {
      skipText();
    }
    if ((flags & HAS_HEADER_CRC) != 0) {
      skip(2);
    }
    inflater.reset();
    inflater.setInput(buffer, at, end - at);
    crc.reset();
    length = 0;
    inMember = true;
  }

  private void trailer() throws IOException {
    long sum = littleEndian();
    long size = littleEndian();
    if (sum != crc.getValue() || size != length % MOST_LENGTH) {
      throw damaged("a member's checksum or length is wrong");
    }
    inMember = false;
  }

  private long littleEndian() throws IOException {
    return mustByte() | (long) mustByte() << 8 | (long) mustByte() << 16 | (long) mustByte() << 24;
  }

  private void skip(int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      mustByte();
    }
  }

  private void skipText() throws IOException {
    int each;
    do {
      each = mustByte();
    } while (each != 0);
  }

  private int mustByte() throws IOException {
    int each = byteOrEnd();
    if (each < 0) {
      throw cutShort();
    }
    return each;
  }

  private int byteOrEnd() throws IOException {
    return at < end || fill() ? buffer[at++] & 0xff : -1;
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.readNBytes(buffer, 0, buffer.length));
    return end > 0;
  }

  private static FileRefused trailing() {
    return new FileRefused(Code.TRAILING_BYTES, "bytes follow that are no part of the gzip file");
  }

  private static FileRefused cutShort() {
    return new FileRefused(Code.CUT_SHORT, "the gzip file ends before its text does");
  }

  private static FileRefused damaged(String how) {
    return new FileRefused(Code.DAMAGED, how);
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
