package io.millrace.processors.shard;

import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.PostingRow;
import java.util.Comparator;
import java.util.TreeMap;

/**
 * What a batch posts of balances, net by line, in a stable order. Each of its sides is added by the
 * same call or the next ones, so that it sums to zero.
 */
final class BalanceEntry {
  private record Line(int account, int period, String name) {}

  private final TreeMap<Line, Long> lines =
      new TreeMap<>(
          Comparator.comparingInt(Line::account)
              .thenComparingInt(Line::period)
              .thenComparing(Line::name));

  private final ShardState state;
  private final Rules rules;

  BalanceEntry(ShardState state, Rules rules) {
    this.state = state;
    this.rules = rules;
  }

  /**
   * Adds to a line of now.
   *
   * @param amount ledger units, debit positive
   */
  void add(int account, String name, long amount) {
    int period = Math.max(rules.periods().indexOf(state.time), state.closed + 1);
    lines.merge(new Line(account, Math.max(0, period), name), amount, Math::addExact);
  }

  /** Puts it among the effects, and the units beside it in order. */
  void post(Effects effects) {
    UnitEntry.net(effects);
    lines.forEach(
        (line, amount) -> {
          if (amount != 0) {
            effects.postings.add(
                new PostingRow(line.account, line.period, "", line.name, false, amount));
          }
        });
  }
}
