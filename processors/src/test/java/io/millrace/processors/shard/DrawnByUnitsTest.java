package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Catalog;
import io.millrace.processors.rating.PricedTiers;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.usage.UsageBatch;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Allowances that use draws on, against an oracle that hands out each unit by itself in the order
 * of the journal, and knows nothing of how the shard counts. In half of the cases a later version
 * changes prices, sizes and how long what is left stays, with a period as it must: what a period
 * brought stays as it was brought, and no use reaches further back than its own version says.
 */
class DrawnByUnitsTest {
  private static final int CASES = 10_000;
  private static final long DAY = 86_400_000L;
  private static final long START = OneShard.millis("2026-01-01T00:00:00Z");
  private static final long REACH = 3_650 * DAY;
  private static final List<String> CHARGES = List.of("home", "abroad");

  /**
   * An allowance as a case has it.
   *
   * @param of which charges, by number
   * @param days that it is there, from the first one on; 0 for one a period
   */
  private record Plan(int size, List<Integer> of, boolean together, int rolls, int most, int days) {
    String yaml(int number) {
      List<String> names = of.stream().map(CHARGES::get).toList();
      return "        - {allowance: a%d, included: %d, unit: MB, of: %s%s%s%s}\n"
          .formatted(
              number,
              size,
              names,
              together ? ", together: true" : "",
              rolls > 0 ? ", rolls-over: {periods: %d, most: %d}".formatted(rolls, most) : "",
              days > 0 ? ", valid-for: %dh".formatted(24 * days) : "");
    }

    /** The same allowance as a later version has it: what is there once stays. */
    Plan later(Random random) {
      int more = 1 + random.nextInt(30);
      return days > 0
          ? this
          : new Plan(
              more,
              of,
              together,
              rolls > 0 ? 1 + random.nextInt(3) : 0,
              1 + random.nextInt(more),
              days);
    }
  }

  /** What holds from a day on: the second version is the first where there is none. */
  private record Versions(List<Plan> first, List<Plan> second, int day) {
    static Versions some(Random random) {
      List<Plan> first = plans(random);
      return random.nextBoolean()
          ? new Versions(first, first, Integer.MAX_VALUE)
          : new Versions(
              first, first.stream().map(p -> p.later(random)).toList(), 1 + random.nextInt(5));
    }

    boolean isLater(int period) {
      return period >= day;
    }

    List<Plan> at(int period) {
      return isLater(period) ? second : first;
    }
  }

  /** What each unit of a bucket was used for: a charge's use in a period; null while it is left. */
  private record Use(int charge, int period) {}

  private static final class Oracle {
    final Versions versions;
    final Map<String, Use[]> buckets = new TreeMap<>();
    final Map<String, Integer> priced = new TreeMap<>();
    final Map<String, Integer> covered = new TreeMap<>();

    Oracle(Versions versions) {
      this.versions = versions;
    }

    private Use[] bucket(int plan, int charge, int origin) {
      Plan p = versions.at(origin).get(plan);
      String key = plan + "/" + (p.together ? "" : charge) + "/" + (p.days > 0 ? "once" : origin);
      return buckets.computeIfAbsent(key, k -> new Use[p.size]);
    }

    void use(int charge, int period, int quantity) {
      for (int i = 0; i < Math.abs(quantity); i++) {
        unit(charge, period, quantity > 0);
      }
    }

    private void unit(int charge, int period, boolean more) {
      String key = charge + "/" + period;
      int now = priced.getOrDefault(key, 0);
      boolean done = more ? now >= 0 && take(charge, period) : now <= 0 && free(charge, period);
      if (!done) {
        priced.put(key, now + (more ? 1 : -1));
      }
    }

    private boolean take(int charge, int period) {
      List<Plan> plans = versions.at(period);
      for (int plan = 0; plan < plans.size(); plan++) {
        Plan p = plans.get(plan);
        if (!p.of.contains(charge) || p.days > 0 && period >= p.days) {
          continue;
        }
        for (int age = p.rolls; age >= 0; age--) {
          if (period >= age && takeFrom(plan, charge, period, age)) {
            return true;
          }
        }
      }
      return false;
    }

