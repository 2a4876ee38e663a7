package io.millrace.tests.oracle;

import io.millrace.tests.oracle.Expected.Cell;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What all devices of a shard owe, without regard to any order. */
final class Owed {
  private Owed() {}

  /** The begun days and months of all devices up to the shard's time: when each fell due. */
  static Map<Cell, Long> leases(Expected of) {
    Map<Cell, Long> all = new HashMap<>();
    for (Device d : of.devices.values()) {
      if (d.away || d.isPool) {
        continue; // It is charged where it is; and what is shared, to each.
      }
      for (Tariff.Lease lease : d.offer.leases()) {
        long due = d.from;
        while (due <= of.time && (due == d.from || due < d.to)) {
          if (due >= of.tariff.effective()) {
            long end = of.tariff.endOf(lease, due);
            BigInteger amount = of.tariff.due(lease, due, Math.min(end, Math.max(d.to, due + 1)));
            all.put(
                new Cell(d.id, lease.name(), 0, due, of.tariff.periodOf(due), false),
                amount.longValueExact());
          }
          due = of.tariff.endOf(lease, due);
        }
      }
    }
    return all;
  }

  /**
   * Each device's money per charge over all time: the price of each period's total, and no more.
   */
  static Map<String, BigInteger> pricesOfTotals(Expected of) {
    Map<String, BigInteger> all = new TreeMap<>();
    of.metered.totals.forEach(
        (curve, quantity) -> {
          Device d = of.devices.get(curve.subscription());
          d.offer.usage().stream()
              .filter(u -> u.name().equals(curve.name()))
              .forEach(
                  u ->
                      all.merge(
                          curve.subscription() + " " + curve.name(),
                          of.metered.amountOf(curve, u),
                          BigInteger::add));
        });
    return all;
  }
}
