package io.millrace.tests.oracle;

import io.millrace.tests.oracle.Book.Row;
import io.millrace.tests.oracle.Expected.Cell;
import io.millrace.tests.oracle.Expected.Curve;
import io.millrace.tests.oracle.Expected.Sum;
import io.millrace.tests.oracle.Measuring.Taken;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the events of a shard are charged for, and what must fit to be charged. */
final class Metered {
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger MOST_OWED = MOST.shiftRight(1);
  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);

  /** Stands in a row for the reading of a meter that the event is none of. */
  private static final long NOT_READ = Long.MIN_VALUE;

  /** All readings of a meter that a subscription has had counted. */
  record Memory(long subscription, String meter) {}

  /** Where all devices of an account add up. */
  private record Line(int account, String offer, String name, int period) {}

  /** A quantity that an event adds at a moment. */
  private record Move(Tariff.Usage usage, long moment, int period, long window, BigInteger more) {}

  private final Tariff tariff;
  final Map<Cell, Sum> cells = new HashMap<>();
  final Map<Curve, BigInteger> totals = new HashMap<>();
  final Map<Memory, List<Taken>> readings = new HashMap<>();
  final Map<Integer, BigInteger> owed = new HashMap<>();
  private final Map<Line, BigInteger> lines = new HashMap<>();

  /** What usage has moved, up and down, by the period it is booked to. */
  private final Map<Integer, BigInteger> moved = new HashMap<>();

  Metered(Tariff tariff) {
    this.tariff = tariff;
  }

  /** Why an event of a device can't be charged; null where it can. */
  @Nullable String refusal(Device device, Row row, int closed) {
    for (Tariff.Usage u : device.offer.usage()) {
      Measuring measuring = u.measuring();
      if (reads(u, row) && measuring != null) {
        String refusal = measuring.refusal(known(device, measuring), taken(row, u));
        if (refusal != null) {
          return refusal;
        }
      }
    }
    List<Move> moves = moves(device, row);
    if (!fits(device, moves, closed)) {
      return "bad-quantity";
    }
    boolean some = device.offer.usage().stream().anyMatch(u -> u.type() == row.type());
    return some ? null : "no-offer";
  }

  /** Whether a charge's meter reads an event: it has a reading for it. */
  private static boolean reads(Tariff.Usage u, Row row) {
    return u.type() == row.type() && (u.value() < 0 || row.values().get(u.value()) != NOT_READ);
  }

  private List<Taken> known(Device device, Measuring measuring) {
    return readings.getOrDefault(new Memory(device.id, measuring.meter()), List.of());
  }

  private static Taken taken(Row row, Tariff.Usage u) {
    return new Taken(row.at(), BigInteger.valueOf(row.values().get(u.value())));
  }

  private List<Move> moves(Device device, Row row) {
    List<Move> all = new ArrayList<>();
    for (Tariff.Usage u : device.offer.usage()) {
      if (reads(u, row)) {
        Map<List<Long>, Move> own = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        added(device, row, u)
            .forEach(
                (moment, more) -> {
                  if (u.isFor(row.type(), moment)) {
                    int period = tariff.periodOf(moment);
                    long window = tariff.windowOf(device.offer, moment);
                    Move move = new Move(u, moment, period, window, more);
                    own.merge(
                        List.of((long) period, window),
                        move,
                        (a, b) -> new Move(u, a.moment, a.period, a.window, a.more.add(b.more)));
                  }
                });
        own.values().stream().sorted((a, b) -> Long.compare(a.moment, b.moment)).forEach(all::add);
      }
    }
    return all;
  }

  /** What an event adds, by moment; at its own in any case. */
  private TreeMap<Long, BigInteger> added(Device device, Row row, Tariff.Usage u) {
    TreeMap<Long, BigInteger> added = new TreeMap<>();
    Measuring measuring = u.measuring();
    if (measuring == null) {
      added.put(row.at(), u.quantityOf(row.values()));
      return added;
    }
    List<Taken> known = known(device, measuring);
    if (!measuring.kind().equals("delta")) {
      List<Taken> before = new ArrayList<>(known);
      before.removeIf(
          t ->
              tariff.periodOf(t.at()) != tariff.periodOf(row.at()) || !u.isFor(row.type(), t.at()));
      int period = tariff.periodOf(row.at());
      long start = tariff.endOf(period - 1);
      long end = tariff.endOf(period);
      BigInteger after = measuring.held(Measuring.with(before, taken(row, u)), start, end);
      added.put(row.at(), after.subtract(measuring.held(before, start, end)));
      return added;
    }
    TreeMap<Long, BigInteger> before = measuring.counted(known);
    TreeMap<Long, BigInteger> after = measuring.counted(Measuring.with(known, taken(row, u)));
    after.forEach((at, more) -> added.merge(at, more, BigInteger::add));
    before.forEach((at, less) -> added.merge(at, less.negate(), BigInteger::add));
    added.values().removeIf(more -> more.signum() == 0);
    added.putIfAbsent(row.at(), BigInteger.ZERO);
    return added;
  }

  private boolean fits(Device device, List<Move> moves, int closed) {
    BigInteger all = owed.getOrDefault(device.account, BigInteger.ZERO);
    Map<Curve, BigInteger> reached = new HashMap<>();
    Map<Line, BigInteger> used = new HashMap<>();
    Map<Integer, BigInteger> movedByAll = new HashMap<>();
    for (Move m : moves) {
      Tariff.Usage u = m.usage;
      Curve curve = new Curve(device.id, u.name(), m.period);
      BigInteger before = reached.getOrDefault(curve, totals.getOrDefault(curve, BigInteger.ZERO));
      BigInteger after = before.add(m.more);
      reached.put(curve, after);
      BigInteger delta = u.priceOf(after).subtract(u.priceOf(before));
      all = all.add(delta);
      int booked = Math.max(m.period, closed + 1);
      movedByAll.putIfAbsent(booked, moved.getOrDefault(booked, BigInteger.ZERO));
      movedByAll.merge(booked, delta.abs(), BigInteger::add);
      Line line = line(device, m, booked);
      used.putIfAbsent(line, lines.getOrDefault(line, BigInteger.ZERO));
      used.merge(line, m.more, BigInteger::add);
      if (!isLong(after)
          || !isLong(u.priceOf(after))
          || !isLong(delta)
          || all.abs().compareTo(MOST_OWED) > 0
          || movedByAll.get(booked).compareTo(tariff.mostMoved()) > 0
          || used.get(line).abs().compareTo(tariff.mostUsed()) > 0) {
        return false;
      }
    }
    return true;
  }

  /** Charges an event that nothing speaks against. */
  void charge(Device device, Row row, int closed) {
    List<Move> moves = moves(device, row);
    for (Move m : moves) {
      Tariff.Usage u = m.usage;
      Curve curve = new Curve(device.id, u.name(), m.period);
      BigInteger before = totals.getOrDefault(curve, BigInteger.ZERO);
      BigInteger after = before.add(m.more);
      totals.put(curve, after);
      int booked = Math.max(m.period, closed + 1);
      Cell cell = new Cell(device.id, u.name(), m.window, booked, booked != m.period);
      Sum sum = cells.computeIfAbsent(cell, k -> new Sum());
      BigInteger delta = u.priceOf(after).subtract(u.priceOf(before));
      sum.events++;
      sum.quantity = sum.quantity.add(m.more);
      sum.amount = sum.amount.add(delta);
      sum.add(u.shape().toldOf(after), 1);
      sum.add(u.shape().toldOf(before), -1);
      sum.firstAt = Math.min(sum.firstAt, m.moment);
      sum.lastAt = Math.max(sum.lastAt, m.moment);
      owed.merge(device.account, delta, BigInteger::add);
      moved.merge(booked, delta.abs(), BigInteger::add);
      lines.merge(line(device, m, booked), m.more, BigInteger::add);
    }
    Map<Memory, List<Taken>> more = new HashMap<>();
    for (Tariff.Usage u : device.offer.usage()) {
      Measuring measuring = u.measuring();
      if (reads(u, row) && measuring != null) {
        more.put(
            new Memory(device.id, measuring.meter()),
            Measuring.with(known(device, measuring), taken(row, u)));
      }
    }
    readings.putAll(more);
  }

  private static Line line(Device device, Move m, int booked) {
    return new Line(device.account, device.offer.name(), m.usage.name(), booked);
  }

  private static boolean isLong(BigInteger n) {
    return n.compareTo(MOST) <= 0 && n.compareTo(LEAST) >= 0;
  }
}
