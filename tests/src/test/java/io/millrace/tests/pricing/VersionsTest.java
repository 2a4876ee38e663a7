package io.millrace.tests.pricing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Catalog;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.usage.UsageBatch;
import io.millrace.tests.oracle.Shape;
import io.millrace.tests.pricing.AnyVersions.Version;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * I5 and I6 where a catalog changes in the middle of a period: an event is priced by the version
 * that held when it took place, however late it comes; a price goes on from where the one before it
 * stood, or from nothing, as the version says; what was charged before stays. A minimum is that of
 * the version in which a period ends, and each charge has what took place in its window.
 */
class VersionsTest {
  private static final int CASES = 10_000;
  private static final int COMMITS = 9;
  private static final long HOUR = 2 * AnyVersions.HALF_HOUR;

  /** A price in a period: which version's, on which day. */
  private record Place(long day, int revision) {}

  /** What the oracle knows. */
  private static final class Expected {
    final List<Version> versions;

    /** The end of the subscription. */
    final long to;

    final Map<Place, BigInteger> base = new HashMap<>();
    final Map<Place, BigInteger> counted = new HashMap<>();
    final TreeMap<Long, BigInteger> ofDay = new TreeMap<>();

    Expected(List<Version> versions, long to) {
      this.versions = versions;
      this.to = to;
    }

    int at(long time) {
      int found = 0;
      for (int i = 0; i < versions.size(); i++) {
        found = versions.get(i).from() <= time ? i : found;
      }
      return found;
    }

    /** The first of the versions in a row that have the price that one has. */
    int revision(int version) {
      int first = version;
      while (first > 0 && versions.get(first - 1).price().equals(versions.get(version).price())) {
        first--;
      }
      return first;
    }

    void use(long at, long reading) {
      long day = day(at);
      Place place = new Place(day, revision(at(at)));
      Shape shape = versions.get(place.revision).price().shape();
      BigInteger from = base.computeIfAbsent(place, this::begins).add(of(place));
      BigInteger to = from.add(shape.counted(BigInteger.valueOf(reading)));
      counted.put(place, to.subtract(base.get(place)));
      ofDay.merge(day, shape.priceOf(to).subtract(shape.priceOf(from)), BigInteger::add);
    }

    /** Where a price begins in a period: at what those that it goes on from have counted. */
    private BigInteger begins(Place place) {
      BigInteger sum = BigInteger.ZERO;
      int former = place.revision;
      while (former > 0 && !versions.get(former).anew()) {
        former = revision(former - 1);
        sum = sum.add(of(new Place(place.day, former)));
      }
      return sum;
    }

    private BigInteger of(Place place) {
      return counted.getOrDefault(place, BigInteger.ZERO);
    }

    /**
     * What the days' leases come to: one for each day in which there is any at any moment, or its
     * part.
     */
    TreeMap<Long, Long> leases(long until) {
      TreeMap<Long, Long> first = new TreeMap<>();
      for (long at = AnyVersions.START; at <= until && at < to; at += AnyVersions.HALF_HOUR) {
        Version version = versions.get(at(at));
        if (version.lease() != null) {
          first.putIfAbsent(day(at), version.due(at, to));
        }
      }
      return first;
    }

    /** By the version in which a day ends, of all that the day came to. */
    BigInteger minimums(long until) {
      TreeMap<Long, Long> leases = leases(until);
      BigInteger sum = BigInteger.ZERO;
      for (long day = AnyVersions.START;
          day + AnyVersions.DAY <= until && day < to;
          day += AnyVersions.DAY) {
        Version last = versions.get(at(day + AnyVersions.DAY - 1));
        if (last.least() != null) {
          BigInteger had = ofDay.getOrDefault(day(day), BigInteger.ZERO);
          if (last.countsLease()) {
            had = had.add(BigInteger.valueOf(leases.getOrDefault(day(day), 0L)));
          }
          sum = sum.add(BigInteger.valueOf(last.least()).subtract(had).max(BigInteger.ZERO));
        }
      }
      return sum;
    }
  }

  private static long day(long at) {
    return Math.floorDiv(at, AnyVersions.DAY);
  }

  @Test
  void changesInMidPeriod_priceEachEventByTheVersionOfItsTime() {
    int changed = 0;
    for (long seed = 0; seed < CASES; seed++) {
      changed += new Case(seed).run();
    }
    assertTrue(changed > CASES / 2, "too few changes met a period with use on both sides");
  }

  /** A shard that lives through the versions; after each commit it goes on from its bytes. */
  private static final class Case {
    private final long seed;
    private final Random random;
    private final List<Version> versions;
    private final List<Catalog> known = new ArrayList<>();
    private final Expected expected;
    private final long[] readings;
    private Rules rules;
    private Shard shard;
    private Shard replay;
    private final List<ChargeRow> charges = new ArrayList<>();
    private int events;

