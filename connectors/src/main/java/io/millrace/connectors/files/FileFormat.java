package io.millrace.connectors.files;

/**
 * What a file has beside its lines of usage.
 *
 * @param header whether its first line names the columns; it goes before each line that is handed
 *     in, so that one line can be understood, and tried again, alone
 * @param trailer what its last line begins with, before the count of the lines of usage; empty
 *     where files have no trailer
 */
public record FileFormat(boolean header, String trailer) {
  /** Lines and nothing else. */
  public static final FileFormat LINES = new FileFormat(false, "");

  private static final int LONGEST = 200;

  public FileFormat {
    if (trailer.length() > LONGEST || trailer.matches("(?s).*\\d")) {
      throw new IllegalArgumentException(
          "trailer=" + trailer + " must be what stands before the count, like TRAILER,");
    }
  }
}
