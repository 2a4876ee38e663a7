package io.millrace.connectors.explain;

import io.millrace.processors.shard.ChargeId;
import io.millrace.processors.shard.Effects.ChargeRow;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A sealed charge as it is kept.
 *
 * @param id its identity
 * @param subscription that it was charged for
 * @param subject the device's name, where the subscription still has one
 * @param account the customer's account
 * @param accountName its name
 * @param catalog the hash of the catalog version that priced it
 * @param offer the offer's name
 * @param name the charge's name in the offer
 * @param period the settlement period that it is booked to
 * @param late whether its use took place in an earlier one
 * @param windowStart first moment of its window
 * @param windowEnd first moment after it
 * @param delta whether it adds to what was sealed of the same window
 * @param events how many events it is for
 * @param quantity in the meter's scaled integers
 * @param amount ledger units
 * @param currency of the ledger
 * @param scale decimal digits of {@code amount}
 * @param firstAt the first event's time, where it has events
 * @param lastAt the last event's time, where it has events
 * @param tiers what it is made of, encoded
 * @param evidence the compressed list of (commit number, row)
 * @param digest its hash
 */
public record StoredCharge(
    ChargeId id,
    long subscription,
    @Nullable String subject,
    int account,
    String accountName,
    String catalog,
    String offer,
    String name,
    int period,
    boolean late,
    Instant windowStart,
    Instant windowEnd,
    boolean delta,
    int events,
    long quantity,
    long amount,
    String currency,
    int scale,
    @Nullable Instant firstAt,
    @Nullable Instant lastAt,
    byte[] tiers,
    byte[] evidence,
    byte[] digest) {

  /** As it was sealed. */
  ChargeRow row() {
    return new ChargeRow(
        id.n(),
        subscription,
        account,
        catalog,
        offer,
        name,
        period,
        late,
        windowStart.toEpochMilli(),
        windowEnd.toEpochMilli(),
        delta,
        events,
        quantity,
        amount,
        millis(firstAt),
        millis(lastAt),
        tiers,
        evidence,
        digest);
  }

  private static long millis(@Nullable Instant time) {
    return time == null ? 0 : time.toEpochMilli();
  }
}
