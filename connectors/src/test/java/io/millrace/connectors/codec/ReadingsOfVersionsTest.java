package io.millrace.connectors.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.rating.MeterValue;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a version of the catalog reads refuses no event that others take. */
class ReadingsOfVersionsTest {
  private static final String NOW =
      """
      catalog: c
      effective: 2026-11-01
      currency: EUR
      zone: UTC
      period: month
      meters:
        energy: {event: report, value: data.wh, unit: Wh, scale: 0, aggregate: sum}
      offers:
        home:
          scope: device
          window: 1h
          charges:
            energy: {meter: energy, per-unit: 0.001, unit: Wh}
      """;

  /** Reads temperatures of whole degrees too. */
  private static final String AHEAD =
      NOW.replace("2026-11-01", "2027-06-01")
          .replace(
              "meters:\n",
              "meters:\n  temp: {event: report, value: data.temp, unit: each, scale: 0, aggregate:"
                  + " max}\n")
          .replace("charges:\n", "charges:\n      heat: {meter: temp, per-unit: 1, unit: each}\n");

  private final DecodedEvent event = new DecodedEvent();

  private static Catalog read(String text) {
    return switch (CatalogFile.read("c.yaml", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted(Catalog catalog) -> catalog;
      case CatalogFile.Result.Rejected(var problems) -> throw new AssertionError(problems);
    };
  }

  private @Nullable Reason decode(List<Catalog> known, List<Catalog> held, String data) {
    Rules rules = Rules.compile(2, 2, known, held, name -> 1);
    Codecs codecs =
        new Codecs(
            new Readings(EventType.of(rules), new byte[16], MeterValue::parse),
            CodecSpecs.inMemory());
    String text =
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"report\","
            + "\"subject\":\"d\",\"time\":\"2026-11-10T00:00:00Z\",\"data\":"
            + data
            + "}";
    return codecs.decode(text.getBytes(StandardCharsets.UTF_8), event);
  }

  @Test
  void readingThatOnlyAComingOrWithdrawnVersionCantTake_isAbsent() {
    Catalog now = read(NOW);
    Catalog ahead = read(AHEAD);
    String warm = "{\"wh\":5,\"temp\":21.5}";
    assertNull(decode(List.of(now), List.of(now), warm));
    for (List<Catalog> held : List.of(List.of(now, ahead), List.of(now))) {
      assertNull(decode(List.of(now, ahead), held, warm));
      assertEquals(2, event.valueCount);
      assertEquals(5, event.values[0]);
      assertEquals(UsageBatch.ABSENT, event.values[1]);
    }
    assertNull(decode(List.of(now, ahead), List.of(now, ahead), "{\"wh\":5,\"temp\":21}"));
    assertEquals(21, event.values[1]);
  }

  @Test
  void readingThatEveryVersionTakes_isNeeded() {
    Catalog now = read(NOW);
    Catalog ahead = read(AHEAD);
    assertEquals(
        Reason.BAD_QUANTITY,
        decode(List.of(now, ahead), List.of(now, ahead), "{\"wh\":5.5,\"temp\":21}"));
  }
}
