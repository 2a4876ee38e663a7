package io.millrace.processors.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one {@code apply} tells the world, in rows; written in the transaction of its commit. */
public final class Effects {

  /**
   * A sealed charge; its id is (tenant, shard, seq, n).
   *
   * @param tiers what it is made of, as {@link io.millrace.processors.rating.PricedTiers} says it
   */
  public record ChargeRow(
      int n,
      long subscription,
      int account,
      String catalog,
      String offer,
      String name,
      int period,
      boolean late,
      long windowStart,
      long windowEnd,
      boolean delta,
      int events,
      long quantity,
      long amount,
      long firstAt,
      long lastAt,
      byte[] tiers,
      byte[] evidence,
      byte[] digest) {}

  /** One line of the commit's ledger entry; debit positive, ledger units. */
  public record PostingRow(
      int account, int period, String offer, String name, boolean late, long amount) {}

  /**
   * A change of an account's balance, or of a bucket beside it, other than by use.
   *
   * @param kind {@code top-up}, {@code adjustment}, {@code transfer} or {@code expired}
   * @param bucket its name; empty for the main balance
   * @param allowance that a bucket is units of; empty where it is money
   * @param amount ledger units, or the scaled integers of the allowance's meter; more than 0 for
   *     what came in
   * @param reason in somebody's words; empty where there is none
   */
  public record AccountChange(
      int account, String kind, String bucket, String allowance, long amount, String reason) {

    /** A change of money. */
    AccountChange(int account, String kind, String bucket, long amount, String reason) {
      this(account, kind, bucket, "", amount, reason);
    }
  }

  /**
   * What changed the units that an account has of an allowance, of all its buckets together.
   *
   * @param name {@code top-up}, {@code adjustment}, {@code expired}, or {@code drawn} for what the
   *     charges of this commit were covered by
   * @param quantity in the scaled integers of the allowance's meter, more than 0 for what came in
   */
  public record UnitPosting(int account, String allowance, String name, long quantity) {}

  /** An event that goes to suspense. */
  public record SuspenseRow(
      byte[] hash, int source, Reason reason, byte[] raw, int rawSize, long receivedAt) {}

  /** A suspense row that has ended: {@code charged} or {@code duplicate}. */
  public record SuspenseEnd(byte[] hash, String state) {}

  /**
   * A subscription that was taken in.
   *
   * @param takesOver the device's subscription before, which ends where this one begins and has its
   *     shard from now on; {@link #NOBODY} where there is none
   * @param share the pool that counts its use; null where it does so itself
   */
  public record SubscriptionRow(
      long id,
      String subject,
      int account,
      String offer,
      long from,
      long to,
      long takesOver,
      Command.@Nullable Share share) {

    /** A subscription that counts its use itself. */
    public SubscriptionRow(
        long id, String subject, int account, String offer, long from, long to, long takesOver) {
      this(id, subject, account, offer, from, to, takesOver, null);
    }
  }

  /** Stands for no subscription. */
  public static final long NOBODY = -1;

  /** A message to another shard; its id is (shard, seq, n). */
  public record MessageRow(int n, int to, ShardMessage message) {}

  /**
   * How much of an account's balance is lent to other shards, or how much this shard has been lent
   * of it, less than 0 then; ledger units, as of this commit.
   */
  public record Lent(int account, long amount) {}

  /** A message that has been received. */
  public record MessageId(int from, long seq, int n) {}

  /**
   * A row of usage that is to be handed in again under another name.
   *
   * @param row its index in the section's usage
   */
  public record MovedRow(int row, long subscription, int shard) {}

  /** What became of one row of usage. */
  public enum Verdict {
    CHARGED,
    DUPLICATE,
    SUSPENDED,
    /** Not disposed of: its device is elsewhere, see {@link Effects#moved}. */
    MOVED
  }

  public final List<ChargeRow> charges = new ArrayList<>();
  public final List<PostingRow> postings = new ArrayList<>();
  public final List<AccountChange> accountChanges = new ArrayList<>();
  public final List<UnitPosting> unitPostings = new ArrayList<>();
  public final List<SuspenseRow> suspended = new ArrayList<>();
  public final List<SuspenseEnd> ended = new ArrayList<>();
  public final List<SubscriptionRow> subscriptions = new ArrayList<>();

  public final List<MessageRow> messages = new ArrayList<>();
  public final List<Lent> lent = new ArrayList<>();
  public final List<MessageId> received = new ArrayList<>();
  public final List<MovedRow> moved = new ArrayList<>();

  /** What is to be told, in its order. */
  public final List<Notice> notices = new ArrayList<>();

  /** The moves that were refused. */
  public final Map<Command.Move, MoveRefusal> refused = new HashMap<>();

  /** The answers to what accounts were asked, by the very keys of the requests. */
  public final Map<AccountRequest.Key, AccountAnswer> answers = new IdentityHashMap<>();

  /** The verdicts of the section's usage, by row from its first; {@link Verdict} ordinals. */
  public byte[] verdicts = new byte[0];

  /** Why rows were refused, by row from the section's first; those that were not are absent. */
  public final Map<Integer, Reason> refusals = new HashMap<>();

  /** The period that this shard closed with this commit, −1 where it closed none. */
  public int closed = -1;

  /** Whether something is due already that the limit left for the next commit. */
  public boolean moreDue;
}
