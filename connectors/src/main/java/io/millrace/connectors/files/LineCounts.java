package io.millrace.connectors.files;

/**
 * What became of the events in lines.
 *
 * @param charged events that are charged
 * @param duplicate events that were charged before
 * @param suspended events that could not be charged
 */
public record LineCounts(long charged, long duplicate, long suspended) {
  /** Of no line. */
  public static final LineCounts NONE = new LineCounts(0, 0, 0);

  /** Both. */
  public LineCounts plus(LineCounts other) {
    return new LineCounts(
        charged + other.charged, duplicate + other.duplicate, suspended + other.suspended);
  }
}
