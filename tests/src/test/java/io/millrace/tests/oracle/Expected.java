package io.millrace.tests.oracle;

import io.millrace.tests.oracle.Book.Row;
import io.millrace.tests.oracle.Book.Section;
import io.millrace.tests.oracle.Book.Step;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What one shard's journal must come to: walked event by event, in the obvious way. */
final class Expected {
  private static final long DAY = 86_400_000;

  /** Where usage is collected until it is sealed. */
  record Cell(
      long subscription, String name, int revision, long window, int period, boolean late) {}

  /** What a cell comes to, over all charges made of it. */
  static final class Sum {
    int events;
    BigInteger quantity = BigInteger.ZERO;
    BigInteger amount = BigInteger.ZERO;
    long firstAt = Long.MAX_VALUE;
    long lastAt = Long.MIN_VALUE;
    final Map<Integer, Shape.Part> parts = new TreeMap<>();

    /** Adds what is priced in each tier, so many times. */
    void add(Map<Integer, Shape.Part> more, int times) {
      more.forEach((tier, part) -> parts.merge(tier, part.times(times), Shape.Part::plus));
      parts.values().removeIf(p -> p.units().signum() == 0 && p.flats() == 0);
    }
  }

  /** An event of a device, whichever of its subscriptions it is for. */
  record Identity(int source, long device, long id, boolean numbered) {}

  record Curve(long subscription, String name, int period, int revision) {}

  final Tariff tariff;
  final int shard;
  final Map<Long, Device> devices = new TreeMap<>();

  /** What those share who do, by account, offer and group. */
  private final Map<List<Object>, Device> pools = new HashMap<>();

  final Metered metered;
  final Map<Integer, long[]> counts = new TreeMap<>();
  final List<String> faults = new ArrayList<>();

  /** Suspense rows by hash: reason, and how each ended. */
  final Map<String, String> suspended = new HashMap<>();

  final Map<String, String> ended = new HashMap<>();

  /** Rows of subscription: what began here. */
  final Map<Long, String> subscribed = new TreeMap<>();

  private final Requests requests = new Requests();
  private final Moves moves;

  /** When the last use of a subscription took place. */
  final Map<Long, Long> lastUse = new HashMap<>();

  /** Subscriptions that events came for, and that were not here. */
  final Set<Long> strangers = new HashSet<>();

  final Map<Identity, Long> seen = new HashMap<>();

  /** What each source had suspended, the newest of it and the half before. */
  private final Map<Integer, Map<String, Long>> newest = new HashMap<>();

  private final Map<Integer, Map<String, Long>> before = new HashMap<>();

  /** How often something was suspended of which suspense knew, by source. */
  final Map<Integer, Long> suspendedAgain = new TreeMap<>();

  private final Map<Long, List<Book.Charge>> ofTime;

  /** Where an operator let something in past the horizon: what bounds its period is forgotten. */
  final Set<Settling.Ended> pastHorizon = new HashSet<>();

  long seq;
  long commit;
  private int epoch;
  private int asked = -1;
  int closed = -1;
  long time = Long.MIN_VALUE;

  /** The last period closed before each commit. */
  final Map<Long, Integer> closedBefore = new HashMap<>();

  final Map<Long, Long> times = new HashMap<>();

  /**
   * A shard that has seen nothing.
   *
   * @param ofTime what recurred and what bounds asked: accounts owe it from its commit on
   */
  Expected(Tariff tariff, int shard, Post post, List<Book.Charge> ofTime) {
    this.tariff = tariff;
    this.metered = new Metered(tariff);
    this.ofTime = ofTime.stream().collect(Collectors.groupingBy(Book.Charge::seq));
    this.moves = new Moves(this, post);
    this.shard = shard;
  }

  void walk(Section s) {
    String where = "shard " + shard + "/" + s.seq();
    if (s.seq() != seq + 1 || s.commit() <= commit) {
      fault(where + " follows " + seq + " as commit " + s.commit() + " after " + commit);
    }
    if (s.time() < time) {
      fault(where + ": time went back by " + (time - s.time()));
    }
    if (s.writerEpoch() != s.ownerEpoch() || s.writerEpoch() < epoch) {
      fault(where + ": written by epoch " + s.writerEpoch() + ", owned by " + s.ownerEpoch());
    }
    seq = s.seq();
    commit = s.commit();
    epoch = s.writerEpoch();
    time = s.time();
    times.put(seq, time);
    closedBefore.put(seq, closed);
    Map<Integer, Step.Recycle> recycled = new HashMap<>();
    for (Step step : s.steps()) {
      switch (step) {
        case Step.Subscribe d -> subscribe(d);
        case Step.Suspend e -> suspend(e);
        case Step.Close c -> asked = Math.max(asked, c.period());
        case Step.Recycle r -> recycled.put(r.row(), r);
        case Step.Move m -> moves.leave(m, where);
        case Step.Receive r -> moves.arrive(r, where);
        case Step.Billed b -> {} // It is charged here, as the rows of charges say.
        case Step.Open o -> {} // See FundsChecks.
        case Step.Pay p -> {}
        case Step.Buy b -> {
          if (requests.isNews(b.key(), time, b.repeated())) {
            metered.buckets.buy(b.account(), b.bucket(), b.units());
          }
        }
      }
    }
    if (s.closed() > closed) {
      if (s.closed() > asked || s.time() < tariff.endOf(s.closed())) {
        fault(where + " closed period " + s.closed() + " before its time");
      }
      closed = s.closed();
    }
    for (Book.Charge c : ofTime.getOrDefault(seq, List.of())) {
      if (tariff.offer(c.offer()).payer() == null) { // Else another owes it.
        metered.owed.merge(c.account(), BigInteger.valueOf(c.amount()), BigInteger::add);
      }
    }
    for (int i = 0; i < s.rows().size(); i++) {
      Row row = s.rows().get(i);
      String verdict = judge(row, recycled.get(i));
      if (!verdict.equals(row.verdict())) {
        fault(
            where
                + " row "
                + i
                + " is "
                + row.verdict()
                + ", expected "
                + verdict
                + ": "
                + identity(row)
                + " at "
                + row.at()
                + ", seen "
                + seen.get(identity(row)));
      }
    }
  }