    private boolean takeFrom(int plan, int charge, int period, int age) {
      Plan brought = versions.at(period - age).get(plan);
      if (age > brought.rolls) {
        return false;
      }
      Use[] bucket = bucket(plan, charge, period - age);
      int later = 0;
      int left = -1;
      for (int i = 0; i < bucket.length; i++) {
        Use use = bucket[i];
        later += use != null && use.period > period - age ? 1 : 0;
        left = use == null ? i : left;
      }
      if (left < 0 || age > 0 && later >= brought.most) {
        return false;
      }
      bucket[left] = new Use(charge, period);
      covered.merge(charge + "/" + plan + "/" + age, 1, Integer::sum);
      return true;
    }

    private boolean free(int charge, int period) {
      List<Plan> plans = versions.at(period);
      for (int plan = plans.size() - 1; plan >= 0; plan--) {
        if (!plans.get(plan).of.contains(charge)) {
          continue;
        }
        for (int age = 0; age <= plans.get(plan).rolls && age <= period; age++) {
          Use[] bucket = bucket(plan, charge, period - age);
          for (int i = 0; i < bucket.length; i++) {
            if (new Use(charge, period).equals(bucket[i])) {
              bucket[i] = null;
              covered.merge(charge + "/" + plan + "/" + age, -1, Integer::sum);
              return true;
            }
          }
        }
      }
      return false;
    }

    /** 0.30 each up to 20, 0.007 beyond; or 1.255555555 each. A later version asks twice that. */
    BigDecimal amount(int charge) {
      BigDecimal sum = BigDecimal.ZERO.setScale(9);
      for (Map.Entry<String, Integer> e : priced.entrySet()) {
        if (e.getKey().startsWith(charge + "/")) {
          BigDecimal units = BigDecimal.valueOf(Math.abs(e.getValue()));
          BigDecimal first = units.min(BigDecimal.valueOf(20));
          BigDecimal price =
              charge == 1
                  ? units.multiply(new BigDecimal("1.2555555555"))
                  : first
                      .multiply(new BigDecimal("0.30"))
                      .add(units.subtract(first).multiply(new BigDecimal("0.007")));
          int period = Integer.parseInt(e.getKey().substring(2));
          BigDecimal times = versions.isLater(period) ? BigDecimal.TWO : BigDecimal.ONE;
          price = price.multiply(times).setScale(9, RoundingMode.HALF_UP);
          sum = e.getValue() < 0 ? sum.subtract(price) : sum.add(price);
        }
      }
      return sum;
    }
  }

