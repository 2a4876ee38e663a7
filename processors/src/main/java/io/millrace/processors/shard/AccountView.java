package io.millrace.processors.shard;

import io.millrace.processors.rating.OfferHistory;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Sponsor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an account owes, in one shard or over several.
 *
 * @param id the customer's ledger account
 * @param posted sealed and posted, ledger units
 * @param accrued priced and not sealed yet, ledger units
 * @param lines usage by charge and period, sealed or not
 */
public record AccountView(int id, long posted, long accrued, List<Line> lines) {

  /**
   * Usage of one charge in one period.
   *
   * @param quantity in the meter's scaled integers; for a recurring charge the number of times
   * @param amount in ledger units
   */
  public record Line(String offer, String charge, int period, long quantity, long amount) {}

  private record LineKey(String offer, String charge, int period) {}

  static AccountView of(AccountTotals totals, Rules rules) {
    List<Line> lines = new ArrayList<>();
    for (AccountTotals.Line line : totals.lines) {
      OfferHistory offer = rules.offers().get(line.offer);
      lines.add(
          new Line(
              line.charge >= Sponsoring.PAID_BY_OTHERS ? Sponsor.line(offer.name()) : offer.name(),
              offer.chargeName(line.charge % Sponsoring.PAID_BY_OTHERS),
              line.period,
              line.quantity,
              line.amount));
    }
    return new AccountView(totals.id, totals.posted, totals.accrued, lines);
  }

  /** The same account's part in another shard added. */
  public AccountView plus(AccountView other) {
    Map<LineKey, Line> sums = new HashMap<>();
    List<LineKey> order = new ArrayList<>();
    for (List<Line> some : List.of(lines, other.lines)) {
      for (Line line : some) {
        LineKey key = new LineKey(line.offer, line.charge, line.period);
        Line before = sums.get(key);
        if (before == null) {
          order.add(key);
        }
        sums.put(
            key,
            before == null
                ? line
                : new Line(
                    line.offer,
                    line.charge,
                    line.period,
                    Math.addExact(line.quantity, before.quantity),
                    Math.addExact(line.amount, before.amount)));
      }
    }
    return new AccountView(
        id,
        Math.addExact(posted, other.posted),
        Math.addExact(accrued, other.accrued),
        order.stream().map(sums::get).toList());
  }
}
