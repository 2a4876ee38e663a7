package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.rating.Rules.AccountName;
import io.millrace.processors.shard.Effects.ChargeRow;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Charges that are shared otherwise than their offer. */
class OwnSharesTest {
  private static final String CATALOG =
      """
      catalog: own
      effective: 2026-11-02
      currency: EUR
      zone: UTC
      period: 24h
      meters:
        energy: {event: report, value: data.wh, unit: Wh, scale: 0, aggregate: sum}
      offers:
        home:
          scope: device
          window: 1h
          charges:
            energy: {meter: energy, per-unit: 0.000000083, unit: Wh}
            lease:
              recurring: 0.10
              every: day
              share:
                - {party: bank, tiers: [{to: 5, percent: 33.3333}, {percent: 1}], at-least: 9}
                - {party: us, remainder: true}
            fee: {recurring: 0.01, every: day}
      """;
  private static final String OFFERS =
      """
          share:
            - {party: maker, percent: 70}
            - {party: us, remainder: true}
      """;

  /** By account and line, what has been posted; credit is what a party gets. */
  private static Map<String, Long> sums(OneShard shard) {
    Map<Integer, String> names = new TreeMap<>();
    for (String kind : new String[] {"revenue", "shared"}) {
      names.put(OneShard.account(new AccountName(kind, "")), kind);
    }
    for (String party : new String[] {"bank", "us", "maker"}) {
      names.put(OneShard.account(new AccountName("partner", party)), party);
    }
    Map<String, Long> sums = new TreeMap<>();
    shard
        .postings()
        .forEach(
            p -> {
              String name = names.getOrDefault(p.account(), "customer");
              sums.merge(name + " " + p.name(), p.amount(), Long::sum);
            });
    sums.keySet().removeIf(k -> k.startsWith("customer") || k.startsWith("revenue"));
    sums.values().removeIf(v -> v == 0);
    return sums;
  }

  @Test
  void onlyTheChargeIsShared_whereItsOfferIsNot() {
    OneShard shard = new OneShard(CATALOG, "2026-11-02T00:00:00Z", "");
    shard.use("2026-11-02T12:00:00Z", "2026-11-02T12:00:00Z", 1_000_000);
    shard.at("2026-11-02T13:00:00Z");
    assertEquals(
        Map.of("bank lease", -33_333_300L, "us lease", -66_666_700L, "shared lease", 100_000_000L),
        sums(shard));
  }

  @Test
  void whatTheOfferShares_isAllThatItsChargesDontShareThemselves() {
    OneShard shard = new OneShard(CATALOG + OFFERS, "2026-11-02T00:00:00Z", "");
    shard.use("2026-11-02T12:00:00Z", "2026-11-02T12:00:00Z", 1_000_000);
    shard.at("2026-11-02T13:00:00Z");
    assertEquals(
        Map.of(
            "bank lease", -33_333_300L,
            "us lease", -66_666_700L,
            "shared lease", 100_000_000L,
            "maker ", -65_100_000L,
            "us ", -27_900_000L,
            "shared ", 93_000_000L),
        sums(shard));
  }

  /** However events are cut into windows and commits, each party has its part of the sum. */
  @Property(tries = 300)
  void partsOfAnyUse_areThoseOfItsSum(@ForAll long seed) {
    Random random = new Random(seed);
    OneShard shard = new OneShard(CATALOG + OFFERS, "2026-11-02T00:00:00Z", "");
    Instant now = Instant.parse("2026-11-02T00:00:00Z");
    Map<String, Long> charged = new TreeMap<>();
    for (int i = 0; i < 12; i++) {
      now = now.plusSeconds(random.nextInt(1, 5_000));
      Instant at = now.minusSeconds(random.nextInt(4_000)).isBefore(first()) ? first() : now;
      for (ChargeRow c : shard.use(now.toString(), at.toString(), random.nextInt(-40, 400))) {
        charged.merge(c.name().equals("lease") ? "lease" : "", c.amount(), Long::sum);
      }
    }
    Map<String, Long> sums = sums(shard);
    charged.forEach(
        (line, whole) -> {
          BigDecimal percent = new BigDecimal(line.isEmpty() ? "0.7" : "0.333333");
          long named =
              percent
                  .multiply(BigDecimal.valueOf(whole))
                  .setScale(0, RoundingMode.HALF_DOWN)
                  .longValueExact();
          assertEquals(whole, sums.getOrDefault("shared " + line, 0L));
          assertEquals(-named, sums.getOrDefault((line.isEmpty() ? "maker " : "bank ") + line, 0L));
          assertEquals(named - whole, sums.getOrDefault("us " + line, 0L));
        });
  }

  private static Instant first() {
    return Instant.parse("2026-11-02T00:00:00Z");
  }
}
