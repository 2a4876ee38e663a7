package io.millrace.connectors.files;

/**
 * What a file may ask of a node. One that asks for more is refused, and none of its lines is used.
 *
 * @param bytes as it lies on its server
 * @param unpacked bytes of its text
 * @param ratio of its text to its packed bytes; the first MiB is free
 * @param lineBytes of one line
 */
public record FileLimits(long bytes, long unpacked, int ratio, int lineBytes) {
  /** Where a route says nothing. */
  public static final FileLimits USUAL = new FileLimits(1L << 30, 1L << 32, 100, 1 << 20);

  private static final long FREE = 1L << 20;
  private static final long MOST = 1L << 40;
  private static final int MOST_RATIO = 1_032;
  private static final int LONGEST_LINE = 1 << 24;

  public FileLimits {
    within("mostBytes", bytes, MOST);
    within("mostUnpacked", unpacked, MOST);
    within("mostRatio", ratio, MOST_RATIO);
    within("longestLine", lineBytes, LONGEST_LINE);
  }

  private static void within(String option, long value, long most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(option + "=" + value + " must be 1 to " + most);
    }
  }

  /** The text that so many packed bytes may hold. */
  long textOf(long packed) {
    return Math.min(unpacked, Math.max(FREE, packed * ratio));
  }
}
