package io.millrace.ops.demo.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {
  private static final Instant START = Instant.parse("2026-11-01T23:00:00Z");
  private static final long T0 = START.toEpochMilli();

  private static Manifest day(int lamps) {
    return new Manifest(lamps, START, Duration.ofHours(24), Terms.SMART_CITY);
  }

  /** 0.05 nano-euro a mWh: 10 is 0.5 and goes up, 9 is 0.45 and goes down. */
  @ParameterizedTest
  @CsvSource({
    "0, 0.000000000",
    "9, 0.000000000",
    "10, 0.000000001",
    "29, 0.000000001",
    "30, 0.000000002",
    "1000000, 0.000050000",
    "3600000, 0.000180000"
  })
  void energyOfALamp_costsThePriceOfItsTotal(int milliwattHours, String euros) {
    Manifest m = day(1);
    m.report(1, T0, milliwattHours, false);
    assertEquals(new BigDecimal(euros), m.energyAmount(1, 0));
  }

  @Test
  void manySmallReports_areRoundedOnce() {
    Manifest m = day(2);
    for (int i = 0; i < 1000; i++) {
      m.report(1, T0 + i, 3, false);
      m.report(2, T0 + i, 1, i % 2 == 0);
    }
    assertEquals(new BigDecimal("0.000000150"), m.energyAmount(1, 0));
    assertEquals(new BigDecimal("0.000000050"), m.energyAmount(2, 0));
    assertEquals(500, m.heldBack());
  }

  @Test
  void twoLamps_makeTheseBooks() {
    Manifest m = day(2);
    m.report(1, T0 + 1, 1_000_007, false);
    m.report(2, T0 + 2, 500_010, true);
    m.duplicate();
    m.unchargeable("malformed");
    m.unchargeable("malformed");
    m.unchargeable("unknown-device");

    Figures f = m.expected();
    assertEquals(6, f.received());
    assertEquals(2, f.charged());
    assertEquals(1, f.duplicates());
    assertEquals(Map.of("malformed", 2L, "unknown-device", 1L), f.suspended());
    assertEquals(1_500_017, f.energyMilliwattHours());
    assertEquals(2, f.leases());
    // 50,000.35 and 25,000.5 nano-euro, each rounded for itself: 50,000 and 25,001.
    Books books = f.books().getFirst();
    assertEquals(
        List.of(
            new Books.Line("lamp", "energy", new BigDecimal("0.000075001"), new BigDecimal("0.00")),
            new Books.Line("lamp", "lease", new BigDecimal("0.200000000"), new BigDecimal("0.20"))),
        books.invoice().lines());
    assertEquals(new BigDecimal("0.20"), books.invoice().total());
    // 200,075,001 nano-euro: 140,052,500.7 and 60,022,500.3.
    assertEquals(
        Map.of(
            "telco", new BigDecimal("0.140052501"), "lamp-vendor", new BigDecimal("0.060022500")),
        exacts(books));
    assertEquals("lamp-vendor", books.partners().getFirst().account());
    assertEquals(
        Map.of(
            "0 city", new BigDecimal("0.20"),
            "0 telco", new BigDecimal("0.14"),
            "0 lamp-vendor", new BigDecimal("0.06")),
        f.erp());
  }

  /** 0.205 and half up: EUR 0.21, whose 70 % are 14.7 cents; 70 % of what is exact are 14.35. */
  @Test
  void partners_shareTheInvoiceAndNotWhatIsExact() {
    Manifest m = day(2);
    m.report(1, T0 + 1, 100_000_000, false);
    Books books = m.expected().books().getFirst();
    assertEquals(new BigDecimal("0.21"), books.invoice().total());
    assertEquals(
        List.of("lamp-vendor 0.06", "telco 0.15"),
        books.partners().stream().map(p -> p.account() + " " + p.total()).toList());
  }

  private static SortedMap<String, BigDecimal> exacts(Books books) {
    SortedMap<String, BigDecimal> exact = new TreeMap<>();
    books.partners().forEach(p -> exact.put(p.account(), p.exact()));
    return exact;
  }

  @ParameterizedTest
  @CsvSource({
    "70, 0.000000000, 0.000000000, 0.000000000",
    "70, 0.000000001, 0.000000001, 0.000000000",
    "70, 0.000000003, 0.000000002, 0.000000001",
    "70, 0.000000083, 0.000000058, 0.000000025",
    "50, 0.000000001, 0.000000000, 0.000000001",
    "50, 0.000000003, 0.000000001, 0.000000002"
  })
  void aSplit_addsUpAndGivesTiesToTheRemainder(
      String percent, String whole, String first, String second) {
    Terms t = Terms.SMART_CITY;
    Terms terms =
        new Terms(
            t.customer(),
            t.offer(),
            t.energy(),
            t.lease(),
            t.pricePerKwh(),
            t.leasePerDay(),
            t.minorDigits(),
            t.ledgerDigits(),
            t.zone(),
            t.period(),
            List.of(Terms.Part.percent("a", percent), Terms.Part.remainder("b")));
    assertEquals(
        Map.of("a", new BigDecimal(first), "b", new BigDecimal(second)),
        Settlement.split(terms, new BigDecimal(whole), t.ledgerDigits()));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-01T23:00:00Z, 24, 1",
    "2026-11-01T23:00:00Z, 1, 1",
    "2026-11-02T12:00:00Z, 24, 2",
    "2026-11-02T12:00:00Z, 1, 1"
  })
  void leases_fallDueAtTheStartAndAtEachMidnight(Instant start, int hours, int leases) {
    assertEquals(
        leases, new Manifest(1, start, Duration.ofHours(hours), Terms.SMART_CITY).leases(0));
  }

  @Test
  void twoDays_areTwoPeriods() {
    Manifest m = new Manifest(1, START, Duration.ofHours(30), Terms.SMART_CITY);
    m.report(1, T0 + 86_399_999, 10, false);
    m.report(1, T0 + 86_400_000, 30, false);
    assertEquals(2, m.periods());
    assertEquals(10, m.energy(1, 0));
    assertEquals(30, m.energy(1, 1));
    assertEquals(1, m.leases(1));
    assertEquals(2, m.expected().books().size());
    assertEquals(2, m.expected().leases());
  }

  @Test
  void aLampThatIsOneUnitOff_isNotRight() {
    Manifest m = day(2);
    m.report(1, T0, 1000, false);
    m.report(2, T0, 1000, false);
    assertEquals(2, m.rightLamps(List.of(charges(1000, 50, 100_000_000))));
    assertEquals(0, m.rightLamps(List.of(charges(1001, 50, 100_000_000))));
    assertEquals(0, m.rightLamps(List.of(charges(1000, 51, 100_000_000))));
    assertEquals(0, m.rightLamps(List.of(charges(1000, 50, 100_000_001))));
    assertEquals(0, m.rightLamps(List.of()));
  }

  private static Manifest.LampCharges charges(long mWh, long energy, long lease) {
    return new Manifest.LampCharges(lamp -> mWh, lamp -> energy, lamp -> lease);
  }

  @Test
  void aDayOf200000Lamps_fitsInAFewMegabytes() {
    Manifest m = day(200_000);
    m.report(200_000, T0, 1, false);
    Figures f = m.expected();
    assertEquals(200_000, f.leases());
    assertEquals(new BigDecimal("20000.00"), f.books().getFirst().invoice().total());
    assertFalse(f.books().getFirst().partners().isEmpty());
    assertTrue(Proof.check(f, f).holds());
  }
}
