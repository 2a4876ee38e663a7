package io.millrace.connectors.files;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file that nobody claims or counts, packed by gzip or not as its first bytes say;
 * blank ones are left out. Has one reader.
 */
public final class LinesOfText implements AutoCloseable {
  private final InputStream text;
  private final Lines lines;

  /**
   * The lines of a stream, from its first byte.
   *
   * @param limits of its text; a stream's own size is not known before it ends
   * @throws FileRefused where it is no text
   */
  public LinesOfText(InputStream in, FileLimits limits) throws IOException {
    text = FileText.of(in, limits.bytes(), limits);
    lines = new Lines(text, limits.lineBytes());
  }

  /**
   * The next line; null at the end.
   *
   * @throws FileRefused where it is damaged or larger than the limits
   */
  public byte @Nullable [] next() throws IOException {
    return lines.advance() ? lines.copy() : null;
  }

  /** The number of the line that was read last, from 1. */
  public long number() {
    return lines.number();
  }

  @Override
  public void close() throws IOException {
    text.close();
  }
}
