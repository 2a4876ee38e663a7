package io.millrace.catalog;

import io.millrace.catalog.CatalogTest.Use;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the events of a catalog's tests: their moment, type and data, and how often they come. */
final class UseReader {
  private static final int MOST_TIMES = 100_000;

  private final Problems problems;
  private final Scalars scalars;
  private final Catalog catalog;
  private final MomentReader moments;

  UseReader(Problems problems, Catalog catalog) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.catalog = catalog;
    this.moments = new MomentReader(problems, catalog.zone());
  }

  /** Adds the events that an item stands for; false after adding a problem. */
  boolean read(Yaml item, List<Use> to) {
    Fields fields = Fields.of(item, item, "an event", problems);
    if (fields == null) {
      return false;
    }
    String type = type(fields);
    Instant at = moments.read(fields.text("at", "at: 2026-11-02T10:00"));
    Integer times = times(fields.optionalText("times", "times: 60"));
    Yaml.Scalar everyAt = fields.optionalText("every", "every: 1m");
    Duration every = everyAt == null ? Duration.ZERO : scalars.length(everyAt, "'PT10S'");
    if (type == null || at == null || times == null || every == null) {
      return false;
    }
    Yaml.Scalar device = fields.optionalText("device", "device: sim-1");
    Map<String, Long> readings = readings(fields, item, type);
    if (readings == null) {
      return false;
    }
    for (int i = 0; i < times; i++) {
      to.add(
          new Use(
              CatalogTestReader.place(item),
              at.plus(every.multipliedBy(i)),
              type,
              device == null ? "" : device.text(),
              readings));
    }
    return true;
  }

  private @Nullable String type(Fields fields) {
    Set<String> types = new TreeSet<>();
    catalog.meters().values().forEach(m -> types.add(m.eventType()));
    if (types.size() == 1 && !fields.has("event")) {
      return types.iterator().next();
    }
    Yaml.Scalar at = fields.text("event", "event: " + String.join(" or ", types));
    return at == null || types.contains(at.text())
        ? (at == null ? null : at.text())
        : scalars.reject(
            at, "unknown-event", "is read by no meter", Spelling.fix(at.text(), types));
  }

  private @Nullable Integer times(Yaml.@Nullable Scalar at) {
    if (at == null) {
      return 1;
    }
    if (at.text().matches("[1-9][0-9]{0,5}") && Integer.parseInt(at.text()) <= MOST_TIMES) {
      return Integer.valueOf(at.text());
    }
    return scalars.reject(at, "bad-number", "is not a number of times", "Write 1 to " + MOST_TIMES);
  }

  private @Nullable Map<String, Long> readings(Fields fields, Yaml at, String type) {
    Map<String, Long> readings = new HashMap<>();
    Set<String> known = new TreeSet<>(Set.of("at", "event", "device", "times", "every"));
    for (Meter meter : meters()) {
      if (!meter.eventType().equals(type) || !meter.isRead()) {
        continue;
      }
      if (meter.tells()) {
        meter.alternatives().forEach(all -> all.forEach(w -> known.add(w.field())));
        readings.put(meter.name(), holding(meter.alternatives(), fields));
        continue;
      }
      meter.where().forEach(w -> known.add(w.field()));
      boolean counts = meter.aggregate() == Meter.Aggregate.COUNT;
      if (!counts) {
        known.add(meter.field());
      }
      if (meter.where().stream().allMatch(w -> holds(w, fields))) {
        Long reading =
            counts ? (Long) 1L : reading(fields.text(meter.field(), meter.field() + ": 5"), meter);
        if (reading == null) {
          return null;
        }
        readings.put(meter.name(), reading);
      }
    }
    fields.allow(known);
    return readings;
  }

  /** All that the catalog reads of events, also for the bands of its charges. */
  private Set<Meter> meters() {
    Set<Meter> all = new LinkedHashSet<>(catalog.meters().values());
    for (Offer offer : catalog.offers().values()) {
      for (ChargeRule charge : offer.charges()) {
        if (charge instanceof ChargeRule.Usage usage) {
          usage.telling().ifPresent(all::add);
        }
      }
    }
    return all;
  }

  private static Long holding(List<List<Meter.Where>> alternatives, Fields fields) {
    long holding = 0;
    for (int i = 0; i < alternatives.size(); i++) {
      List<Meter.Where> all = alternatives.get(i);
      if (!all.isEmpty() && all.stream().allMatch(w -> holds(w, fields))) {
        holding |= 1L << i;
      }
    }
    return holding;
  }

  /** FNV-1a; what a node makes of a text is another number, and as good as any. */
  private static Long fingerprint(String text) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001b3L;
    }
    return hash;
  }

  private static boolean holds(Meter.Where where, Fields fields) {
    Yaml.Scalar text = fields.optionalText(where.field(), where.field() + ": peak");
    return text != null && where.values().contains(text.text());
  }

  private @Nullable Long reading(Yaml.@Nullable Scalar at, Meter meter) {
    if (at != null
        && meter.aggregate() == Meter.Aggregate.UNIQUE
        && !at.text().matches("-?[0-9]{1,18}")) {
      return fingerprint(at.text());
    }
    BigDecimal value = scalars.signed(at);
    if (at == null || value == null) {
      return null;
    }
    BigDecimal scaled = value.movePointRight(meter.scale());
    if (meter.roundsFiner()) {
      scaled = scaled.setScale(0, RoundingMode.HALF_UP);
    }
    try {
      return scaled.longValueExact();
    } catch (ArithmeticException e) {
      return scalars.reject(
          at,
          "bad-quantity",
          "is finer or larger than the meter takes",
          "Write " + meter.scale() + " digits after the point at most");
    }
  }
}
