package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.rating.Rules.AccountName;
import io.millrace.processors.shard.Effects.ChargeRow;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What sponsors pay where versions of the catalog, periods and windows meet. */
class SponsoredVersionsTest {
  private static final int MAKER = OneShard.account(new AccountName("customer", "maker"));
  private static final int CITY = OneShard.account(new AccountName("customer", "city"));
  private static final int HOME = ShardKey.of(MAKER, 2);

  /** Days are periods, and months windows: late use of two days is sealed at once. */
  private static Catalog days(String effective, String sponsor, String more) {
    String text =
        """
        catalog: c
        effective: %s
        currency: EUR
        zone: UTC
        period: 24h
        meters:
          energy: {event: report, value: data.wh, unit: Wh, scale: 0, aggregate: sum}
        offers:
          home:
            scope: device
            window: month
            charges:
              energy: {meter: energy, unit: Wh, per-unit: 1%s}
        """
            .formatted(effective, sponsor);
    return switch (CatalogFile.read("c", (text + more).getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted a -> a.catalog();
      case CatalogFile.Result.Rejected r -> throw new AssertionError(r.problems());
    };
  }

  private static long charged(VersionedShard shard, int account) {
    return shard.charges().stream()
        .filter(c -> c.account() == account)
        .mapToLong(ChargeRow::amount)
        .sum();
  }

  @Test
  void lateUseOfTwoPeriodsInOneWindow_isPaidByTheSponsorOfEach() {
    Catalog first = days("2026-11-02", ", paid-by: maker", "");
    Catalog second = days("2026-11-03", ", paid-by: city", "");
    VersionedShard shard = new VersionedShard(HOME, first, second);
    shard.subscribe("2026-11-02T00:00:00Z", "");
    shard.at("2026-11-04T00:00:00Z", new Command.ClosePeriod(0), new Command.ClosePeriod(1));
    shard.use("2026-11-04T01:00:00Z", "2026-11-02T12:00:00Z", 5);
    shard.use("2026-11-04T02:00:00Z", "2026-11-03T12:00:00Z", 7);
    shard.use("2026-11-04T03:00:00Z", "2026-11-02T13:00:00Z", 1);
    shard.at("2026-11-05T00:00:00Z");
    long unit = 1_000_000_000;
    assertEquals(6 * unit, charged(shard, MAKER) + sent(shard, MAKER));
    assertEquals(7 * unit, charged(shard, CITY) + sent(shard, CITY));
    assertEquals(0, charged(shard, 2_000));
    assertEquals(0, shard.owed(2_000));
  }

  private static long sent(VersionedShard shard, int account) {
    return shard.messages().stream()
        .map(m -> (ShardMessage.Sponsored) m.message())
        .filter(m -> m.account() == account)
        .mapToLong(ShardMessage.Sponsored::amount)
        .sum();
  }

  @Test
  void aLineOfAPeriodsEnd_isOfTheVersionThatPricedItAlsoElsewhere() {
    String minimum = "      least: {minimum: 3, of: energy, paid-by: maker}\n";
    Catalog first = days("2026-11-02", "", minimum);
    Catalog second = days("2026-11-03", "", minimum.replace("3,", "4,"));
    VersionedShard away = new VersionedShard(1 - HOME, first, second);
    away.subscribe("2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z");
    away.at("2026-11-03T00:00:00Z");
    VersionedShard home = new VersionedShard(HOME, first, second);
    Effects.MessageRow sent = away.messages().getFirst();
    home.at("2026-11-03T00:00:01Z", new Command.Received(1 - HOME, 2, sent.n(), sent.message()));
    assertEquals(
        List.of(first.hash()),
        home.charges().stream().map(ChargeRow::catalog).toList(),
        "the hash of the version that it was charged under");
  }

  @Test
  void anOfferOfManyChargesOverItsVersions_mixesUpNoLines() {
    Catalog[] versions =
        IntStream.range(0, 5)
            .mapToObj(
                v ->
                    VersionedShard.catalog(
                        "2026-11-0%d".formatted(v + 1),
                        "1h",
                        "energy: {event: report, value: data.wh, unit: Wh, scale: 0,"
                            + " aggregate: sum}",
                        IntStream.range(0, 60)
                            .mapToObj(c -> "c" + v + "-" + c)
                            .map(c -> c + ": {meter: energy, unit: Wh, per-unit: 1}\n")
                            .collect(Collectors.joining())))
            .toArray(Catalog[]::new);
    VersionedShard shard = new VersionedShard(0, versions[0]);
    shard.adopt(versions);
    shard.subscribe("2026-11-01T00:00:00Z", "");
    shard.use("2026-11-05T01:00:00Z", "2026-11-05T01:00:00Z", 1);
    List<AccountView.Line> lines = shard.view(2_000).lines();
    assertEquals(60, lines.size());
    assertTrue(
        lines.stream().allMatch(l -> l.offer().equals("home") && l.charge().startsWith("c4-")),
        lines::toString);
    assertTrue(Sponsoring.PAID_BY_OTHERS > io.millrace.catalog.Succession.MOST_CHARGES);
  }
}