    Case(long seed) {
      this.seed = seed;
      AnyVersions any = new AnyVersions(seed);
      this.random = any.random();
      this.versions = any.some();
      this.expected =
          new Expected(
              versions,
              random.nextBoolean()
                  ? Long.MAX_VALUE
                  : AnyVersions.START + AnyVersions.HALF_HOUR * (1 + random.nextInt(150)));
      this.readings = any.readings(versions.getFirst().price(), COMMITS * 3);
      known.add(versions.getFirst().catalog());
      this.rules = Rules.compile(1, 2, known, known, n -> n.kind().hashCode() & 0xFF);
      this.shard = new Shard(new ShardKey(1, 0), rules);
      this.replay = new Shard(new ShardKey(1, 0), rules);
    }

    int run() {
      long time = AnyVersions.START;
      commit(
          time,
          List.of(new Command.Subscribe(7, "device", 2_000, 0, AnyVersions.START, expected.to)),
          new UsageBatch(1));
      for (int i = 0; i < COMMITS; i++) {
        time += random.nextLong(10 * HOUR);
        learn(time);
        UsageBatch usage = new UsageBatch(4);
        for (int n = random.nextInt(4); n > 0; n--) {
          use(usage, time);
        }
        commit(time, List.of(), usage);
      }
      long end = Math.max(time, versions.getLast().from()) + 3 * AnyVersions.DAY;
      learn(end);
      commit(end, List.of(), new UsageBatch(1));
      BigInteger used = expected.ofDay.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
      assertEquals(used, sum("used"), this::what);
      long leases = expected.leases(end).values().stream().mapToLong(n -> n).sum();
      assertEquals(BigInteger.valueOf(leases), sum("lease"), this::what);
      assertEquals(expected.minimums(end), sum("least"), this::what);
      return expected.counted.keySet().stream()
              .anyMatch(p -> expected.counted.keySet().stream().anyMatch(q -> isAfter(p, q)))
          ? 1
          : 0;
    }

    private static boolean isAfter(Place p, Place q) {
      return p.day == q.day && p.revision > q.revision;
    }

    private String what() {
      return "seed " + seed + ", until " + Instant.ofEpochMilli(expected.to) + ": " + versions;
    }

    /** Activates what has to be known before it holds, and now and then what comes after. */
    private void learn(long time) {
      while (known.size() < versions.size()
          && (time + HOUR >= versions.get(known.size()).from() || random.nextInt(4) == 0)) {
        known.add(versions.get(known.size()).catalog());
        rules =
            Rules.compile(rules.version() + 1, 2, known, known, n -> n.kind().hashCode() & 0xFF);
        shard.adopt(rules);
        replay.adopt(rules);
      }
    }

    private void use(UsageBatch usage, long time) {
      long late = random.nextInt(3) == 0 ? random.nextLong(40 * HOUR) : random.nextLong(HOUR);
      long at = Math.max(AnyVersions.START, time - late);
      byte[] raw = {(byte) events};
      long[] reading = {readings[events % readings.length]};
      usage.add(0, 7, 1, events++, true, at, time, 0, reading, 1, raw, 0, 1);
    }

    private void commit(long time, List<Command> commands, UsageBatch usage) {
      long seq = shard.seq() + 1;
      Section section = new Section(0, 1, seq, time, 1_000, commands, 0, usage.size());
      byte[] before = bytes(shard);
      shard.apply(seq, section, usage);
      shard.undo();
      assertArrayEquals(before, bytes(shard), this::what);
      Effects effects = shard.apply(seq, section, usage);
      shard.accept();
      replay.apply(seq, section, usage);
      replay.accept();
      byte[] after = bytes(shard);
      assertArrayEquals(after, bytes(replay), this::what);
      shard = new Shard(shard.key(), rules);
      shard.overlay(new ByteReader(after));
      for (int i = 0; i < usage.size(); i++) {
        if (effects.verdicts[i] == Verdict.CHARGED.ordinal()) {
          expected.use(usage.occurredAt[i], usage.values[i]);
        }
      }
      for (ChargeRow row : effects.charges) {
        charges.add(row);
        long held = row.name().equals("least") ? row.windowEnd() - 1 : row.firstAt();
        assertEquals(versions.get(expected.at(held)).catalog().hash(), row.catalog(), this::what);
        if (row.name().equals("used")) {
          assertTrue(row.windowStart() <= row.firstAt(), this::what);
          assertTrue(row.lastAt() < row.windowEnd(), this::what);
        }
      }
    }

    private BigInteger sum(String charge) {
      return charges.stream()
          .filter(row -> row.name().equals(charge))
          .map(row -> BigInteger.valueOf(row.amount()))
          .reduce(BigInteger.ZERO, BigInteger::add);
    }

    private static byte[] bytes(Shard shard) {
      ByteWriter out = new ByteWriter(256);
      shard.encode(out, 0);
      return out.toByteArray();
    }
  }
}
