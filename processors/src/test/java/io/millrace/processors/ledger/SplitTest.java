package io.millrace.processors.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Agreement.Part;
import io.millrace.catalog.Agreement.Percent;
import io.millrace.catalog.Agreement.Remainder;
import io.millrace.catalog.Agreement.Share;
import io.millrace.catalog.Agreement.Step;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What hangs on the whole of a period, in cents. */
class SplitTest {

  @ParameterizedTest
  @CsvSource({
    // parties: percent up to an amount, then another; ! a promise; * the remainder
    "a:20<100|10 z:*, 0, 0 0",
    "a:20<100|10 z:*, 10000, 2000 8000", // the bound itself is in the first tier
    "a:20<100|10 z:*, 10001, 2000 8001", // a tenth of a cent
    "a:20<100|10 z:*, 10005, 2000 8005", // a half goes to the remainder
    "a:20<100|10 z:*, 10006, 2001 8005",
    "a:20<100|10 z:*, 30000, 4000 26000",
    "a:20<100|10 z:*, -30000, -4000 -26000", // taken back, as it was given
    "a:10!50 z:*, 40000, 5000 35000", // 40.00, and 10.00 of the promise
    "a:10!50 z:*, 50000, 5000 45000",
    "a:10!50 z:*, 50010, 5001 45009",
    "a:10!50 z:*, 0, 5000 -5000", // a promise is kept whatever comes in
    "a:10!50 z:*, -1000, 5000 -6000",
    "a:10!50 b:20!50 z:*, 10000, 5000 5000 0",
    "a:0<100|99.9999 z:*, 10000, 0 10000",
    "a:0<100|99.9999 z:*, 1010000, 999999 10001",
  })
  void whole_isSettledToTheLastCent(String agreement, long amount, String parts) {
    Split split = Split.of(agreement(agreement), 2);
    long[] out = new long[split.parties().size()];
    split.settle(amount, out);
    assertArrayEquals(Arrays.stream(parts.split(" ")).mapToLong(Long::parseLong).toArray(), out);
  }

  @Test
  void shards_shareByTheFirstTierUntilThePeriodIsClosed() {
    Split split = Split.of(agreement("a:20<100|10!5000 z:*"), 2);
    long[] out = new long[2];
    split.accrue(30_000, out);
    assertArrayEquals(new long[] {6_000, 24_000}, out);
  }

  @Test
  void sharesThatCantAddUp_areNoAgreement() {
    for (String wrong :
        List.of(
            "a:60 b:50 z:*", "a:20<100|60 b:10<50|40 z:*", "a:100 z:*", "a:10<9|100", "a:10!5")) {
      assertThrows(IllegalArgumentException.class, () -> agreement(wrong), wrong);
    }
  }

