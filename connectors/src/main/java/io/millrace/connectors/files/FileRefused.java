package io.millrace.connectors.files;

import java.io.IOException;

/** A file of which no line is used, for a reason that its sender can mend. */
public final class FileRefused extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why, as a word that stays. */
  public enum Code {
    TOO_LARGE("too-large"),
    RATIO("packed-too-tightly"),
    DAMAGED("damaged"),
    CUT_SHORT("cut-short"),
    TRAILING_BYTES("trailing-bytes"),
    NOT_TEXT("not-text"),
    LINE_TOO_LONG("line-too-long"),
    NO_HEADER("no-header"),
    NO_TRAILER("no-trailer"),
    TRAILER_COUNT("trailer-count");

    private final String word;

    Code(String word) {
      this.word = word;
    }

    /** As reports show it. */
    public String word() {
      return word;
    }
  }

  private final Code code;

  /** With a message for an operator; it names nothing of the file's content. */
  public FileRefused(Code code, String message) {
    super(message);
    this.code = code;
  }

  /** Why. */
  public Code code() {
    return code;
  }

  /** Why, in one line. */
  public String reason() {
    return code.word + ": " + getMessage();
  }
}
