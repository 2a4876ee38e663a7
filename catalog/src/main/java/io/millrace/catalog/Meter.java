package io.millrace.catalog;

/**
 * How events become a quantity.
 *
 * @param name unique in the catalog
 * @param eventType the CloudEvents {@code type} it reads
 * @param field the member of the event's {@code data} that holds the reading; empty for {@link
 *     Aggregate#COUNT}
 * @param unit the unit of a reading
 * @param scale decimal digits kept of a reading; quantities are integers of {@code unit} ×
 *     10^-scale
 * @param aggregate how readings add up
 * @param roundsFiner whether a reading finer than {@code scale} is rounded half up; otherwise it is
 *     refused as {@code bad-quantity}
 */
public record Meter(
    String name,
    String eventType,
    String field,
    Unit unit,
    int scale,
    Aggregate aggregate,
    boolean roundsFiner) {

  /** The largest {@link #scale}: a reading of 10^9 units still fits a {@code long}. */
  public static final int MAX_SCALE = 9;

  /** How readings add up to a quantity. */
  public enum Aggregate {
    /** The readings' sum. */
    SUM,
    /** The number of events. */
    COUNT
  }

  public Meter {
    if (scale < 0 || scale > MAX_SCALE) {
      throw new IllegalArgumentException("a meter's scale is 0 to " + MAX_SCALE + ": " + scale);
    }
  }
}
