package io.millrace.connectors.codec;

/**
 * One event as decoded. Its owner reuses it for event after event; nothing is allocated for one,
 * and all of it is valid only until the next and only where the codec found no reason to refuse it.
 */
public final class DecodedEvent {

  /** The CloudEvents {@code id}. */
  public final Text id = new Text();

  /** The CloudEvents {@code source}. */
  public final Text source = new Text();

  /** The CloudEvents {@code subject}: the device. */
  public final Text subject = new Text();

  /** The CloudEvents {@code type}. */
  public final Text type = new Text();

  /** The CloudEvents {@code time} as written. */
  final Text time = new Text();

  final Text specversion = new Text();

  /** The id's number where {@link #numbered}, else the tenant's keyed fingerprint of its bytes. */
  public long eventId;

  /**
   * Whether the id is a number as a counter writes it: 1 to 18 digits, no zero before another
   * digit.
   */
  public boolean numbered;

  /** The {@code time}; milliseconds since 1970-01-01 UTC, finer digits cut. */
  public long occurredAt;

  /** The type's index in the rules. */
  public int typeIndex;

  /** The readings, from index 0 on: one for each meter of the type. */
  public long[] values = new long[4];

  /** How many readings there are. */
  public int valueCount;
}
