package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of allowances as they are used. Periods are days, quantities MB. */
class TellingTest {

  private static OneShard shard(String aggregate) {
    return new OneShard(
        """
        catalog: told
        effective: 2026-11-02
        currency: EUR
        zone: UTC
        period: 24h
        meters:
          used: {event: report, value: data.v, unit: MB, scale: 0, aggregate: %s}
        offers:
          thing:
            scope: device
            window: 1h
            allowances:
              - {allowance: gift, included: 10, unit: MB, of: used}
              - {allowance: plan, included: 15, unit: MB, of: used, tell: [100, 50, 1]}
            charges:
              used: {meter: used, unit: MB, per-unit: 0.10}
        """
            .formatted(aggregate),
        "2026-11-02T00:00:00Z",
        "");
  }

  private static String told(OneShard shard) {
    return shard.notices().stream().map(Notice::once).collect(Collectors.joining(" "));
  }

  /** The marks are 11 (1 %), 18 (50 %, rounded up to what can be used) and 25 MB. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          10           | ''
          11           | 1
          10 1 6       | 1
          10 1 7       | 1 50
          25           | 1 50 100
          24 1 1 1     | 1 50 100
          11 -1 1      | 1 1
          30 -30 17    | 1 50 100 1
          -30          | ''
          """)
  void use_tellsOfTheMarksItReaches(String readings, String percents) {
    OneShard shard = shard("sum");
    for (String reading : readings.split(" ")) {
      shard.use("2026-11-02T06:00:00Z", "2026-11-02T05:00:00Z", Long.parseLong(reading));
    }
    String expected =
        percents.isEmpty()
            ? ""
            : List.of(percents.split(" ")).stream()
                .map(p -> "used:7:thing:used:plan:0:" + p)
                .collect(Collectors.joining(" "));
    assertEquals(expected, told(shard));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-02T23:59:59.999Z, used:7:thing:used:plan:0:1",
    "2026-11-03T00:00:00Z, used:7:thing:used:plan:1:1",
  })
  void eachPeriod_hasItsOwn(String at, String expected) {
    OneShard shard = shard("sum");
    shard.use("2026-11-03T00:30:00Z", at, 12);
    assertEquals(expected, told(shard));
  }

  @ParameterizedTest
  @CsvSource({"true, ''", "false, used:7:thing:used:plan:0:1"})
  void closedPeriod_isNoNews(boolean closed, String expected) {
    OneShard shard = shard("sum");
    if (closed) {
      shard.close(0);
    }
    shard.at("2026-11-03T00:30:00Z");
    shard.use("2026-11-03T00:31:00Z", "2026-11-02T05:00:00Z", 12);
    assertEquals(expected, told(shard));
  }

  @ParameterizedTest
  @CsvSource({
    "max, used:7:thing:used:plan:0:1 used:7:thing:used:plan:0:50",
    "latest, used:7:thing:used:plan:0:1 used:7:thing:used:plan:0:50"
  })
  void readingsThatDontAddUp_tellAsWell(String aggregate, String expected) {
    OneShard shard = shard(aggregate);
    shard.use("2026-11-02T06:00:00Z", "2026-11-02T05:00:00Z", 12);
    shard.use("2026-11-02T06:00:00Z", "2026-11-02T05:01:00Z", 20);
    assertEquals(expected, told(shard));
  }
}
