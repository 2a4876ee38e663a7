package io.millrace.catalog;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads what a catalog's events unlock. */
final class FeatureReader {
  static final String WORD = "features";
  static final Set<String> KEYS = new TreeSet<>(Set.of("meter", "for"));

  private final Problems problems;
  private final Scalars scalars;
  private final Map<String, Meter> meters;
  private final Set<String> meterNames;

  /**
   * A reader.
   *
   * @param meters those without a problem
   * @param meterNames also those that have one, which is told already
   */
  FeatureReader(Problems problems, Map<String, Meter> meters, Set<String> meterNames) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.meters = meters;
    this.meterNames = meterNames;
  }

  void read(Fields catalog, Map<String, Feature> features) {
    Yaml.Entry entry = catalog.optional(WORD);
    Fields found =
        entry == null ? null : Fields.of(entry.value(), entry.key(), "'features'", problems);
    if (entry == null || found == null) {
      return;
    }
    if (found.entries().size() > Feature.MOST) {
      problems.add(
          entry.key(),
          "too-many-features",
          "the catalog has " + found.entries().size() + " features",
          "Write " + Feature.MOST + " at most");
    }
    for (Yaml.Entry each : found.entries()) {
      Feature feature = feature(each);
      if (feature != null) {
        features.put(feature.name(), feature);
      }
    }
  }

  private @Nullable Feature feature(Yaml.Entry entry) {
    String what = "the feature " + Problems.quote(entry.key().text());
    Fields fields = Fields.of(entry.value(), entry.key(), what, problems);
    if (fields == null) {
      return null;
    }
    fields.allow(KEYS);
    String name = scalars.name(entry.key());
    Meter meter = meter(fields.text("meter", "meter: navigation"));
    Duration validity = validity(fields.text("for", "for: 720h"));
    return name == null || meter == null || validity == null
        ? null
        : new Feature(name, meter, validity);
  }

  private @Nullable Meter meter(Yaml.@Nullable Scalar at) {
    if (at == null) {
      return null;
    }
    Meter meter = meters.get(at.text());
    if (meter == null) {
      return meterNames.contains(at.text())
          ? null
          : scalars.reject(
              at, "unknown-meter", "is not a meter", Spelling.fix(at.text(), meterNames));
    }
    return Feature.isUnlocking(meter)
        ? meter
        : scalars.reject(
            at,
            "unlocked-by-no-count",
            "does not count all events of its type",
            "Name a meter with 'aggregate: count' and without 'where'");
  }

  private @Nullable Duration validity(Yaml.@Nullable Scalar at) {
    Duration length = at == null ? null : scalars.length(at, "720h for 30 days");
    if (at == null || length == null) {
      return null;
    }
    return length.compareTo(Feature.SHORTEST) >= 0 && length.compareTo(Feature.LONGEST) <= 0
        ? length
        : scalars.reject(
            at, "validity-out-of-range", "is not how long a feature lasts", "Write 1m to 8784h");
  }
}
