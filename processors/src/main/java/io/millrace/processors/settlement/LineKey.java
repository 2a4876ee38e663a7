package io.millrace.processors.settlement;

import java.util.Comparator;

/**
 * What a statement has one line for.
 *
 * @param offer the offer's name
 * @param name the charge's name in the offer; empty where the line is for all of them
 * @param late whether it is for use in a period that was closed before
 */
public record LineKey(String offer, String name, boolean late) implements Comparable<LineKey> {

  private static final Comparator<LineKey> ORDER =
      Comparator.comparing(LineKey::offer)
          .thenComparing(LineKey::name)
          .thenComparing(LineKey::late);

  @Override
  public int compareTo(LineKey other) {
    return ORDER.compare(this, other);
  }

  /** As a person reads it: {@code lamp, energy (late)}. */
  public String text() {
    return offer + (name.isEmpty() ? "" : ", " + name) + (late ? " (late)" : "");
  }
}
