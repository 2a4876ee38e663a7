package io.millrace.tests.oracle;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;

/** What the bounds of a shard's ended periods come to, with all that was charged to them since. */
final class Settling {

  /** A charge, or a bound's line, of a device in a period. */
  record Settled(long subscription, String name, int period) {

    Ended ended() {
      return new Ended(subscription, period);
    }
  }

  /** A device's period. */
  record Ended(long subscription, int period) {}

  private final Expected shard;
  private final Map<Settled, BigInteger> amounts = new HashMap<>();

  Settling(Expected shard) {
    this.shard = shard;
  }

  /** The lines that are not 0. */
  Map<Settled, BigInteger> lines() {
    bounded();
    Map<Settled, BigInteger> lines = new HashMap<>();
    shard.devices.values().stream()
        .filter(d -> !d.away) // It is settled where it is.
        .forEach(d -> settle(d, lines));
    lines.values().removeIf(amount -> amount.signum() == 0);
    return lines;
  }

  /** What is bounded: usage at the price of its total, and what recurs. */
  private void bounded() {
    shard.metered.totals.forEach(
        (curve, quantity) -> {
          for (Tariff.Usage u : shard.devices.get(curve.subscription()).offer.usage()) {
            if (u.name().equals(curve.name())) {
              amounts.put(
                  new Settled(curve.subscription(), curve.name(), curve.period()),
                  u.priceOf(quantity));
            }
          }
        });
    Owed.leases(shard)
        .forEach(
            (cell, amount) ->
                amounts.merge(
                    new Settled(cell.subscription(), cell.name(), cell.period()),
                    BigInteger.valueOf(amount),
                    BigInteger::add));
  }

  private void settle(Device d, Map<Settled, BigInteger> lines) {
    Tariff tariff = shard.tariff;
    int period = tariff.periodOf(Math.max(d.from, tariff.effective()));
    while (tariff.endOf(period) <= shard.time && Math.max(tariff.startOf(period), d.from) < d.to) {
      for (Tariff.Close close : d.offer.closes()) {
        BigInteger sum = BigInteger.ZERO;
        for (String of : close.of()) {
          Settled counted = new Settled(d.id, of, period);
          sum = sum.add(amounts.getOrDefault(counted, BigInteger.ZERO));
        }
        Settled line = new Settled(d.id, close.name(), period);
        amounts.put(line, close.settle(sum));
        lines.put(line, close.settle(sum));
      }
      period++;
    }
  }
}
