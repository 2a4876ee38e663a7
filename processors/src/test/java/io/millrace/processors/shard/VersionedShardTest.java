package io.millrace.processors.shard;

import static io.millrace.processors.shard.VersionedShard.catalog;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.catalog.Catalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a version of the catalog brings to those who are there already, wherever they are. */
class VersionedShardTest {
  private static final String METER =
      "energy: {event: report, value: data.v, unit: Wh, scale: 0, aggregate: sum}";
  private static final String ENERGY = "energy: {meter: energy, per-unit: 0.001, unit: Wh}\n";
  private static final Catalog FIRST = catalog("2026-11-01", "1h", METER, ENERGY);

  @Test
  void minimumOfWhatRecurredBeforeItsVersion_countsIt() {
    String leased = ENERGY + "lease: {recurring: 3, every: month}\n";
    Catalog first = catalog("2026-11-01", "1h", METER, leased);
    Catalog next =
        catalog("2026-11-20", "1h", METER, leased + "floor: {minimum: 5, of: [energy, lease]}\n");
    VersionedShard shard = new VersionedShard(0, first);
    shard.subscribe("2026-11-01T00:00:00Z", "");
    shard.use("2026-11-05T00:00:00Z", "2026-11-05T00:00:00Z", 500);
    shard.adopt(first, next);
    shard.at("2026-11-11T00:00:00Z");
    shard.at("2026-12-02T00:00:00Z");
    assertEquals("6", shard.sum("lease"), "of November and December");
    assertEquals("1.5", shard.sum("floor"));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-10T00:00:01Z, true",
    "2026-11-10T00:00:01Z, false",
    "2026-11-20T05:00:00Z, false", // The message waited until after the version's first moment.
  })
  void deviceOnItsWayToAnotherShard_getsWhatAVersionBrings(String arrives, boolean before) {
    Catalog next =
        catalog(
            "2026-11-20",
            "1h",
            METER,
            ENERGY
                + "lease: {recurring: 1, every: day}\n"
                + "ceiling: {cap: 2, of: [energy, lease]}\n");
    VersionedShard from = new VersionedShard(0, FIRST);
    VersionedShard to = new VersionedShard(1, FIRST);
    from.subscribe("2026-11-01T00:00:00Z", "");
    to.at("2026-11-01T00:00:00Z");
    long at = OneShard.millis("2026-12-10T00:00:00Z");
    from.at(
        "2026-11-10T00:00:00Z",
        new Command.Move(VersionedShard.DEVICE, at, 8, 1, "device", 2_001, 0, Long.MAX_VALUE));
    Command device = from.message();
    if (before) {
      to.at(arrives, device);
    }
    to.adopt(FIRST, next);
    if (!before) {
      to.at(arrives, device);
    }
    to.at("2026-12-20T00:00:00Z");
    to.at("2027-01-02T00:00:00Z");
    assertEquals("20", to.sum("lease"), "of 20 November to 9 December");
    assertEquals("-16", to.sum("ceiling"), "of 11 and of 9");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-11-14T00:00:00Z", "2026-11-16T00:00:00Z", "2026-11-17T22:00:00Z"})
  void minimumOfAPeriod_isAskedOfOneWhoEndedInIt_wheneverItsVersionCame(String activated) {
    Catalog next = catalog("2026-11-20", "1h", METER, ENERGY + "floor: {minimum: 5, of: energy}\n");
    VersionedShard shard = new VersionedShard(0, FIRST);
    shard.subscribe("2026-11-01T00:00:00Z", "2026-11-15T00:00:00Z");
    shard.use("2026-11-05T00:00:00Z", "2026-11-05T00:00:00Z", 500);
    shard.at(activated);
    shard.adopt(FIRST, next);
    shard.at(activated);
    shard.at("2026-12-02T00:00:00Z");
    shard.at("2027-01-02T00:00:00Z");
    assertEquals("4.5", shard.sum("floor"));
  }

  @Test
  void minimumOfAPeriodAfterTheEnd_isNotAsked() {
    Catalog next = catalog("2026-12-20", "1h", METER, ENERGY + "floor: {minimum: 5, of: energy}\n");
    VersionedShard shard = new VersionedShard(0, FIRST);
    shard.subscribe("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
    shard.at("2026-12-01T00:00:00Z");
    shard.adopt(FIRST, next);
    shard.at("2026-12-02T00:00:00Z");
    shard.at("2027-01-02T00:00:00Z");
    assertEquals("0", shard.sum("floor"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sum", "delta"})
  void windowsThatBeginAtOnceInTwoVersions_areTwoCharges(String aggregate) {
    String meter = METER.replace("sum", aggregate);
    Catalog first = catalog("2026-11-01", "1h\n    grace: 6h", meter, ENERGY);
    Catalog next = catalog("2026-11-10T02:00:00Z", "24h", meter, ENERGY);
    VersionedShard shard = new VersionedShard(0, first, next);
    shard.subscribe("2026-11-01T00:00:00Z", "");
    shard.use("2026-11-09T23:00:00Z", "2026-11-09T23:00:00Z", 0);
    shard.use("2026-11-10T00:10:00Z", "2026-11-10T00:10:00Z", 100);
    shard.use("2026-11-10T03:10:00Z", "2026-11-10T03:10:00Z", aggregate.equals("sum") ? 20 : 120);
    shard.at("2026-11-12T00:00:00Z");
    assertEquals("0.12", shard.sum("energy"));
    assertEquals(
        "[2026-11-10T00:00:00Z/2026-11-10T01:00:00Z 100,"
            + " 2026-11-10T00:00:00Z/2026-11-11T00:00:00Z 20]",
        shard.windows("energy").stream().filter(w -> !w.endsWith(" 0")).toList().toString());
  }

  /** 100 at the first price, 50 at the second, 20 more at the first: the third begins at 170. */
  @Test
  void thirdPrice_goesOnFromAllThatThePeriodHadUsed() {
    String tiers =
        "energy: {meter: energy, unit: Wh, graduated: [{to: 160, per-unit: %s},"
            + " {per-unit: 100}]}\n";
    VersionedShard shard =
        new VersionedShard(
            0,
            catalog("2026-11-01", "1h", METER, tiers.formatted("1")),
            catalog("2026-11-10", "1h", METER, tiers.formatted("2")),
            catalog("2026-11-20", "1h", METER, tiers.formatted("3")));
    shard.subscribe("2026-11-01T00:00:00Z", "");
    shard.use("2026-11-05T00:00:00Z", "2026-11-05T00:00:00Z", 100);
    shard.use("2026-11-15T00:00:00Z", "2026-11-15T00:00:00Z", 50);
    shard.use("2026-11-16T00:00:00Z", "2026-11-05T01:00:00Z", 20);
    shard.use("2026-11-25T00:00:00Z", "2026-11-25T00:00:00Z", 10);
    shard.at("2026-12-02T00:00:00Z");
    assertEquals("1220", shard.sum("energy"), "100 x 1 + 50 x 2 + 20 x 1 + 10 x 100");
  }

  /**
   * An event that is priced by itself needs no price of what came before it, which no long holds.
   */
  @Test
  void newPriceOfEvents_asksNotWhatFormerOnesCounted() {
    Catalog first =
        catalog(
            "2026-11-01",
            "event",
            "1h",
            METER,
            "energy: {meter: energy, per-unit: 0.00000001, unit: Wh}\n");
    Catalog next =
        catalog(
            "2026-11-20",
            "event",
            "1h",
            METER,
            "energy: {meter: energy, per-unit: 10, unit: Wh}\n");
    VersionedShard shard = new VersionedShard(0, first);
    shard.subscribe("2026-11-01T00:00:00Z", "");
    shard.use("2026-11-05T00:00:00Z", "2026-11-05T00:00:00Z", 1_000_000_000_000_000L);
    shard.adopt(first, next);
    shard.use("2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z", 1);
    shard.at("2026-12-02T00:00:00Z");
    assertEquals("10000010", shard.sum("energy"));
  }
}
