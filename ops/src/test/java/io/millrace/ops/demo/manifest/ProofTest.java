package io.millrace.ops.demo.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A checker that can't fail proves nothing: every wrong figure must be caught. */
class ProofTest {
  private static final Figures RIGHT = figures();

  private static Figures figures() {
    Instant start = Instant.parse("2026-11-01T23:00:00Z");
    Manifest m = new Manifest(3, start, Duration.ofHours(24), Terms.SMART_CITY);
    for (int lamp = 1; lamp <= 3; lamp++) {
      m.report(lamp, start.toEpochMilli(), 1_234_567, false);
    }
    m.duplicate();
    m.unchargeable("malformed");
    m.unchargeable("unknown-device");
    return m.expected();
  }

  @Test
  void sameFigures_hold() {
    assertTrue(Proof.check(RIGHT, RIGHT).holds());
  }

  private record Wrong(String what, Figures figures) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Wrong> wrongFigures() {
    Figures r = RIGHT;
    Books b = r.books().getFirst();
    SortedMap<String, BigDecimal> erpTwice = new TreeMap<>(r.erp());
    erpTwice.replace("0 city", r.erp().get("0 city").add(r.erp().get("0 city")));
    SortedMap<String, BigDecimal> erpLess = new TreeMap<>(r.erp());
    erpLess.remove("0 telco");
    Books.Statement invoice = b.invoice();
    Books.Line line = invoice.lines().getFirst();
    Books.Line flipped =
        new Books.Line(
            line.offer(), line.name(), line.exact().add(new BigDecimal("1E-9")), line.amount());
    Books oneUnit =
        new Books(
            0,
            new Books.Statement(
                "city", List.of(flipped, invoice.lines().getLast()), invoice.total()),
            b.partners());
    Books noPartner = new Books(0, invoice, b.partners().subList(1, 2));
    Books cent =
        new Books(
            0,
            new Books.Statement(
                "city", invoice.lines(), invoice.total().add(new BigDecimal("0.01"))),
            b.partners());
    SortedMap<String, Long> moved = new TreeMap<>(r.suspended());
    moved.put("malformed", 0L);
    moved.put("unknown-device", 2L);
    return Stream.of(
        wrong("an event dropped", 5, 2, 1, r.suspended(), 0, 0, 3, r.books(), r.erp()),
        wrong("an event twice", 6, 4, 0, r.suspended(), 0, 0, 3, r.books(), r.erp()),
        wrong("an event unaccounted", 6, 2, 1, r.suspended(), 0, 0, 3, r.books(), r.erp()),
        wrong("an event too many", 7, 3, 2, r.suspended(), 0, 0, 3, r.books(), r.erp()),
        wrong("another reason", 6, 3, 1, moved, 0, 0, 3, r.books(), r.erp()),
        wrong("a unit of energy", 6, 3, 1, r.suspended(), 1, 0, 3, r.books(), r.erp()),
        wrong("a lease", 6, 3, 1, r.suspended(), 0, -1, 3, r.books(), r.erp()),
        wrong("a lamp", 6, 3, 1, r.suspended(), 0, 0, 2, r.books(), r.erp()),
        wrong("a nano-euro", 6, 3, 1, r.suspended(), 0, 0, 3, List.of(oneUnit), r.erp()),
        wrong("a cent", 6, 3, 1, r.suspended(), 0, 0, 3, List.of(cent), r.erp()),
        wrong("a partner", 6, 3, 1, r.suspended(), 0, 0, 3, List.of(noPartner), r.erp()),
        wrong("no books", 6, 3, 1, r.suspended(), 0, 0, 3, List.of(), r.erp()),
        wrong("ERP twice", 6, 3, 1, r.suspended(), 0, 0, 3, r.books(), erpTwice),
        wrong("ERP less", 6, 3, 1, r.suspended(), 0, 0, 3, r.books(), erpLess));
  }

  private static Wrong wrong(
      String what,
      long received,
      long charged,
      long duplicates,
      SortedMap<String, Long> suspended,
      long energyOff,
      long leasesOff,
      int rightLamps,
      List<Books> books,
      SortedMap<String, BigDecimal> erp) {
    return new Wrong(
        what,
        new Figures(
            received,
            charged,
            duplicates,
            suspended,
            RIGHT.energyMilliwattHours() + energyOff,
            RIGHT.leases() + leasesOff,
            rightLamps,
            books,
            erp));
  }

  @ParameterizedTest
  @MethodSource("wrongFigures")
  void aWrongFigure_failsTheProof(Wrong wrong) {
    Proof proof = Proof.check(RIGHT, wrong.figures());
    assertFalse(proof.holds());
    assertTrue(proof.rows().stream().anyMatch(r -> !r.equal() && !r.expected().equals(r.actual())));
  }

  @Test
  void resentEvents_mayArriveTwiceButNotMoreOften() {
    Figures r = RIGHT;
    Figures twoMore =
        new Figures(
            r.received() + 2,
            r.charged(),
            r.duplicates() + 2,
            r.suspended(),
            r.energyMilliwattHours(),
            r.leases(),
            r.rightLamps(),
            r.books(),
            r.erp());
    assertFalse(Proof.check(r, twoMore).holds());
    assertFalse(Proof.check(r, twoMore, 1).holds());
    assertTrue(Proof.check(r, twoMore, 2).holds());
    assertEquals("6 to 8", Proof.check(r, twoMore, 2).rows().getFirst().expected());
  }
}
