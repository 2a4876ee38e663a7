package io.millrace.tests.pricing;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.rating.Rules;
import io.millrace.tests.oracle.Shape;
import io.millrace.tests.oracle.When;
import io.millrace.tests.oracle.When.Band;
import io.millrace.tests.oracle.When.Hours;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Draws bands of a zone, and times near to where its clocks are changed and its bands begin. */
final class AnyBands {
  /** Clocks that go by half an hour, by a day, over midnight, backwards in summer, or never. */
  private static final List<String> ZONES =
      List.of(
          "Europe/Madrid",
          "America/New_York",
          "Australia/Lord_Howe",
          "Pacific/Apia",
          "America/Sao_Paulo",
          "Africa/Casablanca",
          "Asia/Kathmandu",
          "Europe/Dublin",
          "UTC");

  private static final Instant EFFECTIVE = Instant.parse("2009-06-01T00:00:00Z");
  private static final long DAYS = 365 * 12;

  private final Random random;
  private final ZoneId zone;
  private final Set<LocalDate> holidays = new TreeSet<>();
  private final List<Band> bands = new ArrayList<>();
  private final List<Shape> shapes = new ArrayList<>();
  private final List<Instant> changes = new ArrayList<>();
  private final StringBuilder yaml = new StringBuilder();
  private final Rules rules;

  AnyBands(long seed) {
    random = new Random(seed);
    zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
    for (Instant at = EFFECTIVE; changes.size() < 30; ) {
      ZoneOffsetTransition next = zone.getRules().nextTransition(at);
      if (next == null) {
        break;
      }
      at = next.getInstant();
      changes.add(at);
    }
    int n = random.nextInt(3) == 0 ? 1 : 3;
    for (int i = 0; i < 20; i++) {
      holidays.add(LocalDate.ofInstant(Instant.ofEpochMilli(time()), zone));
    }
    rules = draw(n);
  }

  /** Draws until each band is reached, which a catalog refuses to be without. */
  private Rules draw(int n) {
    while (true) {
      bands.clear();
      shapes.clear();
      yaml.setLength(0);
      boolean asked = false;
      for (int i = 0; i < n - 1; i++) {
        asked |= band("b" + i, i == 0 ? 0.5 : 0.1);
      }
      last("b" + (n - 1));
      Optional<Rules> drawn = compile(asked);
      if (drawn.isPresent()) {
        return drawn.get();
      }
    }
  }

  private boolean band(String name, double festive) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    List<String> words = new ArrayList<>();
    boolean onHolidays = random.nextDouble() < festive;
    for (DayOfWeek day : DayOfWeek.values()) {
      if (random.nextBoolean()) {
        days.add(day);
        words.add(day.name().toLowerCase(Locale.ROOT));
      }
    }
    if (onHolidays) {
      words.add("holidays");
    }
    if (words.isEmpty()) {
      days.add(DayOfWeek.MONDAY);
      words.add("monday");
    }
    int from = 15 * random.nextInt(90);
    int to = from + 15 * (1 + random.nextInt((1_440 - from) / 15));
    Hours hours = new Hours(LocalTime.ofSecondOfDay(from * 60L), to == 1_440 ? null : clock(to));
    bands.add(new Band(name, days, onHolidays, List.of(hours)));
    String until = to == 1_440 ? "24:00" : clock(to).toString();
    price("{band: " + name + ", days: " + words + ", hours: " + hours.from() + "-" + until + ", ");
    return onHolidays;
  }

  private void last(String name) {
    Hours all = new Hours(LocalTime.MIN, null);
    bands.add(new Band(name, EnumSet.allOf(DayOfWeek.class), false, List.of(all)));
    price("{band: " + name + ", ");
  }

  private static LocalTime clock(int minutes) {
    return LocalTime.ofSecondOfDay(minutes * 60L);
  }

  private void price(String begin) {
    BigDecimal price = BigDecimal.valueOf(random.nextInt(1_000_000), 10);
    shapes.add(Shape.perUnit(price, BigDecimal.valueOf(1_000_000), 9));
    yaml.append("        - ").append(begin).append("per-unit: ");
    yaml.append(price.toPlainString()).append("}\n");
  }

  private Optional<Rules> compile(boolean asked) {
    String dates = holidays.stream().map(LocalDate::toString).collect(Collectors.joining(", "));
    String text =
        """
        catalog: bands
        effective: %s
        currency: EUR
        zone: %s
        period: month
        %smeters:
          used: {event: e, value: data.v, unit: Wh, scale: 3, aggregate: sum}
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
            .formatted(
                EFFECTIVE,
                zone,
                asked ? "holidays: [" + dates + "]\n" : "",
                yaml.toString().indent(2));
    return switch (CatalogFile.read("bands.yaml", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted(Catalog catalog) ->
          Optional.of(Rules.compile(1, 4, catalog, n -> 1));
      case CatalogFile.Result.Rejected rejected -> {
        if (!rejected.problems().stream().allMatch(p -> p.code().equals("never-reached"))) {
          throw new AssertionError(rejected.problems() + "\n" + text);
        }
        yield Optional.empty();
      }
    };
  }

  Rules rules() {
    return rules;
  }

  int size() {
    return bands.size();
  }

  /** The name of the charge of a band. */
  String name(int band) {
    return "used." + bands.get(band).name();
  }

  When when(int band) {
    return new When(zone, bands, holidays, band);
  }

  Shape shape(int band) {
    return shapes.get(band);
  }

  /** Every other one near a change of the clocks; many on a quarter of an hour, or just before. */
  long time() {
    long day = 86_400_000;
    long at =
        !changes.isEmpty() && random.nextBoolean()
            ? changes.get(random.nextInt(changes.size())).toEpochMilli()
                + random.nextLong(2 * day)
                - day
            : EFFECTIVE.toEpochMilli() + day + random.nextLong(DAYS * day);
    return switch (random.nextInt(3)) {
      case 0 -> Math.floorDiv(at, 900_000) * 900_000;
      case 1 -> Math.floorDiv(at, 900_000) * 900_000 - 1;
      default -> at;
    };
  }

  /** Of either sign. */
  long reading() {
    return random.nextLong(10_000_000_000L) - 1_000_000_000L;
  }

  @Override
  public String toString() {
    return zone + " " + holidays + "\n" + yaml;
  }
}
