package io.millrace.ops.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far a file has been read, on one line of the terminal that is written over and wiped at the
 * end. Counts the bytes that are read through it, as they lie in the file, packed or not.
 */
final class ProgressLine extends FilterInputStream {
  private static final int CELLS = 30;
  private static final long INTERVAL_NANOS = 500_000_000;
  private static final String WIPE = "\r" + " ".repeat(78) + "\r";

  private final PrintWriter out;
  private final long size;
  private final LongSupplier nanos;
  private final long began;
  private long read;
  private long shown;

  /**
   * Over a file.
   *
   * @param size bytes it has; 0 where that is not known
   * @param nanos a clock that only goes forward
   */
  ProgressLine(InputStream file, long size, PrintWriter out, LongSupplier nanos) {
    super(file);
    this.size = size;
    this.out = out;
    this.nanos = nanos;
    this.began = nanos.getAsLong();
    this.shown = began;
  }

  @Override
  public int read() throws IOException {
    int b = super.read();
    read += b < 0 ? 0 : 1;
    return b;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    int n = super.read(bytes, from, length);
    read += Math.max(n, 0);
    return n;
  }

  /** Shows how many lines there have been, where it is time to. */
  void lines(long lines) {
    long now = nanos.getAsLong();
    if (now - shown < INTERVAL_NANOS) {
      return;
    }
    shown = now;
    double seconds = (now - began) / 1e9;
    String rate =
        String.format(Locale.ROOT, "%,d lines, %,d a second", lines, (long) (lines / seconds));
    if (size > 0) {
      int cells = (int) Math.min(CELLS, CELLS * read / size);
      long left = (long) (seconds * Math.max(0, size - read) / Math.max(1, read));
      rate =
          String.format(
              Locale.ROOT,
              "[%s%s] %s, %d:%02d left",
              "#".repeat(cells),
              " ".repeat(CELLS - cells),
              rate,
              left / 60,
              left % 60);
    }
    out.print(WIPE + rate);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    if (shown != began) {
      out.print(WIPE);
      out.flush();
    }
    super.close();
  }
}
