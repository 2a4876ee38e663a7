package io.millrace.processors.trial;

import io.millrace.catalog.TopUp;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A shard without a node: no journal, no database, and time goes as its events do. It never closes
 * a period, so that all is charged to the period it took place in. Has one owner.
 */
public final class TrialShard {

  /** What falls due at once before the next look; as a node has it. */
  private static final int DUE_LIMIT = 1_000;

  /** Rows that are taken at once; as a node has it. */
  private static final int MOST_ROWS = 1_000;

  private static final Verdict[] VERDICTS = Verdict.values();

  private final Rules rules;
  private final Shard shard;
  private final List<Command> commands = new ArrayList<>();
  private final Watcher watcher;
  private final UsageBatch nothing = new UsageBatch(0);
  private final TrialFunds funds;
  private long time;

  /** Is told what comes of what a shard takes. */
  public interface Watcher {

    /** A charge was sealed. */
    void charged(ChargeRow charge);

    /**
     * A row of usage was taken.
     *
     * @param row of the batch
     * @param why it was not charged; null where it was, or where it is a duplicate
     */
    void taken(int row, Verdict verdict, @Nullable Reason why);

    /** An account did not get what it was to get. */
    default void refused(TopUp topUp, Outcome why) {
      throw new AssertionError(topUp + ": " + why);
    }
  }

  /** An empty one. */
  public TrialShard(Rules rules, Watcher watcher) {
    this.rules = rules;
    this.watcher = watcher;
    this.shard = Shard.ofTrial(new ShardKey(1, 0), rules);
    this.time = rules.periods().startOf(0);
    this.funds = new TrialFunds(rules);
  }

  /**
   * An account has something, or gets it in its time; to be called before there is use of it. A
   * sponsor that nothing is said of has all that it takes.
   */
  public void give(int account, TopUp topUp) {
    funds.add(account, topUp, commands);
  }

  /**
   * A device begins to be charged.
   *
   * @param offer index of its offer in the rules
   * @param to first moment after, {@link Long#MAX_VALUE} where open
   */
  public void subscribe(long subscription, int account, int offer, long from, long to) {
    commands.add(new Command.Subscribe(subscription, "", account, offer, from, to));
  }

  /**
   * As {@link #subscribe(long, int, int, long, long)}, of an offer whose devices share.
   *
   * @param pool its number where the device is its first member; no subscription's
   * @param group of the account, empty for all of its devices
   */
  public void subscribe(
      long subscription, int account, int offer, long from, long to, long pool, String group) {
    Command.Share share = new Command.Share(pool, group);
    commands.add(new Command.Subscribe(subscription, "", account, offer, from, to, share));
  }

  /** Takes events, in the order of the rows, each before anything falls due that comes after it. */
  public void apply(UsageBatch usage) {
    apply(usage, 0, usage.size(), usage.occurredAt);
  }

  /**
   * Takes some rows, in their order, as each finds the time.
   *
   * @param to the first row after them
   * @param clock what time it is for each row at least, milliseconds since 1970-01-01 UTC: that of
   *     the latest event up to it, here or in another shard
   */
  public void apply(UsageBatch usage, int from, int to, long[] clock) {
    int next = from;
    while (next < to) {
      runTo(clock[next]);
      // What comes late is taken with what is open now.
      long end = Math.max(Math.min(nextDue(), time + rules.future()), time + 1);
      int last = next + 1;
      while (last < to && last - next < MOST_ROWS && clock[last] < end) {
        last++;
      }
      step(usage, next, last);
      next = last;
    }
  }

  /** Whether anything falls due before a time. */
  public boolean isDue(long before) {
    return nextDue() < before || !commands.isEmpty();
  }

  private long nextDue() {
    return Math.min(shard.nextDue(), funds.nextDue());
  }

  /** Time passes, in which things fall due. */
  public void runTo(long until) {
    if (until > time || !commands.isEmpty()) {
      // All that falls due on the way, each at its time, as a node that never sleeps would have it.
      while (nextDue() < until || !commands.isEmpty()) {
        time = Math.max(time, Math.min(nextDue(), until));
        step(nothing, 0, 0);
      }
      time = Math.max(time, until);
      step(nothing, 0, 0);
    }
  }

  private void step(UsageBatch usage, int from, int to) {
    boolean more = take(usage, from, to);
    while (more) {
      more = take(nothing, 0, 0);
    }
  }

  /** Whether more is due at once. */
  private boolean take(UsageBatch usage, int from, int to) {
    funds.takeDue(time, commands);
    long seq = shard.seq() + 1;
    Section section = new Section(0, 1, seq, time, DUE_LIMIT, commands, from, to);
    Effects effects = shard.apply(seq, section, usage);
    shard.accept();
    commands.forEach(command -> answered(command, effects));
    commands.clear();
    effects.charges.forEach(watcher::charged);
    for (int i = from; i < to; i++) {
      Verdict verdict = VERDICTS[effects.verdicts[i - from]];
      watcher.taken(i, verdict, effects.refusals.get(i - from));
    }
    return effects.moreDue;
  }

  private void answered(Command command, Effects effects) {
    if (command instanceof Command.Account(AccountRequest request)) {
      TopUp topUp = funds.asked(request.key());
      Outcome outcome = Objects.requireNonNull(effects.answers.get(request.key())).outcome();
      if (topUp != null && outcome.isRefusal()) {
        watcher.refused(topUp, outcome);
      }
    }
  }

  /** The rules it rates by. */
  public Rules rules() {
    return rules;
  }
}
