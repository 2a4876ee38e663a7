package io.millrace.processors.shard;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one shard tells another: written in the sender's commit, journalled by the receiver, which
 * has nothing else to go by.
 */
public sealed interface ShardMessage {

  /**
   * A device arrives, and its next subscription begins with it.
   *
   * @param successor the next subscription's id
   * @param subject the device's name; kept in the evidence, never in the rating
   * @param account the ledger account of the next customer
   * @param offer index of the next offer in the rules
   * @param from its first moment, milliseconds since 1970-01-01 UTC
   * @param to its first moment after, {@link Long#MAX_VALUE} where open
   * @param state the device's subscriptions so far and its dedupe windows, as {@link Moves} writes
   *     them
   * @param share where the next offer's devices share; null where each counts for itself
   */
  record Device(
      long successor,
      String subject,
      int account,
      int offer,
      long from,
      long to,
      byte[] state,
      Command.@Nullable Share share)
      implements ShardMessage {}

  /**
   * Money arrives.
   *
   * @param account whose it is now
   * @param from whose it was
   * @param amount ledger units, more than 0
   * @param transit the ledger account that it is in on its way
   * @param returned whether it comes back, since it could not be taken in
   */
  record Money(int account, int from, long amount, int transit, boolean returned)
      implements ShardMessage {}

  /**
   * What an account pays for others' charges.
   *
   * @param account whose root is there
   * @param transit the ledger account that it is in on its way
   * @param lent what slices of its balance were lent for it and come back so; ledger units, 0 at
   *     least
   */
  record Sponsored(int account, int transit, long lent, List<Paid> paid) implements ShardMessage {
    public Sponsored {
      paid = List.copyOf(paid);
    }

    /** All of it, ledger units. */
    public long amount() {
      return paid.stream().mapToLong(Paid::amount).reduce(0, Math::addExact);
    }
  }

  /**
   * Asks for a slice of an account's balance.
   *
   * @param needed ledger units that have been used already
   * @param expected what somebody has asked the price of
   * @param ahead what will be used beside that soon
   */
  record QuotaAsk(int account, long needed, long expected, long ahead) implements ShardMessage {}

  /**
   * A slice of an account's balance, lent to whom it goes.
   *
   * @param amount ledger units, 0 where there is none
   * @param until when what is not used comes back, milliseconds since 1970-01-01 UTC
   * @param isShort whether there was less than what was needed, or none
   */
  record QuotaSlice(int account, long amount, long until, boolean isShort)
      implements ShardMessage {}

  /**
   * What was not used of slices comes back.
   *
   * @param amount ledger units
   */
  record QuotaBack(int account, long amount) implements ShardMessage {}

  /**
   * What another account pays of a sealed charge.
   *
   * @param subscription whose charge it is
   * @param catalog the hash of the version that priced it
   * @param offer index of the offer in the rules
   * @param charge its number in the offer
   * @param booked the period it was booked to
   * @param windowStart to {@code lastAt}: as of the charge
   * @param amount ledger units, less than 0 where it is given back
   */
  record Paid(
      long subscription,
      String catalog,
      int offer,
      int charge,
      int booked,
      boolean late,
      long windowStart,
      long windowEnd,
      boolean delta,
      long firstAt,
      long lastAt,
      long amount) {

    /** The same with another amount. */
    public Paid of(long other) {
      return new Paid(
          subscription,
          catalog,
          offer,
          charge,
          booked,
          late,
          windowStart,
          windowEnd,
          delta,
          firstAt,
          lastAt,
          other);
    }

    /** The same, booked to another period. */
    public Paid in(int period, boolean isLate) {
      return new Paid(
          subscription,
          catalog,
          offer,
          charge,
          period,
          isLate,
          windowStart,
          windowEnd,
          delta,
          firstAt,
          lastAt,
          amount);
    }
  }
}
