package io.millrace.catalog;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How events become a quantity.
 *
 * @param name unique in the catalog
 * @param eventType the CloudEvents {@code type} it reads
 * @param field the member of the event's {@code data} that holds the reading; empty for {@link
 *     Aggregate#COUNT}
 * @param unit the unit of a reading; of a level, what one comes to in a second
 * @param scale decimal digits kept of a reading; quantities are integers of {@code unit} ×
 *     10^-scale
 * @param aggregate how readings add up
 * @param roundsFiner whether a reading finer than {@code scale} is rounded half up; otherwise it is
 *     refused as {@code bad-quantity}
 * @param counter how a running counter is read; {@link Counter#PLAIN} for other meters
 * @param slots the short slots of time whose sums are told apart; null for other meters
 * @param holdsFor for how long a level holds at most, in whole seconds; zero for other meters
 * @param where what must hold for an event to be read at all, each of it; empty where all are
 * @param parts the meters of a {@link #bundle}; empty for other meters
 * @param alternatives empty but for {@link #telling one that tells} which of them hold
 */
public record Meter(
    String name,
    String eventType,
    String field,
    Unit unit,
    int scale,
    Aggregate aggregate,
    boolean roundsFiner,
    Counter counter,
    @Nullable Slots slots,
    Duration holdsFor,
    List<Where> where,
    List<List<Where>> alternatives,
    List<Part> parts) {

  /** The largest {@link #scale}: a reading of 10^9 units still fits a {@code long}. */
  public static final int MAX_SCALE = 9;

  /** How readings add up to a quantity. */
  public enum Aggregate {
    /** The readings' sum. */
    SUM,
    /** The number of events. */
    COUNT,
    /** What a running counter has advanced by, from each reading to the next one in time. */
    DELTA,
    /** What a level comes to over time, from each reading to the next one in time. */
    TIME_WEIGHTED,
    /** The largest reading of a settlement period, 0 at least. */
    MAX,
    /** The last reading of a settlement period, by its moment. */
    LATEST,
    /** How many different values a settlement period has: texts, or whole numbers. */
    UNIQUE,
    /** What the sums of short slots of time exceed a baseline by. */
    BURST,
    /** That sum of a short slot which a percentage of a settlement period's slots don't exceed. */
    PERCENTILE;

    /** Whether readings, or events, just add up. */
    boolean addsUp() {
      return switch (this) {
        case SUM, COUNT -> true;
        case MAX, LATEST, UNIQUE, DELTA, TIME_WEIGHTED, BURST, PERCENTILE -> false;
      };
    }

    /** Whether a reading says something by those before it only, so that devices can't share it. */
    boolean isOfOneDevice() {
      return switch (this) {
        case DELTA, TIME_WEIGHTED, LATEST -> true;
        case SUM, COUNT, MAX, UNIQUE, BURST, PERCENTILE -> false;
      };
    }
  }

  /**
   * How a running counter is read.
   *
   * @param first what a subscription's first reading counts for
   * @param reset what a reading below the one before it, by {@code occurredAt}, counts for
   * @param rollsOverAt what follows the counter's largest reading as 0, in scaled integers; 0 for a
   *     counter that doesn't roll over
   */
  public record Counter(First first, Reset reset, long rollsOverAt) {

    /** Begins with a baseline, counts from zero after a reset, never rolls over. */
    public static final Counter PLAIN = new Counter(First.BASELINE, Reset.FROM_ZERO, 0);

    public Counter {
      if (rollsOverAt < 0) {
        throw new IllegalArgumentException("a counter rolls over above 0: " + rollsOverAt);
      }
    }
  }

  /**
   * Short slots of time, counted from the settlement period's first moment, each with the sum of
   * the readings in it.
   *
   * @param length of a slot
   * @param above what a slot's sum must exceed to count, in scaled integers; 0 for a percentile
   * @param percent of the slots that a percentile is not exceeded in, 1 to 99; 0 for a burst
   */
  public record Slots(Duration length, long above, int percent) {

    /** Slots of a settlement period, at most: a month of five minutes. */
    public static final int MOST = 9_000;

    /** The slot of a moment, by that moment's time since the period's first one. */
    public int of(long sinceStart) {
      return Math.toIntExact(sinceStart / length.toMillis());
    }

    /** How many slots a period has, a begun one included. */
    public int in(long periodMillis) {
      return of(periodMillis + length.toMillis() - 1);
    }
  }

  /**
   * A text in an event that must be one of a few; a number or boolean is the text it is written as.
   *
   * @param field the member of the event's {@code data} that holds it
   * @param values at least one
   */
  public record Where(String field, List<String> values) {
    public Where {
      values = List.copyOf(values);
    }
  }

  /** What a subscription's first reading of a counter counts for. */
  public enum First {
    /** Nothing: it is what the next one is counted from. */
    BASELINE,
    /** All of it: the counter began at zero with the subscription. */
    FROM_ZERO
  }

  /** What a counter's reading below the one before it counts for. */
  public enum Reset {
    /** All of it: the counter began at zero since. */
    FROM_ZERO,
    /** Nothing: it is what the next one is counted from. */
    IGNORE,
    /** Nothing yet: the event goes to suspense as {@code counter-reset}. */
    SUSPEND
  }

  /** A meter of readings that add up, or of events. */
  public Meter(
      String name,
      String eventType,
      String field,
      Unit unit,
      int scale,
      Aggregate aggregate,
      boolean roundsFiner) {
    this(
        name,
        eventType,
        field,
        unit,
        scale,
        aggregate,
        roundsFiner,
        Counter.PLAIN,
        null,
        Duration.ZERO,
        List.of(),
        List.of(),
        List.of());
  }

  /**
   * What the bands of a charge ask of events' data, as a meter that no file writes: its reading of
   * an event is the number in which bit i is set where alternative i asks for something and all of
   * that holds.
   *
   * @param alternatives 63 at most
   */
  public static Meter telling(String eventType, List<List<Where>> alternatives) {
    return new Meter(
        "which of " + alternatives,
        eventType,
        "",
        Unit.of("each").orElseThrow(),
        0,
        Aggregate.COUNT,
        false,
        Counter.PLAIN,
        null,
        Duration.ZERO,
        List.of(),
        alternatives,
        List.of());
  }

  /**
   * A meter of a bundle.
   *
   * @param meter whose readings add up, or that counts
   * @param times what one of its scaled integers counts for in the bundle's, more than 0
   */
  public record Part(Meter meter, long times) {}

  /**
   * What several meters come to together, in credits, as a meter of a charge alone.
   *
   * @param parts one at least
   * @param scale decimal digits kept of a credit
   */
  static Meter bundle(List<Part> parts, int scale) {
    return new Meter(
        parts.stream().map(p -> p.meter.name).sorted().collect(Collectors.joining(" + ")),
        "",
        "",
        Unit.of(Unit.CREDIT).orElseThrow(),
        scale,
        Aggregate.SUM,
        false,
        Counter.PLAIN,
        null,
        Duration.ZERO,
        List.of(),
        List.of(),
        parts);
  }

  /** The meters whose events it reads: its parts, or itself. */
  public List<Meter> read() {
    return parts.isEmpty() ? List.of(this) : parts.stream().map(Part::meter).toList();
  }

  /** Whether what counts does so from one reading to the next, at the moment of that. */
  public boolean isBetweenReadings() {
    return aggregate == Aggregate.DELTA || aggregate == Aggregate.TIME_WEIGHTED;
  }

  /** Whether it tells which alternatives hold, and measures nothing. */
  public boolean tells() {
    return !alternatives.isEmpty();
  }

  /** The same meter of a counter that is read so. */
  Meter with(Counter read) {
    return with(read, slots, holdsFor, where);
  }

  /** The same meter of slots that are told apart so. */
  Meter with(Slots told) {
    return with(counter, told, holdsFor, where);
  }

  /** The same meter of a level that holds so long at most. */
  Meter with(Duration longest) {
    return with(counter, slots, longest, where);
  }

  /** The same meter of these events only. */
  Meter with(List<Where> only) {
    return with(counter, slots, holdsFor, only);
  }

  private Meter with(Counter read, @Nullable Slots told, Duration longest, List<Where> only) {
    return new Meter(
        name,
        eventType,
        field,
        unit,
        scale,
        aggregate,
        roundsFiner,
        read,
        told,
        longest,
        only,
        alternatives,
        parts);
  }

  /** Whether an event must carry a number for it, or a text that says whether it is read. */
  public boolean isRead() {
    return aggregate != Aggregate.COUNT || !where.isEmpty() || tells();
  }

  public Meter {
    where = List.copyOf(where);
    parts = List.copyOf(parts);
    alternatives = alternatives.stream().map(List::copyOf).toList();
    if (scale < 0 || scale > MAX_SCALE) {
      throw new IllegalArgumentException("a meter's scale is 0 to " + MAX_SCALE + ": " + scale);
    }
  }

  /**
   * A quantity as this meter counts it: in integers of its unit × 10^-scale.
   *
   * @param of what {@code quantity} is in; of the meter's dimension
   * @return empty where the quantity lies between two of them
   */
  public Optional<BigInteger> steps(BigDecimal quantity, Unit of) {
    BigDecimal[] parts =
        quantity
            .multiply(BigDecimal.valueOf(of.factor()))
            .movePointRight(scale)
            .divideAndRemainder(BigDecimal.valueOf(unit.factor()));
    return parts[1].signum() == 0 ? Optional.of(parts[0].toBigIntegerExact()) : Optional.empty();
  }
}