  private static List<Plan> plans(Random random) {
    List<Plan> plans = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      int size = 1 + random.nextInt(30);
      List<Integer> of =
          switch (random.nextInt(3)) {
            case 0 -> List.of(0);
            case 1 -> List.of(1);
            default -> List.of(0, 1);
          };
      int kind = random.nextInt(4);
      int rolls = kind < 2 ? 1 + random.nextInt(3) : 0;
      int most = 1 + random.nextInt(size);
      boolean together = of.size() == 2 || kind == 3 || random.nextInt(3) == 0;
      plans.add(new Plan(size, of, together, rolls, most, kind == 2 ? 1 + random.nextInt(4) : 0));
    }
    return plans;
  }

  private static Rules rules(Versions versions, String scope) {
    List<Catalog> all = new ArrayList<>();
    all.add(catalog("2026-01-01", versions.first, scope, "0.30", "0.007", "1.2555555555"));
    if (versions.day < Integer.MAX_VALUE) {
      String from = "2026-01-0" + (1 + versions.day);
      all.add(catalog(from, versions.second, scope, "0.60", "0.014", "2.511111111"));
    }
    return Rules.compile(1, 2, all, all, OneShard::account).reaching(REACH);
  }

  private static Catalog catalog(
      String from, List<Plan> plans, String scope, String home, String beyond, String abroad) {
    StringBuilder allowances = new StringBuilder();
    for (int i = 0; i < plans.size(); i++) {
      allowances.append(plans.get(i).yaml(i));
    }
    String text =
        """
        catalog: plans
        effective: %s
        currency: EUR
        zone: UTC
        period: 24h
        meters:
          home: {event: a, value: data.home, unit: MB, scale: 0, aggregate: sum}
          abroad: {event: a, value: data.abroad, unit: MB, scale: 0, aggregate: sum}
        offers:
          plan:
            scope: %s
            window: 1h
            allowances:
        %s
            charges:
              home: {meter: home, unit: MB, graduated: [{to: 20, per-unit: %s}, {per-unit: %s}]}
              abroad: {meter: abroad, unit: MB, per-unit: %s}
        """
            .formatted(from, scope, allowances, home, beyond, abroad);
    return PoolShard.catalog(text);
  }

  @Test
  void whatIsDrawn_isWhatHandingOutEachUnitComesTo() {
    int late = 0;
    for (long seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      Versions plans = Versions.some(random);
      boolean pool = random.nextBoolean();
      Rules rules = rules(plans, pool ? "account" : "device");
      PoolShard shard = new PoolShard(rules);
      shard.join(1, 2_000, "plan", "", "2026-01-01T00:00:00Z", "");
      shard.join(2, 2_000, "plan", "", "2026-01-01T00:00:00Z", "");
      Oracle oracle = new Oracle(plans);
      int latest = 0;
      int events = 4 + random.nextInt(12);
      for (int i = 0; i < events; i++) {
        int day =
            random.nextInt(3) > 0 ? Math.min(latest + random.nextInt(2), 6) : random.nextInt(6);
        late += day < latest ? 1 : 0;
        latest = Math.max(latest, day);
        long at = START + day * DAY + random.nextInt(24) * 3_600_000L;
        int home = reading(random);
        int abroad = reading(random);
        UsageBatch usage = new UsageBatch(1);
        // The meters of a type are in the order of their names.
        shard.add(usage, pool ? 1 + random.nextInt(2) : 1, at, abroad, home);
        if (random.nextInt(6) == 0 && latest > 0) {
          shard.ask(new Command.ClosePeriod(latest - 1));
        }
        shard.apply(START + latest * DAY + 23 * 3_600_000L, usage);
        oracle.use(0, day, home);
        oracle.use(1, day, abroad);
      }
      shard.apply(START + 20 * DAY, new UsageBatch(1));
      String what = "seed " + seed + ": " + plans;
      for (int charge = 0; charge < 2; charge++) {
        assertEquals(
            oracle.amount(charge),
            BigDecimal.valueOf(shard.sum(CHARGES.get(charge)), 9),
            what + " " + CHARGES.get(charge));
      }
      oracle.covered.values().removeIf(units -> units == 0);
      assertEquals(oracle.covered, covered(shard.charges, plans), what);
    }
    assertTrue(late > CASES, "few came late: " + late);
  }

  private static int reading(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> 0;
      case 1 -> -random.nextInt(15);
      default -> random.nextInt(25);
    };
  }

  /** What the charges say that each allowance covered, by the age of its bucket. */
  private static Map<String, Integer> covered(List<ChargeRow> charges, Versions versions) {
    Map<String, Integer> covered = new TreeMap<>();
    for (ChargeRow row : charges) {
      int charge = CHARGES.indexOf(row.name());
      List<Plan> plans = versions.at((int) ((row.windowStart() - START) / DAY));
      for (PricedTiers.Part part : PricedTiers.decode(row.tiers())) {
        int slot = part.tier() - (charge == 0 ? 2 : 1);
        for (int plan = 0; plan < plans.size() && slot >= 0; plan++) {
          if (plans.get(plan).of.contains(charge)) {
            int ages = plans.get(plan).rolls + 1;
            if (slot < ages) {
              covered.merge(charge + "/" + plan + "/" + slot, (int) part.units(), Integer::sum);
            }
            slot -= ages;
          }
        }
      }
    }
    covered.values().removeIf(units -> units == 0);
    return covered;
  }
}
