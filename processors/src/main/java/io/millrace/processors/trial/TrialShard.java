package io.millrace.processors.trial;

import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.SuspenseRow;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * A shard without a node: no journal, no database, and time goes as its events do. It never closes
 * a period, so that all is charged to the period it took place in. Has one owner.
 */
public final class TrialShard {

  /** What falls due at once before the next look; as a node has it. */
  private static final int DUE_LIMIT = 1_000;

  private final Rules rules;
  private final Shard shard;
  private final List<Command> commands = new ArrayList<>();
  private final List<ChargeRow> charges = new ArrayList<>();
  private final List<SuspenseRow> suspended = new ArrayList<>();
  private final UsageBatch nothing = new UsageBatch(0);
  private long time;

  /** An empty one. */
  public TrialShard(Rules rules) {
    this.rules = rules;
    this.shard = new Shard(new ShardKey(1, 0), rules);
    this.time = rules.periods().startOf(0);
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

  /** Takes events, in the order of the rows, at the time of the latest so far. */
  public void apply(UsageBatch usage) {
    for (int i = 0; i < usage.size(); i++) {
      runTo(usage.occurredAt[i]);
      step(usage, i, i + 1);
    }
  }

  /** Time passes, in which things fall due. */
  public void runTo(long until) {
    if (until > time || !commands.isEmpty()) {
      // All that falls due on the way, each at its time, as a node that never sleeps would have it.
      while (shard.nextDue() < until || !commands.isEmpty()) {
        time = Math.max(time, Math.min(shard.nextDue(), until));
        step(nothing, 0, 0);
      }
      time = Math.max(time, until);
      step(nothing, 0, 0);
    }
  }

  private void step(UsageBatch usage, int from, int to) {
    long seq = shard.seq() + 1;
    Section section = new Section(0, 1, seq, time, DUE_LIMIT, commands, from, to);
    Effects effects = shard.apply(seq, section, usage);
    shard.accept();
    commands.clear();
    charges.addAll(effects.charges);
    suspended.addAll(effects.suspended);
    if (effects.moreDue) {
      step(nothing, 0, 0);
    }
  }

  /** What has been sealed so far. */
  public List<ChargeRow> charges() {
    return List.copyOf(charges);
  }

  /** What could not be charged so far. */
  public List<SuspenseRow> suspended() {
    return List.copyOf(suspended);
  }

  /** The rules it rates by. */
  public Rules rules() {
    return rules;
  }
}
