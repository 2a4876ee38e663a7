package io.millrace.tests.pricing;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.rating.Rules;
import io.millrace.tests.oracle.Shape;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Draws bands that ask for members of events and for hours, and events that have some of them. */
final class AnyAttributes {
  private static final ZoneId ZONE = ZoneId.of("Europe/Madrid");
  private static final long START = Instant.parse("2026-03-01T00:00:00Z").toEpochMilli();
  private static final long MONTHS = 92L * 86_400_000;
  private static final List<String> MEMBERS = List.of("op", "zone", "rank");

  /** As bands ask for them, and as an event says them, some in two ways and some in none. */
  private static final List<String> ASKED = List.of("x", "é\"y", "true", "7", "-0.5");

  private static final List<String> SAID =
      List.of(
          "\"x\"",
          "\"\\u0078\"",
          "\"é\\\"y\"",
          "true",
          "\"true\"",
          "7",
          "\"7\"",
          "-0.5",
          "7.0",
          "false",
          "\"X\"",
          "null",
          "{\"x\": \"x\"}",
          "\"\"");

  private static final List<String> MEANT =
      List.of("x", "x", "é\"y", "true", "true", "7", "7", "-0.5", "7.0", "false", "X", "", "", "");

  private final Random random;
  private final String aggregate;
  private final List<Band> bands = new ArrayList<>();
  private final Rules rules;
  private String yaml = "";

  /** Hours are of the day; null where it holds all day. */
  private record Band(
      String name,
      Map<String, List<String>> when,
      @Nullable LocalTime from,
      @Nullable LocalTime to,
      Shape shape) {}

  /**
   * An event.
   *
   * @param says what it has, by member, as an index of what can be said
   */
  record Event(int id, long at, long reading, Map<String, Integer> says) {

    Event saying(Map<String, Integer> other) {
      return new Event(id, at, reading, other);
    }

    String json() {
      String data =
          says.entrySet().stream()
              .map(e -> "\"" + e.getKey() + "\": " + SAID.get(e.getValue()) + ", ")
              .collect(Collectors.joining());
      return """
      {"specversion": "1.0", "id": "%d", "source": "s", "type": "e", "subject": "d",\
       "time": "%s", "data": {%s"v": %s}}\
      """
          .formatted(
              id, Instant.ofEpochMilli(at), data, BigDecimal.valueOf(reading, 3).toPlainString());
    }
  }

  AnyAttributes(long seed) {
    random = new Random(seed);
    aggregate = List.of("sum", "sum", "max", "latest").get(random.nextInt(4));
    Optional<Rules> drawn = Optional.empty();
    while (drawn.isEmpty()) {
      bands.clear();
      int n = 1 + random.nextInt(4);
      for (int i = 0; i < n; i++) {
        bands.add(band("b" + i));
      }
      bands.add(new Band("rest", Map.of(), null, null, shape()));
      drawn = compile();
    }
    rules = drawn.get();
  }

  private Shape shape() {
    BigDecimal price = BigDecimal.valueOf(1 + random.nextInt(1_000_000), 10);
    return Shape.perUnit(price, BigDecimal.valueOf(1_000_000), 9);
  }

  private Band band(String name) {
    Map<String, List<String>> when = new TreeMap<>();
    for (String member : MEMBERS) {
      if (random.nextInt(5) < 2) {
        List<String> values = new ArrayList<>(ASKED);
        values.removeIf(v -> random.nextInt(3) > 0);
        if (!values.isEmpty()) {
          when.put(member, values);
        }
      }
    }
    if (random.nextBoolean()) {
      return new Band(name, when, null, null, shape());
    }
    LocalTime from = LocalTime.of(random.nextInt(12), 30 * random.nextInt(2));
    return new Band(name, when, from, from.plusHours(1 + random.nextInt(11)), shape());
  }

