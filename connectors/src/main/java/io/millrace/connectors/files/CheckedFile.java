package io.millrace.connectors.files;

import io.millrace.connectors.files.FileRefused.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A file that was read to its end once: whole, within its limits, with the lines that its trailer
 * counts. Only then is its first line used, so that a file counts whole or not at all.
 */
public final class CheckedFile {
  private static final byte[] NO_HEADER = {};
  private static final int PULSE_LINES = 1 << 14;

  private final Spool spool;
  private final FileLimits limits;
  private final Runnable pulse;
  private final byte[] header;
  private final long lines;

  private CheckedFile(Spool spool, FileLimits limits, Runnable pulse, byte[] header, long lines) {
    this.spool = spool;
    this.limits = limits;
    this.pulse = pulse;
    this.header = header;
    this.lines = lines;
  }

  /**
   * Checks a file.
   *
   * @param pulse called now and then where it takes long to pass over lines
   * @throws FileRefused where none of its lines may be used
   */
  public static CheckedFile of(Spool spool, FileLimits limits, FileFormat format, Runnable pulse)
      throws IOException {
    try (FileText text = FileText.of(spool.open(), spool.size(), limits)) {
      Lines lines = new Lines(text, limits.lineBytes());
      byte[] header = NO_HEADER;
      if (format.header()) {
        if (!lines.advance()) {
          throw new FileRefused(Code.NO_HEADER, "it has no line that names the columns");
        }
        header = lines.copy();
      }
      String trailer = format.trailer();
      long count = 0;
      byte[] last = NO_HEADER;
      while (lines.advance()) {
        pulse(pulse, ++count);
        last = trailer.isEmpty() ? last : lines.copy();
      }
      if (!trailer.isEmpty()) {
        count = counted(trailer, last, count - 1);
      }
      return new CheckedFile(spool, limits, pulse, header, count);
    }
  }

  private static void pulse(Runnable pulse, long lines) {
    if (lines % PULSE_LINES == 0) {
      pulse.run();
    }
  }

  private static long counted(String trailer, byte[] last, long before) throws FileRefused {
    String line = new String(last, StandardCharsets.UTF_8);
    if (before < 0 || !line.startsWith(trailer)) {
      throw new FileRefused(
          Code.NO_TRAILER, "its last line does not begin with " + trailer + "; was it cut short?");
    }
    String count = line.substring(trailer.length()).replaceFirst("^0+(?=[0-9])", "");
    if (!count.matches("(?s)" + before + "([^0-9].*)?")) {
      throw new FileRefused(
          Code.TRAILER_COUNT,
          "it has " + before + " lines before its trailer, which counts another number");
    }
    return before;
  }

  /** Its lines of usage. */
  public long lines() {
    return lines;
  }

  /**
   * Reads its lines.
   *
   * @param next the first to read, from 0
   */
  public Reading read(long next) throws IOException {
    return new Reading(next);
  }

  /** One reading of the lines. */
  public final class Reading implements AutoCloseable {
    private final FileText text;
    private final Lines source;
    private long next;

    private Reading(long first) throws IOException {
      text = FileText.of(spool.open(), spool.size(), limits);
      source = new Lines(text, limits.lineBytes());
      if (header.length > 0) {
        source.advance();
      }
      while (next < first && source.advance()) {
        pulse(pulse, ++next);
      }
    }

    /** The number of the line that {@link #line} gives next. */
    public long next() {
      return next;
    }

    /** Whether there is another one. */
    public boolean hasNext() {
      return next < lines;
    }

    /** The next line, after the header where there is one. */
    public byte[] line() throws IOException {
      if (!source.advance()) {
        throw new IOException("the spool has lost line " + next);
      }
      next++;
      return header.length == 0 ? source.copy() : afterHeader();
    }

    private byte[] afterHeader() {
      byte[] line = source.copy();
      byte[] both = new byte[header.length + 1 + line.length];
      System.arraycopy(header, 0, both, 0, header.length);
      both[header.length] = '\n';
      System.arraycopy(line, 0, both, header.length + 1, line.length);
      return both;
    }

    @Override
    public void close() throws IOException {
      text.close();
    }
  }
}
