package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.shard.Effects.ChargeRow;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A window waits for what is on its way; what comes later adds to it. */
class GraceTest {
  private static final String CATALOG =
      """
      catalog: patient
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
          grace: 90m
          charges:
            energy: {meter: energy, per-unit: 0.001, unit: Wh}
      """;

  /** Day and hour of the window, whether it adds to one that was sealed, events, quantity. */
  private static List<String> lines(List<ChargeRow> rows) {
    return rows.stream()
        .map(
            c ->
                Instant.ofEpochMilli(c.windowStart()).toString().substring(8, 13)
                    + (c.delta() ? "+" : "")
                    + " x"
                    + c.events()
                    + " "
                    + c.quantity())
        .toList();
  }

  private static OneShard shard() {
    return new OneShard(CATALOG, "2026-11-02T00:00:00Z", "");
  }

  @Test
  void useOnItsWayAsTheWindowEnds_isSealedWithIt() {
    OneShard shard = shard();
    shard.use("2026-11-02T08:30:00Z", "2026-11-02T08:30:00Z", 1);
    shard.use("2026-11-02T09:10:00Z", "2026-11-02T08:59:59.999Z", 2);
    shard.use("2026-11-02T10:29:59Z", "2026-11-02T08:00:00Z", 4);
    assertEquals(List.of(), lines(shard.at("2026-11-02T10:29:59.999Z")));
    assertEquals(List.of("02T08 x3 7"), lines(shard.at("2026-11-02T10:30:00Z")));
  }

  @Test
  void firstUseWithinTheGrace_opensTheWindowItself() {
    OneShard shard = shard();
    shard.use("2026-11-02T09:10:00Z", "2026-11-02T08:30:00Z", 1);
    assertEquals(List.of("02T08 x1 1"), lines(shard.at("2026-11-02T10:30:00Z")));
  }

  @Test
  void useAfterTheGrace_addsToItsWindowAsTheOneThatIsOpenThenIsSealed() {
    OneShard shard = shard();
    shard.use("2026-11-02T08:30:00Z", "2026-11-02T08:30:00Z", 1);
    assertEquals(List.of("02T08 x1 1"), lines(shard.at("2026-11-02T10:30:00Z")));
    shard.use("2026-11-02T10:30:00Z", "2026-11-02T08:40:00Z", 2);
    shard.use("2026-11-02T10:40:00Z", "2026-11-02T10:40:00Z", 4);
    assertEquals(List.of(), lines(shard.at("2026-11-02T12:29:59Z")));
    assertEquals(List.of("02T08+ x1 2", "02T10 x1 4"), lines(shard.at("2026-11-02T12:30:00Z")));
  }

  @Test
  void endOfThePeriod_endsTheGrace() {
    OneShard shard = shard();
    shard.use("2026-11-02T23:30:00Z", "2026-11-02T23:30:00Z", 1);
    assertEquals(List.of("02T23 x1 1"), lines(shard.at("2026-11-03T00:00:00Z")));
    shard.use("2026-11-03T00:10:00Z", "2026-11-02T23:40:00Z", 2);
    assertEquals(List.of("02T23+ x1 2"), lines(shard.at("2026-11-03T02:30:00Z")));
  }
}
