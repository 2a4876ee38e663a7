package io.millrace.connectors.files;

import io.millrace.connectors.files.FileRefused.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;

/** The text of a file, packed or not as its first bytes say, whatever its name says; bounded. */
final class FileText extends InputStream {
  private static final int HEAD = 4;

  private final InputStream in;
  private final FileRefused tooMuch;
  private long left;

  private FileText(InputStream in, long most, FileRefused tooMuch) {
    this.in = in;
    this.tooMuch = tooMuch;
    this.left = most;
  }

  /**
   * The text of a file.
   *
   * @param file from its first byte
   * @param size how many it has
   */
  static FileText of(InputStream file, long size, FileLimits limits) throws IOException {
    PushbackInputStream in = new PushbackInputStream(file, HEAD);
    byte[] head = in.readNBytes(HEAD);
    in.unread(head);
    if (starts(head, 0x1f, 0x8b)) {
      long most = limits.textOf(size);
      FileRefused tooMuch =
          most < limits.unpacked()
              ? new FileRefused(
                  Code.RATIO,
                  "its text is more than "
                      + limits.ratio()
                      + " times its size; raise mostRatio if that is meant")
              : tooLarge(most);
      return new FileText(new GzipMembers(in), most, tooMuch);
    }
    if (starts(head, 'P', 'K', 3, 4)
        || starts(head, 0xfe, 0xff)
        || starts(head, 0xff, 0xfe)
        || starts(head, 0x28, 0xb5, 0x2f, 0xfd)) {
      throw new FileRefused(
          Code.NOT_TEXT, "it is an archive or in another encoding; send UTF-8, plain or as gzip");
    }
    return new FileText(in, limits.unpacked(), tooLarge(limits.unpacked()));
  }

  private static FileRefused tooLarge(long most) {
    return new FileRefused(
        Code.TOO_LARGE, "its text is more than " + most + " bytes; raise mostUnpacked or split it");
  }

  private static boolean starts(byte[] head, int... bytes) {
    if (head.length < bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if ((head[i] & 0xff) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    int n = in.read(into, from, length);
    if (n > 0) {
      left -= n;
      if (left < 0) {
        throw tooMuch;
      }
    }
    return n;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
