package io.millrace.catalog;

import io.millrace.catalog.Meter.Aggregate;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the meters of a bundle: what one of each of their units counts for, in credits. */
final class BundleReader {
  /** The word for them. */
  static final String WORD = "meters";

  private static final String EXAMPLE = "meters: {door-opened: 1, camera-minutes: 10}";

  /** Meters of a bundle, at most. */
  private static final int MOST = 16;

  private final Problems problems;
  private final Scalars scalars;
  private final Set<String> meterNames;
  private final Map<String, Meter> meters;

  private record Weighed(Meter meter, BigDecimal credits) {}

  BundleReader(Problems problems, Set<String> meterNames, Map<String, Meter> meters) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.meterNames = meterNames;
    this.meters = meters;
  }

  /** The bundle as one meter, in credits; null after adding a problem, or for a meter's own. */
  @Nullable Meter read(Fields charge) {
    Yaml.Entry entry = charge.entry(WORD);
    Fields fields = Fields.of(entry.value(), entry.key(), "'" + WORD + "'", problems);
    if (fields == null) {
      return null;
    }
    int count = fields.entries().size();
    if (count == 0 || count > MOST) {
      problems.add(
          entry.key(),
          "bad-bundle",
          "there are " + count + " meters",
          "Write 1 to " + MOST + ", like '" + EXAMPLE + "'");
      return null;
    }
    List<Weighed> all = new ArrayList<>();
    for (Yaml.Entry each : fields.entries()) {
      Weighed weighed = weighed(each, fields);
      if (weighed != null) {
        all.add(weighed);
      }
    }
    return all.size() == count ? bundle(all, entry.key()) : null;
  }

  private @Nullable Weighed weighed(Yaml.Entry each, Fields fields) {
    String name = each.key().text();
    Yaml.Scalar at = fields.text(name, name + ": 1");
    BigDecimal credits = scalars.decimal(at, Meter.MAX_SCALE);
    if (!meterNames.contains(name)) {
      return scalars.reject(
          each.key(), "unknown-meter", "is not a meter", Spelling.fix(name, meterNames));
    }
    Meter meter = meters.get(name);
    if (at == null || credits == null || meter == null) {
      return null;
    }
    if (credits.signum() == 0) {
      return scalars.reject(at, "bound-of-nothing", "is nothing", "Write more than 0");
    }
    boolean adds = meter.aggregate() == Aggregate.SUM || meter.aggregate() == Aggregate.COUNT;
    return adds && !meter.unit().dimension().equals(Unit.MONEY)
        ? new Weighed(meter, credits.stripTrailingZeros())
        : scalars.reject(
            each.key(),
            "bad-bundle",
            "does not just add up, or measures money",
            "Write meters of 'aggregate: sum' or 'count', or charge it by itself");
  }

  /** Of so many digits that each part counts for whole steps. */
  private @Nullable Meter bundle(List<Weighed> all, Yaml.Scalar key) {
    int scale = 0;
    for (Weighed each : all) {
      scale = Math.max(scale, each.meter.scale() + Math.max(each.credits.scale(), 0));
    }
    List<Meter.Part> parts = new ArrayList<>();
    for (Weighed each : all) {
      BigInteger times =
          each.credits.movePointRight(scale - each.meter.scale()).toBigIntegerExact();
      if (scale > Meter.MAX_SCALE || times.bitLength() >= Long.SIZE) {
        problems.add(
            key,
            "bad-bundle",
            "the meter "
                + Problems.quote(each.meter.name())
                + " counts for credits of more digits than can be kept",
            "Lower the meters' 'scale', or write credits of fewer digits");
        return null;
      }
      parts.add(new Meter.Part(each.meter, times.longValueExact()));
    }
    return Meter.bundle(parts, scale);
  }
}
