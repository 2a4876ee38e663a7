package io.millrace.tests.oracle;

import io.millrace.tests.oracle.Book.Row;
import io.millrace.tests.oracle.Buckets.Drawn;
import io.millrace.tests.oracle.Expected.Cell;
import io.millrace.tests.oracle.Expected.Curve;
import io.millrace.tests.oracle.Expected.Sum;
import io.millrace.tests.oracle.Measuring.Taken;
import io.millrace.tests.oracle.Shape.Part;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the events of a shard are charged for, and what must fit to be charged. */
final class Metered {
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger MOST_OWED = MOST.shiftRight(1);
  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);

  /** All readings of a meter that a subscription has had counted. */
  record Memory(long subscription, String meter) {}

  /** Where all devices of an account add up. */
  private record Line(int account, String offer, String name, int period) {}

  /** A quantity that an event adds at a moment. */
  private record Move(
      Tariff.Usage usage, long moment, int period, long window, BigInteger more, Drawn drawn) {

    Curve curve(Device device) {
      return new Curve(device.id, usage.name(), period, usage.revisionAt(moment));
    }

    /** What of it moves the charge up its price. */
    BigInteger priced() {
      return usage.buckets().isEmpty() ? more : drawn.priced();
    }
  }

  private final Tariff tariff;
  final Map<Cell, Sum> cells = new HashMap<>();

  /** What is priced; of most charges all that is used. */
  final Map<Curve, BigInteger> totals = new HashMap<>();

  /** What events that are each priced by themselves come to. */
  final Map<Curve, BigInteger> apart = new HashMap<>();

  /** From where a later price goes on in a period. */
  final Map<Curve, BigInteger> bases = new HashMap<>();

  /** What of a subscription's use one account pays for, in a period. */
  record Clause(long subscription, Terms.Payer by, int period) {}

  final Buckets buckets;
  final Map<Memory, List<Taken>> readings = new HashMap<>();
  final Map<Integer, BigInteger> owed = new HashMap<>();
  private final Map<Line, BigInteger> lines = new HashMap<>();

  /** What usage has moved, up and down, by the period it is booked to. */
  private final Map<Integer, BigInteger> moved = new HashMap<>();

  Metered(Tariff tariff) {
    this.tariff = tariff;
    this.buckets = new Buckets(tariff);
  }

  /**
   * Why an event of a device, or of those that share, can't be charged; null where it can.
   *
   * @param forgotten what periods came to that ended by then is not known any more
   */
  @Nullable String refusal(Device device, Row row, int closed, long forgotten) {
    for (Tariff.Usage u : device.offer.usage()) {
      Measuring measuring = u.measuring();
      if (u.reads(row) && measuring != null) {
        String refusal = measuring.refusal(known(device, measuring), taken(row, u));
        if (refusal != null) {
          return refusal;
        }
      }
    }
    List<Move> moves = moves(device, row, forgotten);
    if (!fits(device, moves, closed)) {
      return "bad-quantity";
    }
    boolean some = device.offer.usage().stream().anyMatch(u -> u.isOfType(row.type()));
    return some ? null : "no-offer";
  }

  private List<Taken> known(Device device, Measuring measuring) {
    return readings.getOrDefault(new Memory(device.id, measuring.meter()), List.of());
  }

  private static Taken taken(Row row, Tariff.Usage u) {
    return new Taken(row.at(), BigInteger.valueOf(row.values().get(u.value())));
  }

  /** What an event adds: at its own moment first, then to what others count for. */
  private List<Move> moves(Device device, Row row, long forgotten) {
    List<Move> all = new ArrayList<>();
    for (Tariff.Usage u : device.offer.usage()) {
      if (!u.reads(row)) {
        continue;
      }
      TreeMap<Long, BigInteger> added = added(device, row, u);
      if (u.measuring() != null && u.measuring().kind().equals("time-weighted")) {
        for (long moment : List.copyOf(added.keySet())) {
          if (moment != row.at() && tariff.endOf(tariff.periodOf(moment)) <= forgotten) {
            added.merge(row.at(), added.remove(moment), BigInteger::add);
          }
        }
      }
      Map<List<Long>, Move> own = new LinkedHashMap<>();
      BigInteger now = added.remove(row.at());
      add(device, u, row, row.at(), now, own);
      added.forEach((moment, more) -> add(device, u, row, moment, more, own));
      all.addAll(own.values());
    }
    return all;
  }

  private void add(
      Device device,
      Tariff.Usage u,
      Row row,
      long moment,
      BigInteger more,
      Map<List<Long>, Move> moves) {
    if (u.isFor(row.type(), moment, row.zone())) {
      int period = tariff.periodOf(moment);
      long window = tariff.windowOf(device.offer, moment);
      BigInteger before = BigInteger.ZERO; // Whatever it was priced at.
      for (int revision = 0; revision < 2; revision++) {
        Curve curve = new Curve(device.id, u.name(), period, revision);
        before = before.add(totals.getOrDefault(curve, BigInteger.ZERO));
      }
      Drawn drawn = buckets.draw(device, u, moment, more, before);
      moves.merge(
          List.of((long) period, window),
          new Move(u, moment, period, window, more, drawn),
          (a, b) -> new Move(u, a.moment, a.period, a.window, a.more.add(b.more), a.drawn));
    }
  }

  /** What an event adds, by moment; at its own in any case. */
  private TreeMap<Long, BigInteger> added(Device device, Row row, Tariff.Usage u) {
    TreeMap<Long, BigInteger> added = new TreeMap<>();
    Measuring measuring = u.measuring();
    if (measuring == null) {
      added.put(row.at(), u.quantityOf(row));
      return added;
    }
    List<Taken> known = known(device, measuring);
    if (!measuring.isBetweenReadings()) {
      List<Taken> before = new ArrayList<>(known);
      before.removeIf(
          t ->
              tariff.periodOf(t.at()) != tariff.periodOf(row.at())
                  || !u.isFor(row.type(), t.at(), ""));
      int period = tariff.periodOf(row.at());
      long start = tariff.endOf(period - 1);
      long end = tariff.endOf(period);
      BigInteger after = measuring.held(Measuring.with(before, taken(row, u)), start, end);
      added.put(row.at(), after.subtract(measuring.held(before, start, end)));
      return added;
    }
    boolean level = measuring.kind().equals("time-weighted");
    List<Taken> with = Measuring.with(known, taken(row, u));
    TreeMap<Long, BigInteger> before =
        level ? measuring.weighed(known, tariff) : measuring.counted(known);
    TreeMap<Long, BigInteger> after =
        level ? measuring.weighed(with, tariff) : measuring.counted(with);
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
      Curve curve = m.curve(device);
      BigInteger before = reached.getOrDefault(curve, totals.getOrDefault(curve, BigInteger.ZERO));
      BigInteger after = before.add(m.priced());
      reached.put(curve, after);
      BigInteger delta = delta(u, curve, before, m.priced());
      BigInteger amount = amountOf(curve, u, before).add(delta);
      BigInteger base = u.terms().alone() ? BigInteger.ZERO : base(u, curve);
      all = all.add(delta);
      int booked = Math.max(m.period, closed + 1);
      movedByAll.putIfAbsent(booked, moved.getOrDefault(booked, BigInteger.ZERO));
      movedByAll.merge(booked, delta.abs(), BigInteger::add);
      Line line = line(device, m, booked);
      used.putIfAbsent(line, lines.getOrDefault(line, BigInteger.ZERO));
      used.merge(line, m.more, BigInteger::add);
      if (!isLong(after)
          || !isLong(amount)
          || !isLong(delta)
          || !isPriced(u.shape(curve.revision()), base, base.add(after))
          || all.abs().compareTo(MOST_OWED) > 0
          || movedByAll.get(booked).compareTo(tariff.mostMoved()) > 0
          || used.get(line).abs().compareTo(tariff.mostUsed()) > 0) {
        return false;
      }
    }
    return true;
  }

  /** From where a price goes on: from what was used at the one before by then, or from nothing. */
  private BigInteger base(Tariff.Usage u, Curve curve) {
    Terms.Later later = u.terms().later();
    return curve.revision() == 0 || later == null || !later.carries()
        ? BigInteger.ZERO
        : bases.getOrDefault(
            curve,
            totals.getOrDefault(
                new Curve(curve.subscription(), curve.name(), curve.period(), 0), BigInteger.ZERO));
  }

  /** What going so much further costs. */
  private BigInteger delta(Tariff.Usage u, Curve curve, BigInteger before, BigInteger more) {
    Shape shape = u.shape(curve.revision());
    if (u.terms().alone()) {
      return shape.priceOf(more);
    }
    BigInteger from = base(u, curve).add(before);
    return shape.priceOf(from.add(more)).subtract(shape.priceOf(from));
  }

  private BigInteger amountOf(Curve curve, Tariff.Usage u, BigInteger total) {
    return u.terms().alone()
        ? apart.getOrDefault(curve, BigInteger.ZERO)
        : delta(u, curve, BigInteger.ZERO, total);
  }

  /** What a price comes to in a period. */
  BigInteger amountOf(Curve curve, Tariff.Usage u) {
    return amountOf(curve, u, totals.getOrDefault(curve, BigInteger.ZERO));
  }

  /** What another account pays of a device's period, with all that it pays for by the same word. */
  private BigInteger paid(Device device, Tariff.Usage of, int period) {
    Terms.Payer by = of.terms().payer();
    return by == null ? BigInteger.ZERO : paidFor(device, by, period).min(by.upTo());
  }

  /** What a device's use of a period comes to that one account pays for. */
  private BigInteger paidFor(Device device, Terms.Payer by, int period) {
    if (by.account() == device.account) {
      return BigInteger.ZERO;
    }
    BigInteger sum = BigInteger.ZERO;
    for (Tariff.Usage u : device.offer.usage()) {
      for (int revision = 0; revision < 2 && by.equals(u.terms().payer()); revision++) {
        sum = sum.add(amountOf(new Curve(device.id, u.name(), period, revision), u));
      }
    }
    return sum;
  }

  /** What all devices' periods come to that other accounts pay for. */
  Map<Clause, BigInteger> paidFor(Map<Long, Device> devices) {
    Map<Clause, BigInteger> all = new HashMap<>();
    for (Curve curve : totals.keySet()) {
      Device d = devices.get(curve.subscription());
      for (Tariff.Usage u : d.offer.usage()) {
        Terms.Payer by = u.terms().payer();
        if (by != null && u.name().equals(curve.name())) {
          all.put(new Clause(d.id, by, curve.period()), paidFor(d, by, curve.period()));
        }
      }
    }
    return all;
  }

  /** Charges an event that nothing speaks against. */
  void charge(Device device, Row row, int closed, long forgotten) {
    List<Move> moves = moves(device, row, forgotten);
    for (Move m : moves) {
      Tariff.Usage u = m.usage;
      Curve curve = m.curve(device);
      BigInteger before = totals.getOrDefault(curve, BigInteger.ZERO);
      BigInteger after = before.add(m.priced());
      BigInteger delta = delta(u, curve, before, m.priced());
      bases.putIfAbsent(curve, base(u, curve));
      BigInteger paidBefore = paid(device, u, m.period);
      totals.put(curve, after);
      if (u.terms().alone()) {
        apart.merge(curve, delta, BigInteger::add);
      }
      BigInteger paid = paid(device, u, m.period).subtract(paidBefore);
      int booked = Math.max(m.period, closed + 1);
      Cell cell =
          new Cell(device.id, u.name(), curve.revision(), m.window, booked, booked != m.period);
      Sum sum = cells.computeIfAbsent(cell, k -> new Sum());
      sum.events++;
      sum.quantity = sum.quantity.add(m.more);
      sum.amount = sum.amount.add(delta);
      boolean draws = !u.buckets().isEmpty();
      Shape shape = u.shape(curve.revision());
      BigInteger from = u.terms().alone() ? BigInteger.ZERO : base(u, curve).add(before);
      BigInteger to = from.add(m.priced());
      sum.add(draws ? shape.partsOf(to) : shape.toldOf(to), 1);
      sum.add(draws ? shape.partsOf(from) : shape.toldOf(from), -1);
      int first = shape.tiers().size();
      m.drawn.covered().forEach((slot, n) -> sum.add(Map.of(first + slot, new Part(n, 0)), 1));
      buckets.keep(m.drawn, device);
      sum.firstAt = Math.min(sum.firstAt, m.moment);
      sum.lastAt = Math.max(sum.lastAt, m.moment);
      owed.merge(device.account, delta.subtract(paid), BigInteger::add);
      moved.merge(booked, delta.abs(), BigInteger::add);
      lines.merge(line(device, m, booked), m.more, BigInteger::add);
    }
    Map<Memory, List<Taken>> more = new HashMap<>();
    for (Tariff.Usage u : device.offer.usage()) {
      Measuring measuring = u.measuring();
      if (u.reads(row) && measuring != null) {
        more.put(
            new Memory(device.id, measuring.meter()),
            Measuring.with(known(device, measuring), taken(row, u)));
      }
    }
    readings.putAll(more);
  }

  /** Whether what came before, at former prices, and all with it have a price at this one. */
  private static boolean isPriced(Shape shape, BigInteger base, BigInteger total) {
    return base.signum() == 0
        || isLong(total) && isLong(shape.priceOf(base)) && isLong(shape.priceOf(total));
  }

  private static Line line(Device device, Move m, int booked) {
    return new Line(device.account, device.offer.name(), m.usage.name(), booked);
  }

  private static boolean isLong(BigInteger n) {
    return n.compareTo(MOST) <= 0 && n.compareTo(LEAST) >= 0;
  }
}
