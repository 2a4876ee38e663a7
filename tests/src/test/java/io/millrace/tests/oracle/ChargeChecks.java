package io.millrace.tests.oracle;

import io.millrace.tests.oracle.Book.Charge;
import io.millrace.tests.oracle.Book.Row;
import io.millrace.tests.oracle.Book.Section;
import io.millrace.tests.oracle.Expected.Cell;
import io.millrace.tests.oracle.Expected.Sum;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** Charges against the events they are made of, one by one and in all. */
final class ChargeChecks {
  private final Tariff tariff;
  private final Book book;
  private final Map<Integer, Expected> shards;
  private final Findings findings;

  ChargeChecks(Tariff tariff, Book book, Map<Integer, Expected> shards, Findings findings) {
    this.tariff = tariff;
    this.book = book;
    this.shards = shards;
    this.findings = findings;
  }

  void check() {
    charges();
    telescoping();
    leases();
    settled();
    evidence();
  }

  private boolean isLease(Charge c) {
    return tariff.offer(c.offer()).leases().stream().anyMatch(l -> l.name().equals(c.name()));
  }

  private boolean isUsage(Charge c) {
    return tariff.offer(c.offer()).uses(c.name());
  }

  private void charges() {
    Map<Integer, Map<Cell, Sum>> actual = new TreeMap<>();
    Set<Cell> first = new HashSet<>();
    Set<List<Object>> ids = new HashSet<>();
    for (Charge c : book.charges()) {
      Expected e = shards.get(c.shard());
      Integer before = e == null ? null : e.closedBefore.get(c.seq());
      if (before == null || !ids.add(List.of(c.shard(), c.seq(), c.n()))) {
        findings.add("charge", "no commit, or twice the same id: " + c);
        continue;
      }
      if (c.period() <= before) {
        findings.add("charge", "booked to a closed period: " + c);
      }
      if (!isUsage(c)) {
        continue;
      }
      Cell cell =
          new Cell(
              c.subscription(),
              c.name(),
              usage(c).revisionAt(c.firstAt()),
              c.windowStart(),
              c.period(),
              c.late());
      long over = Math.min(c.windowEnd(), tariff.endOf(c.period()));
      if (c.windowEnd() != tariff.windowEnd(tariff.offer(c.offer()), c.windowStart())
          || Objects.requireNonNull(e.times.get(c.seq())) < over) {
        findings.add("charge", "sealed before its window was over: " + c);
      }
      if (!c.delta() && !first.add(cell)) {
        findings.add("charge", "sealed twice: " + c);
      }
      Sum sum =
          actual
              .computeIfAbsent(c.shard(), s -> new HashMap<>())
              .computeIfAbsent(cell, k -> new Sum());
      sum.events += c.events();
      sum.quantity = sum.quantity.add(BigInteger.valueOf(c.quantity()));
      sum.amount = sum.amount.add(BigInteger.valueOf(c.amount()));
      sum.add(parts(c), 1);
      sum.firstAt = Math.min(sum.firstAt, c.firstAt());
      sum.lastAt = Math.max(sum.lastAt, c.lastAt());
    }
    for (Expected e : shards.values()) {
      Map<Cell, Sum> made = actual.getOrDefault(e.shard, Map.of());
      findings.same("charge", texts(e.metered.cells), texts(made));
    }
  }

  private static Map<Cell, String> texts(Map<Cell, Sum> sums) {
    Map<Cell, String> texts = new HashMap<>();
    sums.forEach(
        (cell, s) ->
            texts.put(
                cell,
                s.events
                    + " events, "
                    + s.quantity
                    + " for "
                    + s.amount
                    + " made of "
                    + s.parts
                    + " from "
                    + s.firstAt
                    + " to "
                    + s.lastAt));
    return texts;
  }

  /** The charges add up to the price of the total, by a sum that knows no order and no windows. */
  private void telescoping() {
    Map<String, BigInteger> expected = new TreeMap<>();
    shards.values().forEach(e -> expected.putAll(Owed.pricesOfTotals(e)));
    Map<String, BigInteger> actual = new TreeMap<>();
    for (Charge c : book.charges()) {
      if (isUsage(c)) {
        actual.merge(
            c.subscription() + " " + c.name(), BigInteger.valueOf(c.amount()), BigInteger::add);
      }
    }
    findings.same("telescoping", expected, actual);
  }

  private void leases() {
    Map<Cell, Long> expected = new HashMap<>();
    Map<Cell, Long> actual = new HashMap<>();
    for (Expected e : shards.values()) {
      expected.putAll(Owed.leases(e));
    }
    Map<List<Object>, Cell> dues = new HashMap<>();
    expected
        .keySet()
        .forEach(due -> dues.put(List.of(due.subscription(), due.name(), day(due)), due));
    for (Charge c : book.charges()) {
      Expected e = shards.get(c.shard());
      if (e != null && isLease(c)) {
        int period = tariff.periodOf(c.windowStart());
        Cell due = new Cell(c.subscription(), c.name(), 0, c.windowStart(), period, false);
        boolean isBack = c.quantity() == 0 && c.delta() && c.amount() <= 0;
        if (isBack) {
          // Where it ended before what was paid for, the rest goes back to when that was due.
          due = dues.getOrDefault(List.of(c.subscription(), c.name(), day(due)), due);
          period = due.period();
        }
        int booked = Math.max(period, e.closedBefore.getOrDefault(c.seq(), -1) + 1);
        if (c.period() != booked
            || c.late() != (booked != period)
            || c.quantity() != (isBack ? 0 : 1)) {
          findings.add("lease", "booked to the wrong period: " + c);
        }
        if (actual.merge(due, c.amount(), Long::sum) != c.amount() && !isBack) {
          findings.add("lease", "charged twice: " + c);
        }
      }
    }
    findings.same("lease", expected, actual);
  }

