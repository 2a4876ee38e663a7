package io.millrace.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Agreement.Share;
import io.millrace.catalog.ChargeRule.Every;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CatalogFileTest {

  @Test
  void demoCatalog_saysWhatTheTemplateSays() {
    byte[] bytes = CatalogFile.template("smart-city.yaml");
    Meter energy =
        new Meter(
            "energy",
            "lamp.report",
            "wh",
            Unit.of("Wh").orElseThrow(),
            3,
            Meter.Aggregate.SUM,
            false);
    Offer lamp =
        new Offer(
            "lamp",
            Offer.Scope.DEVICE,
            new WindowRule.Fixed(Duration.ofHours(1)),
            Duration.ofMinutes(5),
            List.of(
                new ChargeRule.Usage(
                    "energy",
                    energy,
                    Unit.of("kWh").orElseThrow(),
                    new Price.PerUnit(new BigDecimal("0.00005")),
                    QuantityRounding.NONE,
                    Optional.empty()),
                new ChargeRule.Recurring("lease", new BigDecimal("0.10"), Every.DAY)),
            new Agreement(
                "lamp",
                List.of(new Share("telco", 700_000, false), new Share("lamp-vendor", 0, true))),
            Map.of());
    assertEquals(
        new Catalog(
            "smart-city",
            Instant.parse("2026-11-01T23:00:00Z"),
            Currency.getInstance("EUR"),
            ZoneId.of("Europe/Madrid"),
            new PeriodRule.Fixed(Duration.ofHours(24)),
            Map.of("energy", energy),
            Map.of("lamp", lamp),
            false,
            CatalogFile.hash(bytes)),
        Catalogs.accept(new String(bytes, StandardCharsets.UTF_8)));
  }

  @Test
  void hash_isSha256OfTheBytes() {
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        CatalogFile.hash("abc".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void leftOutKeys_takeTheirDefaults() {
    Catalog catalog =
        Catalogs.accept(Catalogs.SOUND.replace("period: 24h\n", "").replace("scale: 3, ", ""));
    assertEquals(new PeriodRule.Calendar(Every.MONTH), catalog.period());
    assertEquals(3, catalog.meters().get("energy").scale());
  }

  @Test
  void severalFaults_areAllReported() {
    assertEquals(
        "3:11 unknown-currency, 4:7 unknown-zone, 11:13 bad-length, 13:41 bad-number",
        Catalogs.faults(
            Catalogs.SOUND
                .replace("EUR", "EURO")
                .replace("Europe/Madrid", "Madrid")
                .replace("1h", "soon")
                .replace("0.00005", "cheap")));
  }

  @Test
  void manyFaults_areCutAtTheLimit() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      text.append("key").append(i).append(": 1\n");
    }
    assertEquals(Problems.MAX, Catalogs.faults(text.toString()).split(", ").length);
  }

  @Test
  void misspeltKey_isAnsweredWithTheRightOne() {
    Problem problem =
        Catalogs.reject(
                Catalogs.SOUND.replace("period:", "perido:").getBytes(StandardCharsets.UTF_8))
            .getFirst();
    assertEquals(
        "test.yaml:5:1: unknown-key: a catalog has no 'perido'. Did you mean 'period'?",
        problem.toString());
  }

  @Test
  void instant_isTakenAsItIs() {
    String text = Catalogs.SOUND.replace("2026-11-02", "2026-11-02T10:00:00+01:00");
    assertEquals(Instant.parse("2026-11-02T09:00:00Z"), Catalogs.accept(text).effective());
  }

  @Test
  void windowsAndPeriods_canBeCalendarDaysAndMonths() {
    Catalog catalog =
        Catalogs.accept(
            Catalogs.SOUND.replace("window: 1h", "window: day").replace("24h", "month"));
    assertEquals(new WindowRule.Calendar(Every.DAY), catalog.offers().get("lamp").window());
    assertEquals(new PeriodRule.Calendar(Every.MONTH), catalog.period());
  }

  @Test
  void price_keepsItsExactDigits() {
    String digits = "123456789012.123456789012345678";
    String text = Catalogs.SOUND.replace("0.00005", digits);
    ChargeRule charge = Catalogs.accept(text).offers().get("lamp").charges().getFirst();
    assertTrue(
        charge instanceof ChargeRule.Usage u
            && u.price().equals(new Price.PerUnit(new BigDecimal(digits))));
  }

  @Test
  void countingMeter_needsNeitherValueNorUnit() {
    String text =
        Catalogs.SOUND
            .replace("value: data.wh, unit: Wh, scale: 3, aggregate: sum", "aggregate: count")
            .replace("kWh", "each");
    assertEquals(
        new Meter(
            "energy",
            "lamp.report",
            "",
            Unit.of("each").orElseThrow(),
            0,
            Meter.Aggregate.COUNT,
            false),
        Catalogs.accept(text).meters().get("energy"));
  }

  @Test
  void offersAndMeters_keepTheFilesOrder() {
    StringBuilder text = new StringBuilder(Catalogs.SOUND);
    for (char name = 'z'; name >= 'a'; name--) {
      text.append("  ")
          .append(name)
          .append(": {scope: device, window: day, charges:")
          .append(" {fee: {recurring: 1, every: month}}}\n");
    }
    assertEquals(
        "lampzyxwvutsrqponmlkjihgfedcba",
        String.join("", Catalogs.accept(text.toString()).offers().keySet()));
  }

  @Test
  void percentages_canBeFine() {
    String text =
        Catalogs.SOUND
            .replace("percent: 70", "percent: 33.3333")
            .replace("remainder: true", "percent: 66.6667");
    assertEquals(
        List.of(new Share("telco", 333_333, false), new Share("lamp-vendor", 666_667, false)),
        Catalogs.accept(text).offers().get("lamp").agreement().shares());
  }
}
