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

  /**
   * The least that a limit may fall to.
   *
   * @param said by the route, or what stands where it says nothing
   * @param most what the limit may rise to
   * @throws IllegalArgumentException where it is less than 1 or more than the most
   */
  public static void checkLeast(String option, long said, String mostOption, long most) {
    if (said < 1 || said > most) {
      throw new IllegalArgumentException(
          option + "=" + said + " must be 1 to " + mostOption + "=" + most);
    }
  }

  /** In flight at the least where a route says nothing: a sixteenth of the most. */
  public static int leastInFlight(int most) {
    return Math.max(1, most / 16);
  }
}