  /** The first moment of the day or month that something is due for. */
  private long day(Cell due) {
    return shards.values().stream()
        .map(e -> e.devices.get(due.subscription()))
        .filter(d -> d != null)
        .flatMap(d -> d.offer.leases().stream())
        .filter(l -> l.name().equals(due.name()))
        .map(l -> tariff.beginOf(l, due.window()))
        .findFirst()
        .orElse(due.window());
  }

  /** What bounds ask or take back as a period ends, and after, comes to what the period does. */
  private void settled() {
    Map<Settling.Settled, BigInteger> expected = new HashMap<>();
    Map<Settling.Settled, BigInteger> actual = new HashMap<>();
    for (Expected e : shards.values()) {
      new Settling(e)
          .lines()
          .forEach(
              (line, amount) -> {
                if (expected.put(line, amount) != null) {
                  findings.add("settled", "a device is in two shards: " + line);
                }
              });
      for (Charge c : book.charges()) {
        if (c.shard() == e.shard && !isUsage(c) && !isLease(c)) {
          int period = tariff.periodOf(c.windowStart());
          int booked = Math.max(period, e.closedBefore.getOrDefault(c.seq(), -1) + 1);
          if (c.period() != booked
              || c.late() != (booked != period)
              || c.windowEnd() != tariff.endOf(period)
              || e.times.getOrDefault(c.seq(), Long.MAX_VALUE) < c.windowEnd()
              || c.quantity() != 1) {
            findings.add("settled", "before its time, or booked to the wrong period: " + c);
          }
          actual.merge(
              new Settling.Settled(c.subscription(), c.name(), period),
              BigInteger.valueOf(c.amount()),
              BigInteger::add);
        }
      }
    }
    actual.values().removeIf(amount -> amount.signum() == 0);
    for (Expected e : shards.values()) {
      expected.keySet().removeIf(line -> e.pastHorizon.contains(line.ended()));
      actual.keySet().removeIf(line -> e.pastHorizon.contains(line.ended()));
    }
    findings.same("settled", expected, actual);
  }

  /** Walks from each charge to its events and adds them up. */
  private void evidence() {
    Map<List<Object>, Row> rows = new HashMap<>();
    for (Section s : book.sections()) {
      s.rows().forEach(r -> rows.put(List.of(s.commit(), r.index()), r));
    }
    Set<List<Object>> used = new HashSet<>();
    for (Charge c : book.charges()) {
      if (!isUsage(c)) {
        continue;
      }
      Tariff.Usage usage = usage(c);
      BigInteger quantity = BigInteger.ZERO;
      int events = 0;
      long commit = 0;
      long latest = 0;
      int[] at = {0};
      while (at[0] < c.evidence().length) {
        commit += varint(c.evidence(), at);
        int index = (int) varint(c.evidence(), at);
        Row row = rows.get(List.of(commit, index));
        boolean measured = usage.listsMoves();
        BigInteger more =
            measured ? BigInteger.valueOf(zigzag(varint(c.evidence(), at))) : BigInteger.ZERO;
        long moment =
            measured ? latest + zigzag(varint(c.evidence(), at)) : row == null ? 0 : row.at();
        latest = events == 0 ? moment : Math.max(latest, moment);
        if (row == null || !used.add(List.of(commit, index, c.name(), measured ? moment : 0))) {
          findings.add("evidence", "no such event, or used before: " + c);
          continue;
        }
        events++;
        quantity = quantity.add(measured ? more : usage.quantityOf(row));
        Expected e = shards.get(c.shard());
        if (e == null
            || e.meterOf(row.subscription()) != c.subscription()
            || !usage.isFor(row.type(), moment, row.zone())
            || !usage.reads(row)
            || !row.verdict().equals("charged")) {
          findings.add("evidence", "of another: " + c);
        }
      }
      if (!usage.buckets().isEmpty()) {
        quantity = quantity.add(covered(usage, c));
      }
      if (events != c.events() || !quantity.equals(BigInteger.valueOf(c.quantity()))) {
        findings.add("evidence", events + " events with " + quantity + " do not make " + c);
      }
    }
  }

  /** What a charge says that allowances covered of it. */
  private BigInteger covered(Tariff.Usage usage, Charge c) {
    int first = usage.shape(usage.revisionAt(c.firstAt())).tiers().size();
    return parts(c).entrySet().stream()
        .filter(part -> part.getKey() >= first)
        .map(part -> part.getValue().units())
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  /** What a charge says to be made of; of a plain one its quantity. */
  private Map<Integer, Shape.Part> parts(Charge c) {
    Tariff.Usage usage = usage(c);
    Map<Integer, Shape.Part> parts = new TreeMap<>();
    int[] at = {0};
    while (at[0] < c.tiers().length) {
      int tier = (int) varint(c.tiers(), at);
      BigInteger units = BigInteger.valueOf(zigzag(varint(c.tiers(), at)));
      parts.put(tier, new Shape.Part(units, (int) zigzag(varint(c.tiers(), at))));
    }
    if (usage.shape(usage.revisionAt(c.firstAt())).isPlain() && usage.buckets().isEmpty()) {
      parts.put(0, new Shape.Part(BigInteger.valueOf(c.quantity()), 0));
    }
    return parts;
  }

  private Tariff.Usage usage(Charge c) {
    return tariff.offer(c.offer()).usage().stream()
        .filter(u -> u.name().equals(c.name()))
        .findFirst()
        .orElseThrow();
  }

  private static long zigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }

  private static long varint(byte[] bytes, int[] at) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = bytes[at[0]++];
      value |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }
}