  private void subscribe(Step.Subscribe d) {
    if (!devices.containsKey(d.subscription())) {
      begin(
          new Device(
              d.subscription(),
              d.subscription(),
              d.account(),
              tariff.offer(d.offer()),
              d.from(),
              d.to(),
              Device.NOBODY),
          d.pool());
    }
  }

  /** A device begins, and shares with others where it is said so. */
  void begin(Device d, Book.@Nullable Pool pool) {
    devices.put(d.id, d);
    if (pool != null) {
      d.meter =
          pools.computeIfAbsent(
              List.of(d.account, d.offer.name(), pool.group()), k -> Device.pool(pool.id(), d));
      devices.putIfAbsent(d.meter.id, d.meter);
    }
    strangers.remove(d.id);
    subscribed.put(
        d.id, List.of(shard, d.account, d.offer.name(), d.from, d.to, d.before).toString());
  }

  private void suspend(Step.Suspend e) {
    long[] c = counts(e.source());
    c[0]++;
    if (unchargeable(e.source(), hash(e.source(), e.raw()), e.reason())) {
      c[3]++;
    } else {
      c[2]++;
    }
  }

  /** Whether it is news: not among what is remembered of the source, by day and by number. */
  private boolean unchargeable(int source, String hash, String reason) {
    Map<String, Long> half = newest.computeIfAbsent(source, s -> new HashMap<>());
    Map<String, Long> rest = before.computeIfAbsent(source, s -> new HashMap<>());
    for (Map<String, Long> some : List.of(half, rest)) {
      some.values()
          .removeIf(at -> Math.floorDiv(at, DAY) < Math.floorDiv(time - tariff.horizon(), DAY));
    }
    if (half.containsKey(hash) || rest.containsKey(hash)) {
      return false;
    }
    if (half.size() >= tariff.mostSuspended() / 2) {
      before.put(source, half);
      half = new HashMap<>();
      newest.put(source, half);
    }
    half.put(hash, time);
    if (suspended.putIfAbsent(hash, reason) != null) {
      suspendedAgain.merge(source, 1L, Long::sum);
    }
    return true;
  }

  private String judge(Row row, Step.Recycle again) {
    Device device = devices.get(row.subscription());
    if (device != null && device.sendsOn(row.at())) {
      return "moved";
    }
    if (device == null) {
      strangers.add(row.subscription());
    }
    long[] c = counts(row.source());
    if (again == null) {
      c[0]++;
    }
    String reason = reason(device, row, again);
    if (reason.equals("duplicate") || reason.equals("charged")) {
      c[reason.equals("charged") ? 1 : 2]++;
      if (again != null) {
        c[3]--;
        ended.put(again.hash(), reason);
      }
      if (reason.equals("charged")) {
        charge(device, row);
      }
      return reason;
    }
    if (again != null) {
      return "suspended";
    }
    if (!unchargeable(row.source(), hash(row.source(), row.raw()), reason)) {
      c[2]++;
      return "duplicate";
    }
    c[3]++;
    return "suspended";
  }

  private String reason(Device device, Row row, Step.Recycle again) {
    if (device == null
        || row.at() < device.from
        || row.at() >= device.to
        || row.at() < tariff.effective()) {
      return "no-offer";
    }
    boolean anyAge = again != null && again.override();
    if (row.at() < time - tariff.horizon() && !anyAge) {
      return "too-old";
    }
    if (row.at() > time + tariff.future()) {
      return "in-the-future";
    }
    Long before = seen.get(identity(row));
    if (before != null) {
      boolean same =
          row.numbered()
              ? before == row.at()
              : Math.floorDiv(before, DAY) == Math.floorDiv(row.at(), DAY);
      return same ? "duplicate" : "id-reused";
    }
    String refusal = metered.refusal(device.meter, row, closed, time - tariff.horizon());
    return refusal == null ? "charged" : refusal;
  }

  private void charge(Device device, Row row) {
    seen.put(identity(row), row.at());
    lastUse.merge(row.subscription(), row.at(), Math::max);
    int period = tariff.periodOf(row.at());
    if (row.at() < time - tariff.horizon()) {
      pastHorizon.add(new Settling.Ended(device.meter.id, period));
    }
    metered.charge(device.meter, row, closed, time - tariff.horizon());
  }

  /** SHA-256 of a source's number and an event's bytes. */
  static String hash(int source, byte[] raw) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(ByteBuffer.allocate(4).putInt(source).flip());
      return HexFormat.of().formatHex(sha.digest(raw));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private long[] counts(int source) {
    return counts.computeIfAbsent(source, s -> new long[4]);
  }

  private Identity identity(Row row) {
    Device device = devices.get(row.subscription());
    long first = device == null ? row.subscription() : device.first;
    return new Identity(row.source(), first, row.id(), row.numbered());
  }

  /** What counts the use of a subscription. */
  long meterOf(long subscription) {
    Device d = devices.get(subscription);
    return d == null ? subscription : d.meter.id;
  }

  void fault(String what) {
    faults.add(what);
  }
}
