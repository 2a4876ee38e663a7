package io.millrace.tests.oracle;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is durable at the end of a run, and what the sources were told, as plain rows. Times in
 * milliseconds since 1970-01-01 UTC, money in ledger units.
 *
 * @param sections the journal, each shard's in its order
 * @param messages what the sources had, and how often they were told that it is done
 * @param funds what live shards say of balances, in the end
 */
public record Book(
    List<Section> sections,
    List<Charge> charges,
    List<Posting> postings,
    List<Suspense> suspense,
    List<Subscribed> subscriptions,
    List<Balance> balances,
    List<Counts> counts,
    List<Line> lines,
    List<Message> messages,
    List<Fund> funds) {

  /**
   * One shard's part of a commit.
   *
   * @param commit its number in the journal
   * @param writerEpoch the epoch that the writer went by
   * @param ownerEpoch the epoch that the shard's row had at that moment
   * @param closed the period that it closed, −1 where none
   * @param time the shard's time
   */
  public record Section(
      int shard,
      long seq,
      long commit,
      int writerEpoch,
      int ownerEpoch,
      long time,
      int closed,
      List<Step> steps,
      List<Row> rows) {}

  /**
   * With whom a device shares.
   *
   * @param id what the pool is called where the device is its first
   * @param group of the account; empty for all of its devices
   */
  public record Pool(long id, String group) {}

  /** What changes a shard beside usage. */
  public sealed interface Step {
    /** A device begins; {@code offer} by name. */
    record Subscribe(
        long subscription, int account, String offer, long from, long to, @Nullable Pool pool)
        implements Step {}

    /** Something that can't be charged; {@code raw} is all of it. */
    record Suspend(int source, String reason, byte[] raw) implements Step {}

    /** A period's close was asked for. */
    record Close(int period) implements Step {}

    /**
     * A device's next subscription begins, in another shard.
     *
     * @param at the last one's end
     * @param refused whether the shard said no
     * @param n the number among its commit's messages of the one that the device leaves with
     */
    record Move(
        long subscription,
        long at,
        long successor,
        int to,
        int account,
        String offer,
        long end,
        @Nullable Pool pool,
        boolean refused,
        int n)
        implements Step {}

    /** What an account pays for devices elsewhere, or lends for it, came from another shard. */
    record Billed(int from, long seq, int n) implements Step {}

    /** What another shard sent with its commit {@code seq} as message {@code n}. */
    record Receive(int from, long seq, int n) implements Step {}

    /** An account is to have a balance. */
    record Open(int account) implements Step {}

    /**
     * Something is paid in.
     *
     * @param key whoever asks again asks under the same
     * @param repeated whether the shard said that it was done before
     */
    record Pay(String key, int account, long amount, boolean repeated) implements Step {}

    /** Units are bought; the same of its key. */
    record Buy(String key, int account, String bucket, long units, boolean repeated)
        implements Step {}

    /** The row at this index of the section comes out of suspense. */
    record Recycle(int row, String hash, boolean override) implements Step {}
  }

  /**
   * An event of usage.
   *
   * @param index its row in the commit
   * @param verdict charged, duplicate, suspended or moved, as the shard said
   */
  public record Row(
      int index,
      int source,
      long subscription,
      long id,
      boolean numbered,
      long at,
      int type,
      List<Long> values,
      byte[] raw,
      String verdict) {

    /** The zone that its bytes name; empty where they name none. */
    String zone() {
      String text = new String(raw, StandardCharsets.UTF_8);
      String name = "\"zone\":\"";
      int at = text.indexOf(name);
      return at < 0
          ? ""
          : text.substring(at + name.length(), text.indexOf('"', at + name.length()));
    }
  }

  /**
   * A sealed charge of one (shard, seq).
   *
   * @param tiers what it is made of: (tier, units, flats) as varints, the latter two zigzag
   * @param evidence (commit, row) of its events as varints
   */
  public record Charge(
      int shard,
      long seq,
      int n,
      long subscription,
      int account,
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
      byte[] evidence) {}

  /** A line of an entry. */
  public record Posting(
      int shard,
      long seq,
      int account,
      int period,
      String offer,
      String name,
      boolean late,
      long amount) {}

  /** A row of suspense; {@code state} is open, charged or duplicate. */
  public record Suspense(String hash, int source, String reason, byte[] raw, String state) {}

  /** A row of subscription. */
  public record Subscribed(
      int shard, long id, int account, String offer, long from, long to, long takesOver) {}

  /** An account's part in a shard as stored beside the postings. */
  public record Balance(int account, int shard, long posted) {}

  /** A source's counts in a shard. */
  public record Counts(
      int shard, int source, long received, long charged, long duplicate, long suspended) {}

  /** What a live shard says of a customer's account, in a period that it has not closed. */
  public record Line(
      int shard, int account, String offer, String name, int period, long quantity, long amount) {}

  /**
   * What a live shard says of an account's balance.
   *
   * @param available what is left of it, where it is; 0 elsewhere
   * @param lent of it to other shards
   * @param borrowed what the shard has of it from another
   * @param units what is left of what was bought
   * @param unitsPosted the sum of their ledger
   */
  public record Fund(
      int account,
      int shard,
      long available,
      long lent,
      long borrowed,
      long units,
      long unitsPosted) {

    /** The same with so much more left. */
    public Fund plus(long money, long more) {
      return new Fund(account, shard, available + money, lent, borrowed, units + more, unitsPosted);
    }
  }

  /**
   * A message of a source.
   *
   * @param kind usage, malformed, subscribe, move, account or poison
   * @param acknowledged how often the source was told that it is done
   */
  public record Message(
      String kind, int source, long subscription, long id, long at, byte[] raw, int acknowledged) {}
}
