package io.millrace.tests.oracle;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
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
        .filter(d -> !d.away && d.meter == d) // Else it is settled where it is, or with others.
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
              amounts.merge(
                  new Settled(curve.subscription(), curve.name(), curve.period()),
                  shard.metered.amountOf(curve, u),
                  BigInteger::add);
            }
          }
        });
    Owed.leases(shard)
        .forEach(
            (cell, amount) ->
                amounts.merge(
                    new Settled(shard.meterOf(cell.subscription()), cell.name(), cell.period()),
                    BigInteger.valueOf(amount),
                    BigInteger::add));
  }

  private void settle(Device d, Map<Settled, BigInteger> lines) {
    Tariff tariff = shard.tariff;
    int period = tariff.periodOf(Math.max(d.from, tariff.effective()));
    long to = d.isPool ? lastEnd(d) : d.to;
    while (tariff.endOf(period) <= shard.time && Math.max(tariff.startOf(period), d.from) < to) {
      boolean active = !d.isPool || someIsActive(d, period);
      for (Tariff.Close close : active ? d.offer.closes() : List.<Tariff.Close>of()) {
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

  private long lastEnd(Device pool) {
    return shard.devices.values().stream()
        .filter(d -> d.meter == pool && d != pool)
        .mapToLong(d -> d.to)
        .max()
        .orElse(pool.from);
  }

  private boolean someIsActive(Device pool, int period) {
    long start = shard.tariff.startOf(period);
    long end = shard.tariff.endOf(period);
    return shard.devices.values().stream()
        .anyMatch(
            d -> d.meter == pool && d != pool && Math.max(d.from, start) < Math.min(d.to, end));
  }
}
