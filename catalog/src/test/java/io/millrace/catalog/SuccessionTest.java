package io.millrace.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a version may not change in the middle of a settlement period, or ever. */
class SuccessionTest {
  private static final String OTHER = "other: {meter: other, per-unit: 1, unit: Wh}";

  /** Months are periods, and these dates are days of months. */
  private static List<String> faults(Catalog next, Catalog... versions) {
    return codes(
        Succession.faults(next, List.of(versions), List.of(versions), SuccessionTest::beginsMonth));
  }

  private static List<String> codes(List<Succession.Fault> faults) {
    return faults.stream().map(Succession.Fault::code).toList();
  }

  private static boolean beginsMonth(Catalog catalog) {
    return catalog.effective().toString().endsWith("-01T00:00:00Z");
  }

  private static Catalog catalog(String effective, String aggregate, String... charges) {
    String text =
        """
        catalog: c
        effective: %s
        currency: EUR
        zone: UTC
        period: month
        meters:
          other: {event: report, value: data.w, unit: Wh, scale: 0, aggregate: sum}
        """
            .formatted(effective);
    if (charges.length > 1) {
      String unit = aggregate.equals("unique") ? "" : ", unit: Wh, scale: 0";
      text += "  level: {event: report, value: data.v, aggregate: " + aggregate + unit + "}\n";
    }
    return Catalogs.accept(
        text
            + "offers:\n  home:\n    scope: device\n    window: 1h\n    charges:\n"
            + String.join("\n", charges).indent(6));
  }

