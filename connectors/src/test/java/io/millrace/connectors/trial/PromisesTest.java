package io.millrace.connectors.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.tenant.Device;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What parties are promised for each period, whatever is charged in it. */
class PromisesTest {
  private static final String CATALOG =
      """
      catalog: promises
      effective: 2026-01-01
      currency: EUR
      zone: UTC
      period: month
      meters:
        used: {event: used, value: data.v, unit: MB, scale: 0, aggregate: sum}
      offers:
        card:
          scope: device
          window: day
          charges:
            used: {meter: used, unit: MB, per-unit: 1.00}
          share:
            - {party: hub, percent: 10, at-least: 5}
            - {party: operator, remainder: true}
      """;

  private static Map<String, String> parties(String from, String until) throws IOException {
    Catalog catalog =
        switch (CatalogFile.read("test", CATALOG.getBytes(StandardCharsets.UTF_8))) {
          case CatalogFile.Result.Accepted a -> a.catalog();
          case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems());
        };
    UsageTrial trial = UsageTrial.ofList(catalog, List.of(), UsageTrial.ChargeSink.NOWHERE);
    if (!from.isEmpty()) {
      trial.add(new Device("d", "a", "card", Instant.parse(from), Optional.empty()));
    }
    trial.begin();
    Map<String, String> plain = new TreeMap<>();
    try (Workers workers = new Workers(2)) {
      Map<String, BigDecimal> parties =
          trial.finish(Optional.of(Instant.parse(until)), workers).totals().parties();
      parties.forEach((name, part) -> plain.put(name, part.setScale(2).toPlainString()));
    }
    return plain;
  }

  @Test
  void monthsOfADeviceWithoutUse_eachBringWhatWasPromised() throws IOException {
    assertEquals(
        Map.of("hub", "10.00", "operator", "-10.00"),
        parties("2026-02-10T00:00:00Z", "2026-04-01T00:00:00Z"));
    assertEquals(
        Map.of("hub", "15.00", "operator", "-15.00"),
        parties("2026-02-10T00:00:00Z", "2026-04-01T00:00:00.001Z"));
  }

  @Test
  void timeBeforeTheFirstDevice_promisesNothing() throws IOException {
    assertEquals(Map.of(), parties("2026-05-01T00:00:00Z", "2026-04-01T00:00:00Z"));
    assertEquals(Map.of(), parties("", "2026-04-01T00:00:00Z"));
  }
}
