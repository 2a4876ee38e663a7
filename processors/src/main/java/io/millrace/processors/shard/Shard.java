package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.dedupe.DedupeWindow;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * A tenant's shard: the state under its roots and the one function that changes it. Deterministic:
 * the same state, rules, commit number and section always make the same state and effects. Has one
 * writer; readers call it between batches.
 *
 * <p>The life of a batch: {@link #apply}, then either {@link #accept} once it is committed or
 * {@link #undo}.
 */
public final class Shard {
  private static final long NOT_KNOWN = Long.MIN_VALUE;

  private final ShardKey key;
  private final ShardState state;
  private final Metering.Room room = new Metering.Room();
  private Rules rules;

  /** What {@link #nextDue} said, until something changes: it is asked at each turn of the host. */
  private long nextDue = NOT_KNOWN;

  /** A shard without any state. */
  public Shard(ShardKey key, Rules rules) {
    this(key, rules, true);
  }

  private Shard(ShardKey key, Rules rules, boolean isKept) {
    this.key = key;
    this.rules = rules;
    this.state = new ShardState(isKept);
  }

  /** One that can't be undone, and whose charges have no evidence: for trying a tariff. */
  public static Shard ofTrial(ShardKey key, Rules rules) {
    return new Shard(key, rules, false);
  }

  /** Which shard it is. */
  public ShardKey key() {
    return key;
  }

  /** The number of its last batch, 0 where there was none. */
  public long seq() {
    return state.seq;
  }

  /** Its time, milliseconds since 1970-01-01 UTC; {@link Long#MIN_VALUE} before the first batch. */
  public long time() {
    return state.time;
  }

  /** The last period whose close it has journalled, −1 where there is none. */
  public int closing() {
    return state.closing;
  }

  /** The last period that it has closed, −1 where there is none. */
  public int closed() {
    return state.closed;
  }

  /** When its next item falls due, {@link Long#MAX_VALUE} where nothing is due ever. */
  public long nextDue() {
    if (nextDue == NOT_KNOWN) {
      nextDue = findNextDue();
    }
    return nextDue;
  }

  private long findNextDue() {
    long next = state.due.isEmpty() ? Long.MAX_VALUE : state.due.first().at();
    if (state.closing > state.closed) {
      next = Math.min(next, rules.periods().endOf(state.closing));
    }
    return Math.min(next, Math.min(state.wallets.nextDue(), state.wallets.slices.nextDue()));
  }

  /** How many windows hold use that no charge is sealed for yet, of whatever amount. */
  public long openWindows() {
    long[] open = {0};
    state.subscriptions.forEach(s -> open[0] += s.openWindows());
    return open[0];
  }

  /** How many subscriptions it holds. */
  public int subscriptions() {
    return state.subscriptions.size();
  }

  /** What tells a row that can't be charged from another in suspense; 64 bits. */
  public long fingerprint(UsageBatch usage, int row) {
    return state.fingerprint(usage, row);
  }

  /** Whether it can answer for a subscription: it is here, or was and left word where it went. */
  public boolean holds(long subscription) {
    return state.subscriptions.get(subscription) != null;
  }

  /**
   * Which of its device's subscriptions holds at a time, from one that it has had on; the same
   * where none is known here.
   *
   * @param at milliseconds since 1970-01-01 UTC
   */
  public long holder(long subscription, long at) {
    Subscription holder = Moves.holder(state, subscription, at);
    return holder == null ? subscription : holder.id;
  }

  /** Has what comes next applied under other rules; to be called between batches. */
  public void adopt(Rules other) {
    nextDue = NOT_KNOWN;
    rules = other;
  }

  /** Whether its last batch was under other rules: what falls due is not known yet. */
  public boolean isBehind() {
    return state.rules != 0 && state.rules != rules.version();
  }

  /** The rules it applies under. */
  public Rules rules() {
    return rules;
  }

  /**
   * Applies a section.
   *
   * @param commit the number of the commit that it will be part of
   * @param section the commands, the time and the rows of usage
   * @param usage holds the section's rows
   * @return the effects, to be written in the commit
   * @throws AssertionError where a rule of the house is broken: a bug; the batch must be undone
   */
  public Effects apply(long commit, Section section, UsageBatch usage) {
    if (section.seq() != state.seq + 1 || section.shard() != key.number()) {
      throw new AssertionError(
          "section " + section.shard() + "/" + section.seq() + " on " + key + "/" + state.seq);
    }
    state.begin(section.seq());
    nextDue = NOT_KNOWN;
    return new Batch(key, state, rules, commit, section, usage, room).run();
  }

  /** Keeps what the last {@link #apply} did. */
  public void accept() {
    nextDue = NOT_KNOWN;
    state.accept();
  }

  /** Takes back what the last {@link #apply} did; does nothing where that is done. */
  public void undo() {
    nextDue = NOT_KNOWN;
    state.undo();
  }

  /** What became of each source's events here. */
  public List<SourceCounts> counts() {
    List<SourceCounts> all = new ArrayList<>();
    state.counts.forEach(
        (source, c) ->
            all.add(new SourceCounts(source, c.of[0], c.of[1], c.of[2], c.of[3], c.of[4])));
    return all;
  }

  /**
   * Fingerprints of suspended events that were forgotten before their time, by the sources that
   * flood it with poison. Redelivered, such an event counts as suspended again.
   */
  public Map<Integer, Long> flooded() {
    Map<Integer, Long> flooded = new TreeMap<>();
    state
        .suspended
        .all()
        .forEach(
            (source, prints) -> {
              if (prints.forgotten > 0) {
                flooded.put(source, prints.forgotten);
              }
            });
    return flooded;
  }

  /** An account's balance, where it is a root of this shard. */
  public Optional<WalletView> wallet(int account) {
    return Optional.ofNullable(state.wallets.find(account)).map(WalletView::of);
  }

  /** What it has in hand of the balance of a sponsor elsewhere, ledger units. */
  public long slice(int account) {
    Slices.Slice slice = state.wallets.slices.find(account);
    return slice == null ? 0 : slice.left;
  }

  /** What it has been lent of that, and has not sealed or given back; ledger units. */
  public long borrowed(int account) {
    Slices.Slice slice = state.wallets.slices.find(account);
    return slice == null ? 0 : Math.addExact(slice.left, slice.accrued);
  }

  /** What grants here count on of a sponsor's balance, and what is kept of it; ledger units. */
  long[] pledged(int sponsor) {
    Slices.Slice slice = state.wallets.slices.find(sponsor);
    Wallet own = state.wallets.find(sponsor);
    long kept = (slice == null ? 0 : slice.kept) + (own == null ? 0 : own.pledged);
    return new long[] {state.wallets.pledged(sponsor), kept};
  }

  /**
   * Until when a device's feature is unlocked as of the last commit; for any thread.
   *
   * @return milliseconds since 1970-01-01 UTC, 0 where it is locked
   */
  public long unlockedUntil(int account, long subscription, String feature) {
    return state.wallets.entitlements.until(account, subscription, feature);
  }

  /** A reservation, open or ended not long ago. */
  public Optional<Reservation> reservation(long seq, int n) {
    return Optional.ofNullable(state.wallets.reservations.find(seq, n));
  }

  /** A charging session, under way or ended not long ago. */
  public Optional<Session> session(long seq, int n) {
    return Optional.ofNullable(state.wallets.sessions.find(seq, n));
  }

  /**
   * Answers that it remembers of the kind that it remembers most of; {@link GivenAnswers#MOST} at
   * most.
   */
  public int rememberedAnswers() {
    return Math.max(state.wallets.payments.size(), state.wallets.uses.size());
  }

  /** An account's part in this shard, if it has one. */
  public Optional<AccountView> account(int id) {
    return Optional.ofNullable(state.accounts.get(id)).map(a -> AccountView.of(a, rules));
  }

  /** How much of what is included an account has used in this shard, in the period that runs. */
  public List<AllowanceView> allowances(int account) {
    return AllowanceViews.of(state, rules, account);
  }

  /** In which tiers an account's devices are in this shard, in the period that runs. */
  public List<TierView> tiers(int account) {
    return TierViews.of(state, rules, account);
  }

  /**
   * The events of a subscription's charge that no charge is sealed for yet.
   *
   * @param charge its index in the offer
   * @param revisions of the charge's prices, those that are asked for
   * @return a list of (commit, row) for each open window, as a charge's evidence has it
   */
  public List<byte[]> openEvidence(long subscription, int charge, IntPredicate revisions) {
    Subscription found = state.subscriptions.get(subscription);
    return found == null ? List.of() : found.openEvidence(charge, revisions);
  }

  /** Totals of all accounts of this shard: accrued and posted, in ledger units. */
  public long[] money() {
    long[] sums = new long[2];
    state.accounts.forEach(
        account -> {
          sums[0] = Math.addExact(sums[0], account.accrued);
          sums[1] = Math.addExact(sums[1], account.posted);
        });
    return sums;
  }

  /** Is shown the dedupe windows of a shard. */
  @FunctionalInterface
  public interface WindowVisitor {
    /** A subscription's window of a source; the snapshot stays as it is whatever comes after. */
    void window(long subscription, int source, DedupeWindow.Snapshot window);
  }

  /**
   * Shows the windows of all subscriptions that changed after a seq, each that was not shown since
   * it has changed.
   *
   * @param since the seq at which this was last called; 0 shows all
   */
  public void changedWindows(long since, WindowVisitor visitor) {
    state.unshown.takeSince(since).forEach(s -> s.showWindows(visitor));
  }

  /**
   * The state in bytes; equal states make equal bytes (I6).
   *
   * @param since only what changed after this seq; 0 for all
   */
  public void encode(ByteWriter out, long since) {
    state.encode(out, since);
  }

  /** Lays encoded state over this shard: a full one first, then what changed, in order. */
  public void overlay(ByteReader in) {
    nextDue = NOT_KNOWN;
    state.overlay(in);
  }
}
