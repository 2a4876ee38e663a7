package io.millrace.processors.settlement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementTest {

  private static final MinorUnit EUR = MinorUnit.of(2, 9);
  private static final long LIMIT = 400_000_000_000_000_000L;

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4999999, 0",
    "5000000, 1",
    "-4999999, 0",
    "-5000000, -1",
    "14999999, 1",
    "15000000, 2",
    "-15000000, -2",
    "9223372036854775807, 922337203685",
    "-9223372036854775808, -922337203685"
  })
  void exactAmount_isRoundedHalfUpOnItsMagnitude(long exact, long minor) {
    assertEquals(minor, EUR.round(exact));
  }

  @ParameterizedTest
  @CsvSource({"1234, 2, 12.34", "-5, 2, -0.05", "0, 2, 0.00", "7, 0, 7", "1234, 3, 1.234"})
  void minorUnits_areWrittenAsAnExactDecimal(long minor, int digits, String text) {
    assertEquals(text, MinorUnit.of(digits, digits + 7).decimal(minor));
  }

  @Property
  void rounding_isTheHalfUpOfBigDecimal(@ForAll long exact, @ForAll @IntRange(max = 4) int digits) {
    MinorUnit unit = MinorUnit.of(digits, digits + 7);
    BigDecimal judged =
        BigDecimal.valueOf(exact, digits + 7).setScale(digits, RoundingMode.HALF_UP);
    assertEquals(judged.toPlainString(), unit.decimal(unit.round(exact)));
  }

  @Property
  void anySums_makeAnInvoiceThatAddsUp(
      @ForAll @Size(min = 1, max = 20)
          List<@LongRange(min = -LIMIT / 20, max = LIMIT / 20) Long> sums,
      @ForAll long seed) {
    Map<LineKey, Long> posted = keyed(sums);
    Statement made = Statement.invoice(3, 12, EUR, posted);
    long exact = posted.values().stream().mapToLong(Long::longValue).sum();
    assertEquals(made.lines().stream().mapToLong(Statement.Line::amount).sum(), made.total());
    assertEquals(made.total() * 10_000_000, exact + made.residue());
    assertTrue(Math.abs(made.residue()) <= 5_000_000L * sums.size(), "half a cent a line");
    for (Statement.Line line : made.lines()) {
      assertEquals(posted.get(line.key()), line.exact());
      assertTrue(Math.abs(line.amount() * 10_000_000 - line.exact()) <= 5_000_000);
    }
    List<Map.Entry<LineKey, Long>> shuffled = new ArrayList<>(posted.entrySet());
    Collections.shuffle(shuffled, new Random(seed));
    Map<LineKey, Long> other = new LinkedHashMap<>();
    shuffled.forEach(e -> other.put(e.getKey(), e.getValue()));
    assertEquals(made, Statement.invoice(3, 12, EUR, other));
  }

  @Property
  void anyShares_makeAPartnersStatementWhoseResidueMendsTheLedger(
      @ForAll @Size(min = 1, max = 20)
          List<@LongRange(min = -LIMIT / 20, max = LIMIT / 20) Long> sums,
      @ForAll @Size(min = 1, max = 20) List<@LongRange(min = -LIMIT, max = LIMIT) Long> posted) {
    Map<LineKey, Long> exact = keyed(posted.subList(0, Math.min(posted.size(), sums.size())));
    exact.replaceAll((key, amount) -> amount / 100);
    Map<LineKey, Long> shares = keyed(sums);
    shares.replaceAll((key, amount) -> amount / 100_000_000);
    Statement made = Statement.partner(3, 12, EUR, exact, shares);
    assertEquals(shares.keySet(), keysOf(made));
    long booked = exact.values().stream().mapToLong(Long::longValue).sum();
    assertEquals(shares.values().stream().mapToLong(Long::longValue).sum(), made.total());
    assertEquals(-made.total() * 10_000_000, booked + made.residue());
  }

  @Test
  void aShareOfWhatNobodyWasInvoicedFor_isRefused() {
    Map<LineKey, Long> posted = Map.of(new LineKey("lamp", "", false), -1L);
    assertThrows(IllegalStateException.class, () -> Statement.partner(0, 4, EUR, posted, Map.of()));
  }

  private static Set<LineKey> keysOf(Statement made) {
    return made.lines().stream().map(Statement.Line::key).collect(Collectors.toSet());
  }

  @Property
  void anyStatement_isABalancedEntry(
      @ForAll @Size(min = 1, max = 20)
          List<@LongRange(min = -LIMIT / 20, max = LIMIT / 20) Long> sums,
      @ForAll Statement.Kind kind) {
    Map<LineKey, Long> lines = keyed(sums);
    Statement made =
        switch (kind) {
          case INVOICE -> Statement.invoice(3, 12, EUR, lines);
          case PARTNER_STATEMENT -> Statement.partner(3, 12, EUR, Map.of(), minor(lines));
        };
    JournalEntry entry = JournalEntry.of(made, "city", new TaxCodes(taxed()));
    long debit = entry.lines().stream().mapToLong(JournalEntry.Line::debit).sum();
    long credit = entry.lines().stream().mapToLong(JournalEntry.Line::credit).sum();
    assertEquals(debit, credit);
    assertEquals(sums.size() + 1, entry.lines().size());
    JournalEntry.Line own = entry.lines().getFirst();
    assertEquals(
        made.total(),
        kind == Statement.Kind.INVOICE ? own.debit() - own.credit() : own.credit() - own.debit());
    assertTrue(
        entry.lines().stream()
            .allMatch(
                l -> l.debit() >= 0 && l.credit() >= 0 && (l.debit() == 0 || l.credit() == 0)));
  }

  @Test
  void linesOfAnInvoice_haveTheCodeOfTheirChargeElseOfTheirOffer() {
    Map<LineKey, Long> posted = new HashMap<>();
    for (String name : List.of("energy", "lease", "gone")) {
      posted.put(new LineKey("lamp", name, false), 10_000_000L);
    }
    posted.put(new LineKey("lamp", "lease", true), 10_000_000L);
    posted.put(new LineKey("no-more", "energy", false), 10_000_000L);
    TaxCodes taxes = new TaxCodes(taxed());
    JournalEntry invoice = JournalEntry.of(Statement.invoice(0, 1, EUR, posted), "city", taxes);
    assertEquals(
        List.of(
            "invoice of period 0=",
            "lamp, energy=VAT-21",
            "lamp, gone=",
            "lamp, lease=VAT-0",
            "lamp, lease (late)=VAT-0",
            "no-more, energy="),
        invoice.lines().stream().map(l -> l.text() + "=" + l.tax()).toList());
    Statement partner = Statement.partner(0, 4, EUR, Map.of(), minor(posted));
    assertTrue(
        JournalEntry.of(partner, "telco", taxes).lines().stream().allMatch(l -> l.tax().isEmpty()));
  }

  private static Catalog taxed() {
    String text =
        """
        catalog: taxed
        effective: 2026-01-01
        currency: EUR
        zone: UTC
        meters:
          energy: {event: report, value: data.wh, unit: Wh, aggregate: sum}
        offers:
          lamp:
            scope: device
            window: 1h
            tax: VAT-21
            charges:
              energy: {meter: energy, unit: kWh, per-unit: 1}
              lease: {tax: VAT-0, recurring: 1, every: day}
        """;
    return switch (CatalogFile.read("taxed.yaml", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted accepted -> accepted.catalog();
      case CatalogFile.Result.Rejected rejected -> throw new AssertionError(rejected.problems());
    };
  }

  @Test
  void aSumBeyondTheLedger_isRefusedNotWrapped() {
    Map<LineKey, Long> posted = keyed(List.of(Long.MAX_VALUE, Long.MAX_VALUE));
    assertThrows(ArithmeticException.class, () -> Statement.invoice(0, 1, EUR, posted));
  }

  private static Map<LineKey, Long> minor(Map<LineKey, Long> ledger) {
    Map<LineKey, Long> minor = new LinkedHashMap<>(ledger);
    minor.replaceAll((key, amount) -> EUR.round(amount));
    return minor;
  }

  private static Map<LineKey, Long> keyed(List<Long> sums) {
    Map<LineKey, Long> posted = new LinkedHashMap<>();
    for (int i = 0; i < sums.size(); i++) {
      posted.put(new LineKey("lamp", "charge-" + i / 2, i % 2 == 1), sums.get(i));
    }
    return posted;
  }
}
