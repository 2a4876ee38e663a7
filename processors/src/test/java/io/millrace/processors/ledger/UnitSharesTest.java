package io.millrace.processors.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Agreement.PerUnit;
import io.millrace.catalog.Agreement.Share;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.Sharing;
import io.millrace.processors.settlement.InvoicedShares;
import io.millrace.processors.settlement.LineKey;
import io.millrace.processors.settlement.MinorUnit;
import io.millrace.processors.settlement.Statement;
import io.millrace.processors.settlement.TrueUp;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Amounts for units, against decimals worked out beside the engine. */
class UnitSharesTest {
  private static final LineKey LINE = new LineKey("sim", "data", false);

  /** A tenth of a percent and so much a GiB; a reading is in bytes. */
  private static Catalog catalog(String perGib) {
    String text =
        """
        catalog: c
        effective: 2026-01-01
        currency: EUR
        zone: UTC
        period: month
        meters:
          data: {event: e, value: data.b, unit: B, scale: 0, aggregate: sum}
        offers:
          sim:
            scope: device
            window: day
            charges:
              data:
                meter: data
                unit: GiB
                per-unit: 1000
                share:
                  - {party: mast, per-unit: %s}
                  - {party: maker, percent: 0.1}
                  - {party: rest, remainder: true}
        """
            .formatted(perGib);
    return switch (CatalogFile.read("c", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted(Catalog catalog) -> catalog;
      case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems().toString());
    };
  }

  private static Sharing sharing(Catalog catalog) {
    return Rules.compile(1, 4, catalog, name -> 1).offers().getFirst().last().sharings().getFirst();
  }

  private static long expected(String perGib, long bytes) {
    return new BigDecimal(perGib)
        .multiply(BigDecimal.valueOf(bytes))
        .movePointRight(9)
        .divide(BigDecimal.valueOf(1L << 30), 0, RoundingMode.HALF_UP)
        .longValueExact();
  }

  @Property(tries = 10_000)
  void shardsAndClose_addUpToWhatWasPosted(
      @ForAll @LongRange(min = 1, max = 900_000_000_000L) long nanos,
      @ForAll @Size(min = 1, max = 16)
          List<@LongRange(min = -50_000_000_000L, max = 500_000_000_000L) Long> shards,
      @ForAll @IntRange(max = 1) int scale) {
    String perGib = BigDecimal.valueOf(nanos, 9 + 3 * scale).toPlainString();
    Catalog catalog = catalog(perGib);
    Sharing sharing = sharing(catalog);
    Split split = sharing.split();
    UnitShares units = sharing.units();
    long whole = 0;
    long mast = 0;
    long[] paid = new long[3];
    for (long bytes : shards) {
      long posted = expected("1000", bytes);
      long[] parts = new long[3];
      split.accrue(posted, units.of(BigInteger.valueOf(bytes)), parts);
      assertEquals(expected(perGib, bytes), parts[0]);
      assertEquals(posted, Arrays.stream(parts).sum());
      for (int i = 0; i < 3; i++) {
        paid[i] += parts[i];
      }
      whole += posted;
      mast += parts[0];
    }
    TrueUp trueUp = TrueUp.of(split, LINE, Map.of(LINE, whole), paid, shards.size());
    assertEquals(0, trueUp.owed().getFirst(), "what is for units stays as the shards had it");
    long sum = 0;
    for (int i = 0; i < 3; i++) {
      sum += paid[i] + trueUp.owed().get(i);
    }
    assertEquals(whole, sum);
    long maker = paid[1] + trueUp.owed().get(1);
    assertFalse(Math.abs(maker * 1_000 - whole) >= 1_000, "0.1 %, to the unit");

    InvoicedShares invoiced = new InvoicedShares();
    MinorUnit cent = MinorUnit.of(2, 9);
    invoiced.add(Statement.invoice(0, 1, cent, Map.of(LINE, whole)));
    Map<String, Map<LineKey, Long>> statements =
        invoiced.share(catalog, Map.of("sim/data", split.units(paid)));
    assertEquals(cent.round(mast), statements.get("mast").get(LINE));
    assertEquals(cent.round(whole), statements.values().stream().mapToLong(s -> s.get(LINE)).sum());
  }

  @Test
  void amountBelowALedgerUnit_isRoundedOnceAShard() {
    UnitShares units = sharing(catalog("0.000000000001")).units();
    assertEquals(0, units.of(BigInteger.valueOf(499L << 30))[0]);
    assertEquals(1, units.of(BigInteger.valueOf(500L << 30))[0]);
    assertEquals(-1, units.of(BigInteger.valueOf(-500L << 30))[0]);
  }

  @Test
  void agreement_isOfAUnit() {
    Agreement agreement =
        new Agreement(
            "a/b",
            List.of(
                new Share("x", new PerUnit(BigDecimal.ONE), BigDecimal.ZERO),
                new Share("y", 0, true)));
    assertEquals(BigDecimal.ONE, agreement.shares().getFirst().perUnit());
    long[] parts = new long[2];
    Split.of(agreement, 9).settle(5, new long[] {7, 0}, parts);
    assertEquals(List.of(7L, -2L), List.of(parts[0], parts[1]));
  }
}
