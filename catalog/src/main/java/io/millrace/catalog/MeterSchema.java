package io.millrace.catalog;

import static io.millrace.catalog.CatalogSchema.TEXT;
import static io.millrace.catalog.CatalogSchema.node;
import static io.millrace.catalog.CatalogSchema.object;
import static io.millrace.catalog.CatalogSchema.oneOf;
import static io.millrace.catalog.CatalogSchema.oneOfKinds;
import static io.millrace.catalog.CatalogSchema.pattern;
import static io.millrace.catalog.CatalogSchema.ref;
import static io.millrace.catalog.CatalogSchema.sorted;
import static io.millrace.catalog.CatalogSchema.string;
import static io.millrace.catalog.CatalogSchema.wordOrWords;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The part of a catalog's schema that says what a meter is, and in what it is measured. */
final class MeterSchema {
  private MeterSchema() {}

  static Map<String, Object> meter() {
    Map<String, Object> values = new TreeMap<>();
    values.put("event", pattern(MeterReader.EVENT_TYPE.pattern()));
    values.put("value", string(MeterReader.VALUE.pattern()));
    values.put("unit", unit());
    values.put("scale", node("type", "integer", "minimum", 0, "maximum", Meter.MAX_SCALE));
    values.put("aggregate", oneOf(MeterReader.AGGREGATES.keySet()));
    values.put("finer", oneOf(MeterReader.FINER.keySet()));
    values.put(WhereReader.WORD, where());
    values.put("first", oneOf(CounterReader.FIRST.keySet()));
    values.put("reset", oneOf(CounterReader.RESET.keySet()));
    values.put("rolls-over-at", ref("number"));
    values.put(LevelReader.WORD, TEXT);
    values.put("every", TEXT);
    values.put("above", ref("number"));
    values.put("percentile", node("type", "integer", "minimum", 1, "maximum", 99));
    Set<String> reading = new TreeSet<>(MeterReader.KEYS);
    reading.removeAll(CounterReader.KEYS);
    reading.removeAll(SlotsReader.KEYS);
    reading.remove(LevelReader.WORD);
    Set<String> advancing = new TreeSet<>(reading);
    advancing.addAll(CounterReader.KEYS);
    Set<String> counting = new TreeSet<>(reading);
    counting.remove("value");
    Map<String, Object> counts = node("properties", Map.of("aggregate", oneOf(Set.of("count"))));
    counts.put("propertyNames", oneOf(counting));
    Set<String> others = new TreeSet<>(MeterReader.AGGREGATES.keySet());
    others.removeAll(Set.of("count", "delta", "time-weighted", "unique", "burst", "percentile"));
    Map<String, Object> reads = node("properties", Map.of("aggregate", oneOf(others)));
    reads.put("required", List.of("unit", "value"));
    reads.put("propertyNames", oneOf(reading));
    Map<String, Object> advances = node("properties", Map.of("aggregate", oneOf(Set.of("delta"))));
    advances.put("required", List.of("unit", "value"));
    advances.put("propertyNames", oneOf(advancing));
    Map<String, Object> differs = node("properties", Map.of("aggregate", oneOf(Set.of("unique"))));
    differs.put("required", List.of("value"));
    differs.put("propertyNames", oneOf(reading));
    return oneOfKinds(
        object(MeterReader.KEYS, Set.of("event", "aggregate"), values),
        List.of(
            counts,
            reads,
            advances,
            differs,
            measured("time-weighted", LevelReader.WORD),
            slots("burst", "above"),
            slots("percentile", "percentile")));
  }

  private static Map<String, Object> slots(String aggregate, String own) {
    return measured(aggregate, "every", own);
  }

  private static Map<String, Object> measured(String aggregate, String... own) {
    Map<String, Object> meter = node("properties", Map.of("aggregate", oneOf(Set.of(aggregate))));
    Set<String> keys = new TreeSet<>(MeterReader.KEYS);
    keys.removeAll(CounterReader.KEYS);
    keys.removeAll(SlotsReader.KEYS);
    keys.remove(LevelReader.WORD);
    keys.addAll(List.of(own));
    Set<String> needed = new TreeSet<>(List.of(own));
    needed.addAll(Set.of("unit", "value"));
    meter.put("required", sorted(needed));
    meter.put("propertyNames", oneOf(keys));
    return meter;
  }

  static Map<String, Object> where() {
    return node(
        "type",
        "object",
        "minProperties",
        1,
        "propertyNames",
        string(MeterReader.VALUE.pattern()),
        "additionalProperties",
        wordOrWords(TEXT));
  }

  static Map<String, Object> unit() {
    return Map.of(
        "anyOf",
        List.of(
            Map.of("enum", Unit.ALL.stream().map(Unit::symbol).toList()),
            pattern(
                Unit.ALL.stream().map(Unit::symbol).collect(Collectors.joining("|", "(", ")"))
                    + new TreeSet<>(Unit.SECONDS.keySet())
                        .stream().collect(Collectors.joining("|", "(", ")"))),
            pattern("[A-Z]{3}")));
  }
}