  private Optional<Rules> compile() {
    StringBuilder all = new StringBuilder();
    for (Band band : bands) {
      List<String> keys = new ArrayList<>(List.of("band: " + band.name));
      if (!band.when.isEmpty()) {
        keys.add(
            band.when.entrySet().stream()
                .map(
                    e ->
                        "data.%s: [%s]"
                            .formatted(
                                e.getKey(),
                                e.getValue().stream()
                                    .map(v -> "'" + v + "'")
                                    .collect(Collectors.joining(", "))))
                .collect(Collectors.joining(", ", "when: {", "}")));
      }
      if (band.from != null) {
        keys.add("hours: " + band.from + "-" + band.to);
      }
      keys.add("per-unit: " + band.shape.tiers().getFirst().each().toPlainString());
      all.append("          - {").append(String.join(", ", keys)).append("}\n");
    }
    yaml =
        """
        catalog: attributes
        effective: 2020-01-01
        currency: EUR
        zone: %s
        meters:
          used: {event: e, value: data.v, unit: Wh, scale: 3, aggregate: %s}
        offers:
          thing:
            scope: device
            window: day
            charges:
              used:
                meter: used
                unit: kWh
                bands:
        %s\
        """
            .formatted(ZONE, aggregate, all);
    return switch (CatalogFile.read("a.yaml", yaml.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted(Catalog catalog) ->
          Optional.of(Rules.compile(1, 4, catalog, n -> 1));
      case CatalogFile.Result.Rejected rejected -> {
        if (!rejected.problems().stream().allMatch(p -> p.code().equals("never-reached"))) {
          throw new AssertionError(rejected.problems() + "\n" + yaml);
        }
        yield Optional.empty();
      }
    };
  }

  Rules rules() {
    return rules;
  }

  /** Of either sign, often of a few kinds and moments, so that bands and moments meet. */
  Event event(int id) {
    Map<String, Integer> says = new TreeMap<>();
    for (String member : MEMBERS) {
      if (random.nextInt(4) > 0) {
        says.put(member, random.nextInt(random.nextBoolean() ? 3 : SAID.size()));
      }
    }
    long at = START + random.nextLong(MONTHS);
    at = random.nextInt(3) == 0 ? at / 1_800_000 * 1_800_000 - random.nextInt(2) : at;
    return new Event(id, at, random.nextLong(10_000_000_000L) - 3_000_000_000L, says);
  }

  /** What each band comes to in each period, as a person with a pencil would find. */
  Map<String, BigInteger> expected(List<Event> events, LongToIntFunction periods) {
    Map<String, BigInteger> totals = new TreeMap<>();
    Map<String, Event> last = new TreeMap<>();
    Map<String, BigInteger> expected = new TreeMap<>();
    for (Event event : events) {
      Band band = bandOf(event);
      String key = "used." + band.name + " in " + periods.applyAsInt(event.at);
      BigInteger reading = BigInteger.valueOf(event.reading);
      switch (aggregate) {
        case "sum" -> totals.merge(key, reading, BigInteger::add);
        case "max" -> totals.merge(key, reading.max(BigInteger.ZERO), BigInteger::max);
        default -> {
          Event before = last.get(key);
          if (before == null
              || before.at < event.at
              || before.at == event.at && before.reading < event.reading) {
            last.put(key, event);
            totals.put(key, reading);
          }
        }
      }
      expected.put(key, band.shape.priceOf(totals.get(key)));
    }
    expected.values().removeIf(amount -> amount.signum() == 0);
    return expected;
  }

  private Band bandOf(Event event) {
    LocalTime clock = Instant.ofEpochMilli(event.at).atZone(ZONE).toLocalTime();
    for (Band band : bands) {
      boolean holds = band.from == null || !clock.isBefore(band.from) && clock.isBefore(band.to);
      for (Map.Entry<String, List<String>> asked : band.when.entrySet()) {
        Integer said = event.says.get(asked.getKey());
        holds &= said != null && asked.getValue().contains(MEANT.get(said));
      }
      if (holds) {
        return band;
      }
    }
    throw new AssertionError("the last band holds all");
  }

  @Override
  public String toString() {
    return yaml;
  }
}
