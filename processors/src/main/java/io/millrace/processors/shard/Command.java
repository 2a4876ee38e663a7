package io.millrace.processors.shard;

import java.util.List;
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
   * @param share where the offer's devices share; null where each counts for itself
   */
  record Subscribe(
      long subscription,
      String subject,
      int account,
      int offer,
      long from,
      long to,
      @Nullable Share share)
      implements Command {

    /** A device that counts for itself. */
    public Subscribe(
        long subscription, String subject, int account, int offer, long from, long to) {
      this(subscription, subject, account, offer, from, to, null);
    }
  }

  /**
   * The pool of a device.
   *
   * @param pool the number that it gets where the device is its first member, unique in the
   *     installation, as subscriptions' are
   * @param group of the account, empty for all of its devices
   */
  record Share(long pool, String group) {

    /** The pool that a device has got; null where it has none. */
    static @Nullable Share of(long pool, @Nullable Share asked) {
      return pool == Effects.NOBODY || asked == null ? null : new Share(pool, asked.group);
    }
  }

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

  /**
   * Events that wait in suspense are given up: they count as discarded from then on.
   *
   * @param source that they are counted for
   * @param rawHashes the identities of their suspense rows, which are open and of this shard
   */
  record Discard(int source, List<byte[]> rawHashes) implements Command {
    public Discard {
      rawHashes = List.copyOf(rawHashes);
    }
  }

  /**
   * A device's next subscription begins, under another root: the device leaves this shard for that
   * root's with all it has here. Refused as {@link MoveRefusal} says.
   *
   * @param subscription the one that ends, the device's last so far
   * @param at its first moment after, and the next one's first; milliseconds since 1970-01-01 UTC
   * @param successor the next one's id, unique in the installation
   * @param shard where the next one's root belongs
   * @param subject the device's name; kept in the evidence, never in the rating
   * @param account the ledger account of the next customer
   * @param offer index of the next offer in the rules
   * @param to the next one's first moment after, {@link Long#MAX_VALUE} where open
   * @param share where the next offer's devices share; null where each counts for itself
   */
  record Move(
      long subscription,
      long at,
      long successor,
      int shard,
      String subject,
      int account,
      int offer,
      long to,
      @Nullable Share share)
      implements Command {

    /** A device that counts for itself then. */
    public Move(
        long subscription,
        long at,
        long successor,
        int shard,
        String subject,
        int account,
        int offer,
        long to) {
      this(subscription, at, successor, shard, subject, account, offer, to, null);
    }

    public Move {
      if (to <= at || successor == subscription) {
        throw new IllegalArgumentException("no such move: subscription " + subscription);
      }
    }
  }

  /**
   * What another shard has sent, in the order of (seq, n) of each sender.
   *
   * @param from the sender's number
   * @param seq the sender's commit
   * @param n which of that commit's messages
   */
  record Received(int from, long seq, int n, ShardMessage message) implements Command {}

  /**
   * Something asked of an account with a balance.
   *
   * @param request answered in {@link Effects#answers}
   */
  record Account(AccountRequest request) implements Command {}
}
