package io.millrace.connectors.source;

/** What a number of a source's route may be. */
public final class OptionRange {
  private OptionRange() {}

  /**
   * Refuses a number out of its range.
   *
   * @param option as the route names it
   * @param unit what it counts, for the message; empty where the name says it
   * @throws IllegalArgumentException where it is less than the least or more than the most
   */
  public static void check(String option, long value, long least, long most, String unit) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          option
              + "="
              + value
              + " must be "
              + least
              + " to "
              + most
              + (unit.isEmpty() ? "" : " " + unit));
    }
  }
}
