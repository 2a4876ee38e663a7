package io.millrace.processors.shard;

import java.util.List;

/**
 * An account's balance between two commits; amounts in ledger units.
 *
 * @param balance what is left of what was paid in, sealed usage taken off
 * @param accrued priced and not sealed yet
 * @param reserved held by open reservations, those of others that it pays for included
 * @param lent to other shards, for what the account pays for there
 * @param available what can be granted; less than 0 where usage went beyond the floor
 * @param overrun what was used beyond the floor, sealed or not
 * @param blocked whether nothing that has a price can be granted until something is paid in
 * @param open how many reservations are open
 * @param buckets money beside the balance, in the order in which it is drawn on
 * @param units what was bought of allowances, in the order in which it is drawn on
 */
public record WalletView(
    WalletTerms terms,
    long balance,
    long accrued,
    long reserved,
    long lent,
    long available,
    long overrun,
    boolean blocked,
    int open,
    List<Bucket> buckets,
    List<Units> units) {

  /** Stands for the event types of a bucket that is for any use. */
  public static final int ANY = MoneyBucket.ANY;

  /**
   * Money beside the balance.
   *
   * @param left of what was paid in
   * @param expires its first moment after, milliseconds since 1970-01-01 UTC; {@link
   *     Long#MAX_VALUE} where it does not end
   * @param type the event type that it is for alone, by index; {@link #ANY} for any use
   */
  public record Bucket(String name, long left, long expires, int type) {}

  /**
   * Units of an allowance.
   *
   * @param left in the scaled integers of the allowance's meter
   * @param expires its first moment after, milliseconds since 1970-01-01 UTC; {@link
   *     Long#MAX_VALUE} where it does not end
   */
  public record Units(String name, String allowance, long left, long expires) {}

  public WalletView {
    buckets = List.copyOf(buckets);
    units = List.copyOf(units);
  }

  static WalletView of(Wallet w) {
    return new WalletView(
        w.terms,
        w.balance(),
        w.totals.accrued,
        w.reserved + w.pledged,
        w.lent,
        w.available(),
        w.beyond(),
        w.isBlocked(),
        w.open,
        w.buckets == null
            ? List.of()
            : w.buckets.live().stream()
                .map(b -> new Bucket(b.name, b.left(), b.expires, b.type))
                .toList(),
        w.units == null
            ? List.of()
            : w.units.live().stream()
                .map(b -> new Units(b.name, b.allowance, b.left(), b.expires))
                .toList());
  }
}
