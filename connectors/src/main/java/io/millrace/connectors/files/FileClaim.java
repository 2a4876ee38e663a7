package io.millrace.connectors.files;

import java.util.Locale;

/**
 * A file that this reader may read, and no other, for as long as it renews the claim.
 *
 * @param id of its row
 * @param source whose it is
 * @param file as it was found
 * @param state what is known of it
 */
public record FileClaim(long id, String source, FoundFile file, State state) {

  /** How far a file has come. */
  public enum State {
    /** It is new, or was not checked to its end. */
    CLAIMED,
    /** Some of its lines are disposed of. */
    READING,
    /** All its lines are. */
    DONE,
    /** Its bytes were read under another name, or earlier. */
    REPLAYED,
    /** None of its lines may be used. */
    FAILED;

    /** Whether nothing is left to do but to move it away; once this reader has come to it. */
    public boolean isFinal() {
      return this == DONE || this == REPLAYED || this == FAILED;
    }

    /** As the table and reports say it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static State of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  /** What the bytes of a claimed file mean. */
  public sealed interface Content {
    /** They are to be read, from this line on. */
    record Read(long nextLine) implements Content {}

    /** They were read as that file. */
    record Replayed(long id, String path) implements Content {}

    /** Another reader is at them, as that file. */
    record Busy(String path) implements Content {}
  }
}
