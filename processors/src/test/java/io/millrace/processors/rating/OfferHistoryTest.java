package io.millrace.processors.rating;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.rating.Rules.Sharing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an offer says at a time, where versions add, drop and bring back. */
class OfferHistoryTest {
  private static final String FIRST =
      """
      catalog: shared
      effective: 2026-01-01
      currency: EUR
      zone: UTC
      period: day
      meters:
        used: {event: e, value: data.v, unit: Wh, aggregate: sum}
      offers:
        thing:
          scope: device
          window: 1h
          charges:
            used: {meter: used, per-unit: 1, unit: kWh}
            old: {meter: used, per-unit: 2, unit: kWh}
            own: {meter: used, per-unit: 3, unit: kWh, share: [{party: maker, percent: 100}]}
          share:
            - {party: telco, percent: 100}
      """;

  private static final String SECOND =
      FIRST
          .replace("effective: 2026-01-01", "effective: 2026-01-02")
          .replaceFirst("      old: .*\\n", "")
          .replaceFirst("      own: .*\\n", "")
          .replace(
              "      - {party: telco, percent: 100}",
              "      - {party: city, percent: 60}\n" + "      - {party: telco, percent: 40}");

  private static Catalog read(String text) {
    return switch (CatalogFile.read("test", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted a -> a.catalog();
      case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems());
    };
  }

  private static long end(int day) {
    return Instant.parse("2026-01-0" + (day + 1) + "T00:00:00Z").toEpochMilli();
  }

  private static OfferHistory history() {
    List<Catalog> versions = List.of(read(FIRST), read(SECOND));
    return Rules.compile(2, 4, versions, versions, n -> n.name().length()).offers().getFirst();
  }

  private static List<String> parties(Sharing sharing) {
    return sharing.split().parties();
  }

  @Test
  void chargeThatWasDropped_isSharedAsTheOfferIsByThen_unlessItHasItsOwn() {
    OfferHistory thing = history();
    for (String name : List.of("used", "old")) {
      int number = thing.chargeNumber(name);
      assertEquals(List.of("telco"), parties(thing.sharing(number, end(1))), name);
      assertEquals(List.of("city", "telco"), parties(thing.sharing(number, end(2))), name);
    }
    int own = thing.chargeNumber("own");
    assertEquals(List.of("maker"), parties(thing.sharing(own, end(1))));
    assertEquals(List.of("maker"), parties(thing.sharing(own, end(2))));
  }

  @Test
  void priceOfTheSameNumberWrittenOtherwise_isTheSamePrice() {
    String anew =
        FIRST.replace("effective: 2026-01-01", "effective: 2026-01-02\ntiers: start-anew");
    String written = anew.replace("per-unit: 1,", "per-unit: 1.00,");
    String dearer = anew.replace("per-unit: 1,", "per-unit: 1.01,");
    assertEquals(1, revisions(written));
    assertEquals(2, revisions(dearer));
  }

  private static long revisions(String second) {
    List<Catalog> versions = List.of(read(FIRST), read(second));
    return Rules.compile(2, 4, versions, versions, n -> 1).offers().getFirst().terms().stream()
        .map(terms -> terms.usage().getFirst().revision())
        .distinct()
        .count();
  }

  @Test
  void offerBeforeTheVersionThatBringsIt_isNotThere() {
    List<Catalog> versions = List.of(read(FIRST), read(SECOND.replace("  thing:", "  other:")));
    Rules rules = Rules.compile(2, 4, versions, versions, n -> n.name().length());
    OfferHistory other = rules.offers().get(rules.offerIndex("other"));
    assertNull(other.at(end(1) - 1));
    assertEquals("other", other.at(end(1)).offer().name());
    OfferHistory thing = rules.offers().get(rules.offerIndex("thing"));
    assertEquals(read(FIRST), thing.at(end(3)).catalog(), "who has it keeps it");
  }
}
