package io.millrace.tests.oracle;

import io.millrace.tests.oracle.Tariff.Bucket;
import io.millrace.tests.oracle.Tariff.Usage;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was drawn on allowances that have an order, as a list of who drew how much on what. */
final class Buckets {
  private static final BigInteger ZERO = BigInteger.ZERO;

  /** What an allowance brings in a period, or once: then of no period. */
  record Of(long subscription, String allowance, int origin) {}

  /** Whose use it was. */
  record By(String charge, int period) {}

  /**
   * What becomes of a quantity.
   *
   * @param priced what nothing covers
   * @param covered by place in a charge's record: of each allowance, the youngest bucket first
   * @param changes of what was drawn
   */
  record Drawn(
      BigInteger priced, Map<Integer, BigInteger> covered, Map<Of, BigInteger> changes, By by) {}

  /** Units that an account has bought: all of one name, and which came when. */
  private static final class Pot {
    final String name;
    BigInteger left = ZERO;

    Pot(String name) {
      this.name = name;
    }
  }

  private static final int FIRST_POT = -2;

  private final Tariff tariff;
  private final Map<Of, Map<By, BigInteger>> drawn = new HashMap<>();
  private final Map<Integer, List<Pot>> pots = new HashMap<>();

  Buckets(Tariff tariff) {
    this.tariff = tariff;
  }

  /**
   * What becomes of a quantity that is used.
   *
   * @param before what of the charge's use in the period was priced so far
   */
  Drawn draw(Device device, Usage usage, long at, BigInteger quantity, BigInteger before) {
    int period = tariff.periodOf(at);
    By by = new By(usage.name(), period);
    Map<Integer, BigInteger> covered = new TreeMap<>();
    Map<Of, BigInteger> changes = new HashMap<>();
    // What goes back to what was never used, or off what was priced, moves no allowance.
    BigInteger unmoved =
        quantity.signum() >= 0
            ? quantity.min(before.negate().max(ZERO))
            : quantity.max(before.max(ZERO).negate());
    BigInteger left = quantity.subtract(unmoved);
    List<Place> places = places(device, usage, period);
    for (Place p : left.signum() < 0 ? places.reversed() : places) {
      BigInteger n =
          left.signum() < 0
              ? left.max(drawn(p.of, by).negate())
              : left.min(p.left(this, device, at, period));
      if (n.signum() != 0) {
        covered.merge(p.slot, n, BigInteger::add);
        changes.put(p.of, n);
        left = left.subtract(n);
      }
    }
    return new Drawn(unmoved.add(left), covered, changes, by);
  }

  /** Keeps what was drawn. */
  void keep(Drawn all, Device device) {
    all.changes.forEach(
        (of, n) -> {
          drawn.computeIfAbsent(of, o -> new HashMap<>()).merge(all.by, n, BigInteger::add);
          if (of.origin <= FIRST_POT) {
            Pot pot = pots(device.account).get(FIRST_POT - of.origin);
            pot.left = pot.left.subtract(n);
          }
        });
  }

  /** An account buys so much more of a pot. */
  void buy(int account, String name, long units) {
    List<Pot> all = pots.computeIfAbsent(account, a -> new ArrayList<>());
    Pot pot = all.stream().filter(p -> p.name.equals(name)).findFirst().orElse(null);
    if (pot == null) {
      pot = new Pot(name);
      all.add(pot);
    }
    pot.left = pot.left.add(BigInteger.valueOf(units));
  }

  private List<Pot> pots(int account) {
    return pots.getOrDefault(account, List.of());
  }

  /** What is left of what an account has bought. */
  BigInteger left(int account) {
    return pots(account).stream().map(p -> p.left).reduce(ZERO, BigInteger::add);
  }

  /** All of it of some subscriptions, which leave with it. */
  Map<Of, Map<By, BigInteger>> leave(java.util.Set<Long> ids) {
    Map<Of, Map<By, BigInteger>> leaving = new HashMap<>(drawn);
    leaving.keySet().removeIf(of -> !ids.contains(of.subscription));
    drawn.keySet().removeAll(leaving.keySet());
    return leaving;
  }

  void arrive(Map<Of, Map<By, BigInteger>> all) {
    drawn.putAll(all);
  }

  private record Place(Of of, Bucket bucket, int slot, int age) {
    BigInteger left(Buckets in, Device device, long at, int period) {
      if (bucket.isBought()) {
        return in.pots(device.account).get(FIRST_POT - of.origin).left;
      }
      if (bucket.days() > 0) {
        boolean over = at >= device.from + bucket.days() * 86_400_000L;
        return over ? ZERO : bucket.size().subtract(in.drawnSince(of, Integer.MIN_VALUE));
      }
      if (of.origin < 0 || device.from >= in.tariff.endOf(of.origin)) {
        return ZERO;
      }
      BigInteger left = bucket.size().subtract(in.drawnSince(of, of.origin));
      BigInteger forLater = bucket.most().subtract(in.drawnSince(of, of.origin + 1));
      return (age == 0 ? left : left.min(forLater)).max(ZERO);
    }
  }

  /** In the order of their use: of each allowance what is oldest first. */
  private List<Place> places(Device device, Usage usage, int period) {
    List<Place> places = new ArrayList<>();
    int slot = 0;
    for (Bucket b : usage.buckets()) {
      for (int i = 0; b.isBought() && i < pots(device.account).size(); i++) {
        places.add(new Place(new Of(device.id, b.name(), FIRST_POT - i), b, slot, 0));
      }
      for (int age = b.isBought() ? -1 : b.periods(); age >= 0; age--) {
        Of of = new Of(device.id, b.name(), b.days() > 0 ? -1 : period - age);
        places.add(new Place(of, b, slot + age, age));
      }
      slot += b.periods() + 1;
    }
    return places;
  }

  private BigInteger drawn(Of of, By by) {
    return drawn.getOrDefault(of, Map.of()).getOrDefault(by, ZERO);
  }

  private BigInteger drawnSince(Of of, int period) {
    return drawn.getOrDefault(of, Map.of()).entrySet().stream()
        .filter(e -> e.getKey().period >= period)
        .map(Map.Entry::getValue)
        .reduce(ZERO, BigInteger::add);
  }
}
