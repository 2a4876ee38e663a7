package io.millrace.processors.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Agreement.Share;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllotmentTest {

  @ParameterizedTest
  @CsvSource({
    // parties with parts per million, * for the remainder; amount; parts
    "a:700000 b:*, 83, 58 25", // 58.1 and 24.9
    "a:700000 b:*, -83, -58 -25",
    "a:700000 b:*, 1, 1 0",
    "a:700000 b:*, 0, 0 0",
    "a:500000 b:*, 1, 0 1", // a tie goes to the remainder
    "b:* a:500000, 1, 1 0",
    "a:500000 b:*, -1, 0 -1",
    "a:500000 b:500000, 1, 1 0", // then to the first by id
    "b:500000 a:500000, 1, 0 1",
    "a:333333 b:333333 c:*, 1, 0 0 1",
    "a:333333 b:333333 c:*, 2, 1 0 1",
    "a:250000 b:250000 c:250000 d:*, 2, 1 0 0 1",
    "a:1000000, 7, 7",
    "a:*, -7, -7",
    "a:0 b:*, 7, 0 7",
    "a:700000 b:*, 9223372036854775807, 6456360425798343065 2767011611056432742",
    "a:700000 b:*, -9223372036854775808, -6456360425798343066 -2767011611056432742",
  })
  void amount_isSharedToTheLastUnit(String agreement, long amount, String parts) {
    long[] expected = Arrays.stream(parts.split(" ")).mapToLong(Long::parseLong).toArray();
    Allotment allotment = Allotment.of(agreement(agreement));
    long[] out = new long[expected.length];
    Arrays.fill(out, 99);
    allotment.allot(amount, out);
    assertArrayEquals(expected, out);
  }

  @Test
  void agreementWithoutShares_hasNoAllotment() {
    assertThrows(
        IllegalArgumentException.class, () -> Allotment.of(new Agreement("none", List.of())));
  }

  @Property(tries = 3000)
  void parts_addUpAndAreWithinOneUnitOfExact(
      @ForAll("agreements") Agreement agreement, @ForAll long amount) {
    long[] out = allot(agreement, amount);
    BigInteger sum =
        Arrays.stream(out).mapToObj(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
    assertEquals(BigInteger.valueOf(amount), sum);
    int named =
        agreement.shares().stream()
            .filter(s -> !s.remainder())
            .mapToInt(Share::partsPerMillion)
            .sum();
    for (int i = 0; i < out.length; i++) {
      Share share = agreement.shares().get(i);
      int parts = share.remainder() ? 1_000_000 - named : share.partsPerMillion();
      BigDecimal exact = BigDecimal.valueOf(amount).multiply(BigDecimal.valueOf(parts, 6));
      BigDecimal off = exact.subtract(BigDecimal.valueOf(out[i])).abs();
      assertTrue(off.compareTo(BigDecimal.ONE) < 0, share + " is off by " + off);
    }
  }

  @Property(tries = 2000)
  void orderOfParties_changesNothing(
      @ForAll("agreements") Agreement agreement, @ForAll long amount, @ForAll long seed) {
    List<Share> shuffled = new ArrayList<>(agreement.shares());
    Collections.shuffle(shuffled, new Random(seed));
    assertEquals(byParty(agreement, amount), byParty(new Agreement("shuffled", shuffled), amount));
  }

  @Property(tries = 1000)
  void negativeAmount_isSharedAsTheMirrorImage(
      @ForAll("agreements") Agreement agreement, @ForAll int amount) {
    long[] mirrored = Arrays.stream(allot(agreement, -(long) amount)).map(p -> -p).toArray();
    assertArrayEquals(allot(agreement, amount), mirrored);
  }

  /** Up to 12 parties; cuts of the million make the parts, the last may take the remainder. */
  @Provide
  static Arbitrary<Agreement> agreements() {
    Arbitrary<List<Integer>> even =
        Arbitraries.integers()
            .between(1, 12)
            .map(n -> Collections.nCopies(n - 1, 1_000_000 / n))
            .map(AllotmentTest::cuts);
    Arbitrary<List<Integer>> any = Arbitraries.integers().between(0, 999_999).list().ofMaxSize(11);
    return Combinators.combine(
            Arbitraries.oneOf(even, any),
            Arbitraries.of(true, false),
            Arbitraries.randomValue(Random::nextLong))
        .as(AllotmentTest::agreement);
  }

  private static List<Integer> cuts(List<Integer> parts) {
    List<Integer> cuts = new ArrayList<>();
    int at = 0;
    for (int part : parts) {
      at += part;
      cuts.add(at);
    }
    return cuts;
  }

  private static Agreement agreement(List<Integer> cuts, boolean remainder, long seed) {
    List<Integer> ends = new ArrayList<>(cuts.stream().sorted().toList());
    ends.add(1_000_000);
    List<Share> shares = new ArrayList<>();
    int from = 0;
    for (int end : ends) {
      boolean last = shares.size() == ends.size() - 1;
      shares.add(
          new Share("p" + shares.size(), last && remainder ? 0 : end - from, last && remainder));
      from = end;
    }
    Collections.shuffle(shares, new Random(seed));
    return new Agreement("any", shares);
  }

  private static Agreement agreement(String text) {
    return new Agreement(
        "row",
        Arrays.stream(text.split(" "))
            .map(s -> s.split(":"))
            .map(
                s ->
                    s[1].equals("*")
                        ? new Share(s[0], 0, true)
                        : new Share(s[0], Integer.parseInt(s[1]), false))
            .toList());
  }

  private static long[] allot(Agreement agreement, long amount) {
    long[] out = new long[agreement.shares().size()];
    Allotment.of(agreement).allot(amount, out);
    return out;
  }

  private static Map<String, Long> byParty(Agreement agreement, long amount) {
    long[] out = allot(agreement, amount);
    Map<String, Long> parts = new TreeMap<>();
    for (int i = 0; i < out.length; i++) {
      parts.put(agreement.shares().get(i).party(), out[i]);
    }
    return parts;
  }
}
