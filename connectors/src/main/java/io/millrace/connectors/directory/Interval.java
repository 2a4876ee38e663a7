package io.millrace.connectors.directory;

/**
 * A subscription of a device for a time.
 *
 * @param subject the device's name, as in its events
 * @param subscription the subscription's id, not negative
 * @param shard the shard of its root
 * @param account the ledger account of the customer
 * @param offer index of the offer in the rules
 * @param validFrom first moment, milliseconds since 1970-01-01 UTC
 * @param validTo first moment after, {@link Long#MAX_VALUE} where open
 */
public record Interval(
    String subject,
    long subscription,
    int shard,
    int account,
    int offer,
    long validFrom,
    long validTo) {

  /** Characters of a subject. */
  public static final int MAX_SUBJECT = 1 << 16;

  public Interval {
    if (subject.isEmpty()
        || subject.length() > MAX_SUBJECT
        || subscription < 0
        || validFrom >= validTo) {
      throw new IllegalArgumentException("no such interval: subscription " + subscription);
    }
    if (shard < 0 || shard > Short.MAX_VALUE || offer < 0 || offer > Short.MAX_VALUE) {
      throw new IllegalArgumentException("shard " + shard + ", offer " + offer);
    }
  }

  /** The same, found in another shard. */
  public Interval inShard(int other) {
    return new Interval(subject, subscription, other, account, offer, validFrom, validTo);
  }
}