  private static String level(String aggregate, String price) {
    String unit = aggregate.startsWith("unique") ? "each" : "Wh";
    return "level: {meter: level, per-unit: " + price + ", unit: " + unit + "}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "max",
        "latest",
        "unique",
        "burst, every: 1h, above: 5",
        "percentile, every: 1h, percentile: 95"
      })
  void priceOfWhatAPeriodHasOneValueOf_changesAsAPeriodBegins(String aggregate) {
    Catalog first = catalog("2026-11-01", aggregate, OTHER, level(aggregate, "1"));
    Catalog middle = catalog("2026-11-16", aggregate, OTHER, level(aggregate, "10"));
    Catalog begin = catalog("2026-12-01", aggregate, OTHER, level(aggregate, "10"));
    Catalog same = catalog("2026-12-16", aggregate, OTHER, level(aggregate, "10"));
    assertEquals(List.of("price-in-mid-period"), faults(middle, first));
    assertEquals(List.of(), faults(begin, first));
    assertEquals(List.of("price-in-mid-period"), faults(same, first));
    assertEquals(List.of(), faults(same, first, begin));
  }

  /** A price that gets bands, or other ones, is another price of the one value of the period. */
  @Test
  void bandsOfWhatAPeriodHasOneValueOf_changeAsAPeriodBegins() {
    String price = level("max", "1");
    String banded =
        price.replace(
            "per-unit: 1",
            "bands: [{band: day, hours: 08:00-20:00, per-unit: 1}, {band: rest, per-unit: 1}]");
    Catalog plain = catalog("2026-11-01", "max", OTHER, price);
    assertEquals(
        List.of("price-in-mid-period"), faults(catalog("2026-11-16", "max", OTHER, banded), plain));
    assertEquals(List.of(), faults(catalog("2026-12-01", "max", OTHER, banded), plain));
    Catalog bands = catalog("2026-11-01", "max", OTHER, banded);
    assertEquals(
        List.of("price-in-mid-period"), faults(catalog("2026-11-16", "max", OTHER, price), bands));
    String other = banded.replace("band: day", "band: noon");
    assertEquals(
        List.of("price-in-mid-period"), faults(catalog("2026-11-16", "max", OTHER, other), bands));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sum", "delta"})
  void priceOfWhatAddsUp_changesAnyDay(String aggregate) {
    Catalog first = catalog("2026-11-01", aggregate, OTHER, level(aggregate, "1"));
    assertEquals(
        List.of(), faults(catalog("2026-11-16", aggregate, OTHER, level(aggregate, "10")), first));
  }

  private static Catalog including(String effective, String allowance) {
    return Catalogs.accept(
        """
        catalog: c
        effective: %s
        currency: EUR
        zone: UTC
        period: month
        meters:
          other: {event: report, value: data.w, unit: Wh, scale: 0, aggregate: sum}
        offers:
          home:
            scope: device
            window: 1h
            allowances:
              - {allowance: a, unit: Wh, of: other, %s}
            charges:
              other: {meter: other, per-unit: 1, unit: Wh}
        """
            .formatted(effective, allowance));
  }

  @Test
  void allowanceThatUseDrawsOn_changesAsAPeriodBegins() {
    Catalog first = including("2026-11-01", "included: 5, rolls-over: {periods: 1}");
    String other = "included: 6, rolls-over: {periods: 1}";
    assertEquals(List.of("allowance-in-mid-period"), faults(including("2026-11-16", other), first));
    assertEquals(List.of(), faults(including("2026-12-01", other), first));
    assertEquals(
        List.of("allowance-in-mid-period"), faults(including("2026-11-16", "included: 5"), first));
    String told = "included: 5.0, rolls-over: {periods: 1}, tell: [80]";
    assertEquals(List.of(), faults(including("2026-11-16", told), first));
    Catalog plain = including("2026-11-01", "included: 5");
    assertEquals(List.of(), faults(including("2026-11-16", "included: 6"), plain));
  }

  @Test
  void whatAccountsHaveBought_isCountedAsBefore() {
    Catalog first = including("2026-11-01", "bought: true");
    assertEquals(List.of(), faults(including("2026-12-01", "bought: true"), first));
    assertEquals(List.of(), faults(including("2026-12-01", "included: 5"), first));
    Catalog finer =
        Catalogs.accept(
            """
            catalog: c
            effective: 2026-12-01
            currency: EUR
            zone: UTC
            period: month
            meters:
              finer: {event: report, value: data.w, unit: Wh, scale: 3, aggregate: sum}
            offers:
              home:
                scope: device
                window: 1h
                allowances:
                  - {allowance: a, unit: Wh, of: fine, bought: true}
                charges:
                  fine: {meter: finer, per-unit: 1, unit: Wh}
            """);
    assertEquals(List.of("bought-otherwise"), faults(finer, first));
  }

  @Test
  void versionBetweenTwo_isJudgedByTheOneThatFollowsIt() {
    Catalog first = catalog("2026-11-01", "max", OTHER, level("max", "1"));
    Catalog last = catalog("2026-12-16", "max", OTHER, level("max", "1"));
    Catalog between = catalog("2026-12-01", "max", OTHER, level("max", "2"));
    assertEquals(List.of("price-in-mid-period"), faults(between, first, last));
  }

  @Test
  void versionThatALaterOneKeepsThePriceOf_isNotTakenBack() {
    Catalog first = catalog("2026-11-01", "max", OTHER, level("max", "1"));
    Catalog begin = catalog("2026-12-01", "max", OTHER, level("max", "2"));
    Catalog same = catalog("2026-12-16", "max", OTHER, level("max", "2.0"));
    List<Catalog> all = List.of(first, begin, same);
    assertEquals(List.of(), faults(same, first, begin));
    assertEquals(
        List.of("price-in-mid-period"),
        codes(Succession.faultsWithout(begin, all, all, SuccessionTest::beginsMonth)));
  }

  @ParameterizedTest
  @CsvSource({"sum, 2026-12-01", "sum, 2026-12-16", "delta, 2026-12-01", "max, 2026-12-01"})
  void chargeOfUseThatWasLeftOut_doesNotComeBack(String aggregate, String when) {
    Catalog first = catalog("2026-11-01", aggregate, OTHER, level(aggregate, "1"));
    Catalog without = catalog("2026-11-10", "", OTHER);
    Catalog back = catalog(when, aggregate, OTHER, level(aggregate, "1"));
    assertEquals(List.of(), faults(without, first));
    assertEquals(List.of("charge-came-back"), faults(back, first, without));
    assertEquals(List.of("charge-came-back"), faults(without, first, back));
    String renamed = level(aggregate, "1").replace("level: {", "height: {");
    assertEquals(List.of(), faults(catalog(when, aggregate, OTHER, renamed), first, without));
  }

  @Test
  void feeThatWasLeftOut_mayComeBack() {
    Catalog first = catalog("2026-11-01", "", OTHER + "\nfee: {recurring: 1, every: day}");
    Catalog without = catalog("2026-11-10", "", OTHER);
    Catalog back = catalog("2026-11-20", "", OTHER + "\nfee: {recurring: 1, every: day}");
    assertEquals(List.of(), faults(back, first, without));
  }

  /** What one clause bounds has one bound a period, also where a version brings new charges. */
  @Test
  void sponsorOfANewCharge_isTheClauseOfThoseThatAre() {
    Catalog first = catalog("2026-11-01", "max", sponsored("a", 5));
    assertEquals(
        List.of("sponsor-in-mid-period"),
        faults(catalog("2026-11-16", "max", sponsored("c", 6)), first));
    assertEquals(List.of(), faults(catalog("2026-12-01", "max", sponsored("c", 6)), first));
    assertEquals(List.of(), faults(catalog("2026-11-16", "max", sponsored("c", 5)), first));
  }

  private static String sponsored(String band, int upTo) {
    return "other: {meter: other, unit: Wh, paid-by: {account: maker, up-to: "
        + upTo
        + "}, bands: [{band: "
        + band
        + ", per-unit: 1}]}";
  }
}
