package io.millrace.processors.shard;

import org.jspecify.annotations.Nullable;

/**
 * What changes a shard, beside usage (which comes in columns) and time (which comes with a
 * section).
 */
public sealed interface Command {

  /**
   * A device begins to be charged.
   *
   * @param subscription its id, unique in the installation
   * @param subject the device's name, as in its events; kept in the evidence, never in the rating
   * @param account the ledger account of the customer
   * @param offer index of the offer in the rules
   * @param from first moment, milliseconds since 1970-01-01 UTC
   * @param to first moment after, {@link Long#MAX_VALUE} where open
   */
  record Subscribe(long subscription, String subject, int account, int offer, long from, long to)
      implements Command {}

  /**
   * An event that can't be charged.
   *
   * @param source the id of its source
   * @param reason why
   * @param fingerprint 64 bits of a keyed hash of source and bytes
   * @param receivedAt milliseconds since 1970-01-01 UTC
   * @param raw its bytes, or their head where there are more than the limit
   * @param rawSize how many bytes it had
   * @param rawHash SHA-256 of source and all its bytes: its identity in suspense
   */
  record Suspend(
      int source,
      Reason reason,
      long fingerprint,
      long receivedAt,
      byte[] raw,
      int rawSize,
      byte[] rawHash)
      implements Command {}

  /**
   * A settlement period ends.
   *
   * @param period its number
   */
  record ClosePeriod(int period) implements Command {}

  /**
   * An event taken out of suspense for another try: the row of usage at this index of the section
   * comes from there. Its outcome ends the suspense row.
   *
   * @param row index in the section's usage
   * @param source the suspense row's: its events are counted there, whatever source it names now
   * @param rawHash the suspense row's identity
   * @param override whether it may be charged past the horizon; names who allowed it
   */
  record Recycled(int row, int source, byte[] rawHash, @Nullable String override)
      implements Command {}
}
