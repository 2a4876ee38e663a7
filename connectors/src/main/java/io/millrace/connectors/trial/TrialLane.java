package io.millrace.connectors.trial;

import io.millrace.catalog.TopUp;
import io.millrace.connectors.tenant.Device;
import io.millrace.connectors.tenant.DeviceVerdict;
import io.millrace.connectors.trial.UsageTrial.ChargeSink;
import io.millrace.connectors.trial.UsageTrial.NotGiven;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.trial.TrialAccounts;
import io.millrace.processors.trial.TrialShard;
import io.millrace.processors.trial.TrialTotals;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of the shards that a trial deals its devices out to. Has one owner at a time. */
final class TrialLane implements TrialShard.Watcher {
  final TrialDevices devices;
  final TrialTotals totals;
  final NotCharged notCharged = new NotCharged();

  /** Subjects that are looked for at once. */
  private static final int AT_ONCE = 32;

  final List<NotGiven> notGiven = new ArrayList<>();

  private final int number;
  private final Rules rules;
  private final TrialAccounts sponsors;
  private final TrialShard shard;
  private final ChargeSink sink;
  private final boolean isListed;
  private final long[] counts = new long[Verdict.values().length];
  private @Nullable UsageBlock block;
  private @Nullable DealtRows rows;
  private StringBuilder written = new StringBuilder();
  private long end = Long.MAX_VALUE;

  /** Nobody asks for it; it has the reads that it sums up done. */
  private long warmth;

  TrialLane(
      int number,
      Rules rules,
      TrialAccounts sponsors,
      TrialDevices.@Nullable Anyone anyone,
      ChargeSink sink) {
    this.number = number;
    this.rules = rules;
    this.sponsors = sponsors;
    this.sink = sink;
    this.isListed = anyone == null;
    this.devices = new TrialDevices(number, rules, sponsors, anyone);
    this.totals = new TrialTotals(rules);
    this.shard = new TrialShard(rules, this);
  }

  /** Has an account get something; to be called before devices are added. */
  void give(TopUp topUp) {
    shard.give(devices.give(topUp.account()), topUp);
  }

  DeviceVerdict add(Device device) {
    return devices.add(device, shard);
  }

  /** Takes its rows of a block, and lets the block's time pass. */
  void take(UsageBlock from) {
    DealtRows mine = from.rows(number);
    block = from;
    rows = mine;
    written = mine.charges;
    UsageBatch usage = mine.usage;
    int next = 0;
    for (int i = 0; i < usage.size(); i++) {
      if (!isListed && i % AT_ONCE == 0) {
        warmth += devices.warm(mine.hash, i, Math.min(i + AT_ONCE, usage.size()));
      }
      if (!resolve(mine, i, from)) {
        shard.apply(usage, next, i, mine.clock);
        next = i + 1;
      }
    }
    shard.apply(usage, next, usage.size(), mine.clock);
    if (shard.isDue(from.latest())) {
      shard.runTo(from.latest());
    }
  }

  private boolean resolve(DealtRows mine, int i, UsageBlock from) {
    if (mine.clock[i] == UsageBlock.TOO_FAR) {
      notCharged.add(from.number(mine.line[i]), Reason.IN_THE_FUTURE);
      return false;
    }
    long found = mine.usage.subscription[i];
    if (!isListed) {
      int start = mine.subjectTo[i];
      int length = mine.subjectTo[i + 1] - start;
      long at = mine.usage.occurredAt[i];
      found = devices.takeIn(mine.subjects, start, length, mine.hash[i], at, shard);
      mine.usage.subscription[i] = found;
    }
    if (found <= 0) {
      boolean isUnknown = found == TrialDevices.UNKNOWN;
      notCharged.add(
          from.number(mine.line[i]), isUnknown ? Reason.UNKNOWN_DEVICE : Reason.NO_OFFER);
    }
    return found > 0;
  }

  /** Charges nothing that begins at this time or later. */
  void endAt(long time) {
    end = time;
  }

  /** Lets time pass; gives the charges that were sealed meanwhile, good until more is taken. */
  StringBuilder runTo(long time) {
    written = new StringBuilder();
    shard.runTo(time);
    return written;
  }

  /** The name of an account. */
  String account(int id) {
    return sponsors.name(id).orElseGet(() -> devices.account(id));
  }

  long count(Verdict verdict) {
    return counts[verdict.ordinal()];
  }

  @Override
  public void charged(ChargeRow charge) {
    if (charge.windowStart() >= end) {
      return; // What begins with the next period falls due as this one ends.
    }
    totals.add(charge);
    sink.write(
        charge, rules, devices.subject(charge.subscription()), account(charge.account()), written);
  }

  @Override
  public void refused(TopUp topUp, Outcome why) {
    notGiven.add(new NotGiven(topUp, why));
  }

  @Override
  public void taken(int row, Verdict verdict, @Nullable Reason why) {
    UsageBlock from = block;
    DealtRows mine = rows;
    if (verdict == Verdict.SUSPENDED && why != null && from != null && mine != null) {
      notCharged.add(from.number(mine.line[row]), why);
    } else {
      counts[verdict.ordinal()]++;
    }
  }
}