  /** Against BigDecimal: cut to whole cents, what is left by largest cut, then what is promised. */
  @Property(tries = 10_000)
  void anyAgreement_sharesToTheLastCent(@ForAll long seed) {
    Random random = new Random(seed);
    Agreement agreement = agreement(random);
    List<Share> shares = agreement.shares();
    long amount =
        switch (random.nextInt(4)) {
          case 0 -> random.nextLong(-300, 300);
          case 1 -> random.nextLong(-1_000_000, 1_000_000);
          case 2 -> random.nextLong() / 4;
          default -> 100L * random.nextInt(2_000);
        };
    Split split = Split.of(agreement, 2);
    long[] out = new long[shares.size()];
    split.settle(amount, out);
    BigInteger sum =
        Arrays.stream(out).mapToObj(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
    assertEquals(BigInteger.valueOf(amount), sum);
    assertArrayEquals(judged(shares, amount), out, agreement + " of " + amount);
    for (int i = 0; i < out.length; i++) {
      long least = shares.get(i).atLeast().movePointRight(2).longValueExact();
      assertTrue(least == 0 || out[i] >= least, "a promise is kept");
    }
    split.accrue(amount, out);
    assertEquals(
        BigInteger.valueOf(amount),
        Arrays.stream(out).mapToObj(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add));
  }

  private static long[] judged(List<Share> shares, long amount) {
    BigDecimal whole = BigDecimal.valueOf(amount, 2).abs();
    List<BigDecimal> exact = new ArrayList<>();
    BigDecimal named = BigDecimal.ZERO;
    for (Share share : shares) {
      BigDecimal part = BigDecimal.ZERO;
      BigDecimal from = BigDecimal.ZERO;
      for (Step step : share.steps()) {
        BigDecimal to = step.to().orElse(whole).min(whole);
        if (to.compareTo(from) > 0) {
          BigDecimal percent = BigDecimal.valueOf(step.partsPerMillion(), 4);
          part = part.add(to.subtract(from).multiply(percent).movePointLeft(2));
        }
        from = step.to().orElse(from);
      }
      exact.add(part);
      named = named.add(part);
    }
    for (int i = 0; i < shares.size(); i++) {
      if (shares.get(i).remainder()) {
        exact.set(i, whole.subtract(named));
      }
    }
    BigDecimal left = whole;
    List<BigDecimal> cents = new ArrayList<>();
    for (BigDecimal part : exact) {
      cents.add(part.setScale(2, RoundingMode.FLOOR));
      left = left.subtract(cents.getLast());
    }
    TreeSet<Integer> byCut =
        new TreeSet<>(
            (a, b) -> {
              int cut =
                  exact
                      .get(b)
                      .subtract(cents.get(b))
                      .compareTo(exact.get(a).subtract(cents.get(a)));
              if (cut != 0 || a.equals(b)) {
                return cut;
              }
              if (shares.get(a).remainder() || shares.get(b).remainder()) {
                return shares.get(a).remainder() ? -1 : 1;
              }
              return shares.get(a).party().compareTo(shares.get(b).party());
            });
    for (int i = 0; i < shares.size(); i++) {
      byCut.add(i);
    }
    List<BigDecimal> given = new ArrayList<>(cents);
    for (int i : byCut) {
      if (left.signum() > 0) {
        given.set(i, given.get(i).add(new BigDecimal("0.01")));
        left = left.subtract(new BigDecimal("0.01"));
      }
    }
    long[] parts =
        given.stream()
            .mapToLong(g -> Long.signum(amount) * g.movePointRight(2).longValueExact())
            .toArray();
    for (int i = 0; i < parts.length; i++) {
      long least = shares.get(i).atLeast().movePointRight(2).longValueExact();
      if (least > parts[i] && least > 0) {
        for (int k = 0; k < parts.length; k++) {
          parts[k] -= shares.get(k).remainder() ? least - parts[i] : 0;
        }
        parts[i] = least;
      }
    }
    return parts;
  }

  private static Agreement agreement(Random random) {
    int parties = 1 + random.nextInt(4);
    List<Share> shares = new ArrayList<>();
    for (int i = 0; i < parties; i++) {
      List<Step> steps = new ArrayList<>();
      long to = 0;
      for (int k = random.nextInt(4); k > 0; k--) {
        to += 1 + random.nextInt(random.nextBoolean() ? 200 : 100_000);
        steps.add(new Step(Optional.of(BigDecimal.valueOf(to, 2)), part(random, parties)));
      }
      steps.add(new Step(Optional.empty(), part(random, parties)));
      BigDecimal least =
          BigDecimal.valueOf(random.nextInt(3) == 0 ? random.nextInt(100_000) : 0, 2);
      shares.add(new Share("p" + i, new Percent(steps), least));
    }
    shares.add(new Share(random.nextBoolean() ? "a" : "z", new Remainder(), BigDecimal.ZERO));
    Collections.shuffle(shares, random);
    return new Agreement("any", shares);
  }

  private static int part(Random random, int parties) {
    int most = 999_999 / parties;
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> most;
      case 2 -> most / 10_000 * 10_000;
      default -> random.nextInt(most + 1);
    };
  }

  private static Agreement agreement(String text) {
    List<Share> shares = new ArrayList<>();
    for (String one : text.split(" ")) {
      String party = one.split(":")[0];
      String[] rest = one.split(":")[1].split("!");
      BigDecimal least = rest.length > 1 ? new BigDecimal(rest[1]) : BigDecimal.ZERO;
      shares.add(new Share(party, part(rest[0]), least));
    }
    return new Agreement("row", shares);
  }

  private static Part part(String text) {
    if (text.equals("*")) {
      return new Remainder();
    }
    List<Step> steps = new ArrayList<>();
    for (String step : text.split("\\|")) {
      String[] parts = step.split("<");
      steps.add(
          new Step(
              parts.length > 1 ? Optional.of(new BigDecimal(parts[1])) : Optional.empty(),
              new BigDecimal(parts[0]).movePointRight(4).intValueExact()));
    }
    return new Percent(steps);
  }
}
