package io.millrace.catalog;

import io.millrace.catalog.Bands.Band;
import io.millrace.catalog.Bands.Hours;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what the bands of a charge hold, and the holidays that they may name. */
final class BandReader {
  /** The most bands of a charge. */
  static final int MOST = 16;

  private static final int MOST_HOURS = 24;
  private static final int MOST_HOLIDAYS = 2_000;
  private static final String HOLIDAYS = "holidays";
  static final Pattern HOURS =
      Pattern.compile("([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])");
  static final Map<String, Set<DayOfWeek>> DAYS = new LinkedHashMap<>();

  static {
    for (DayOfWeek day : DayOfWeek.values()) {
      DAYS.put(day.name().toLowerCase(Locale.ROOT), EnumSet.of(day));
    }
    DAYS.put("weekdays", EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY));
    DAYS.put("weekends", EnumSet.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY));
    DAYS.put(HOLIDAYS, EnumSet.noneOf(DayOfWeek.class));
  }

  private final Problems problems;
  private final Scalars scalars;
  private final WhereReader wheres;
  private final Set<LocalDate> holidays = new TreeSet<>();
  private boolean named;

  BandReader(Problems problems) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.wheres = new WhereReader(problems);
  }

  /** Reads the catalog's holidays, which all its bands share. */
  void holidays(Fields catalog) {
    List<Yaml> items = catalog.items(HOLIDAYS, "holidays: [2026-12-25]");
    if (items.size() > MOST_HOLIDAYS) {
      problems.add(
          catalog.entry(HOLIDAYS).key(),
          "too-many-holidays",
          "there are " + items.size() + " holidays",
          "Write " + MOST_HOLIDAYS + " at most");
      return;
    }
    for (Yaml item : items) {
      if (!(item instanceof Yaml.Scalar at)) {
        problems.add(item, "bad-type", "a holiday is a date", "Write dates like 2026-12-25");
        return;
      }
      try {
        if (!holidays.add(LocalDate.parse(at.text()))) {
          scalars.reject(at, "holiday-twice", "is a holiday already", "Keep one of them");
        }
      } catch (DateTimeException e) {
        scalars.reject(at, "bad-holiday", "is not a date", "Write a date like 2026-12-25");
      }
    }
  }

  /** The catalog's holidays. */
  Set<LocalDate> holidays() {
    return holidays;
  }

  /** Adds a problem where there are holidays, and no band asks for them. */
  void checkHolidays(Fields catalog) {
    if (!named && problems.none() && catalog.optional(HOLIDAYS) instanceof Yaml.Entry unused) {
      problems.add(
          unused.key(),
          "unused-holidays",
          "no band holds on holidays",
          "Remove them, or write 'days: holidays' in a band");
    }
  }

  /** What a band holds; null after adding a problem. */
  @Nullable Band band(Fields fields) {
    String name = scalars.name(fields.text("band", "band: peak"));
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    boolean everyDay = !fields.has("days");
    boolean onHolidays = false;
    if (everyDay) {
      days = EnumSet.allOf(DayOfWeek.class);
    }
    for (Yaml.Scalar at : words(fields, "days", "days: weekdays")) {
      Set<DayOfWeek> of = DAYS.get(at.text());
      if (of == null) {
        return scalars.reject(
            at, "unknown-day", "is no day", Spelling.fix(at.text(), DAYS.keySet()));
      }
      if (at.text().equals(HOLIDAYS)) {
        if (holidays.isEmpty()) {
          return scalars.reject(
              at,
              "no-holidays",
              "are not told: the catalog has none",
              "Add 'holidays: [2026-12-25]' to the catalog, or remove it here");
        }
        named = true;
        onHolidays = true;
      }
      days.addAll(of);
    }
    List<Hours> hours = new ArrayList<>();
    List<Yaml.Scalar> stretches = words(fields, "hours", "hours: 08:00-20:00");
    if (stretches.size() > MOST_HOURS) {
      return scalars.reject(
          stretches.get(MOST_HOURS),
          "too-many-hours",
          "is one stretch too many",
          "Write " + MOST_HOURS + " at most");
    }
    for (Yaml.Scalar at : stretches) {
      Hours read = hours(at);
      if (read == null) {
        return null;
      }
      hours.add(read);
    }
    boolean sound =
        (everyDay || !days.isEmpty() || onHolidays) && (!fields.has("hours") || !hours.isEmpty());
    List<Meter.Where> when = wheres.read(fields, WhereReader.WHEN);
    return name == null || !sound || when == null
        ? null
        : new Band(name, days, onHolidays, hours.isEmpty() ? List.of(Hours.ALL) : hours, when);
  }

  /** One word or a list of them; empty where there is no such key, or after adding a problem. */
  private List<Yaml.Scalar> words(Fields fields, String key, String example) {
    Yaml.Entry entry = fields.optional(key);
    if (entry == null) {
      return List.of();
    }
    if (entry.value() instanceof Yaml.Scalar) {
      Yaml.Scalar one = fields.text(key, example);
      return one == null ? List.of() : List.of(one);
    }
    List<Yaml.Scalar> words = new ArrayList<>();
    for (Yaml item : fields.items(key, example)) {
      if (!(item instanceof Yaml.Scalar word)) {
        problems.add(item, "bad-type", "'" + key + "' are words", "Write '" + example + "'");
        return List.of();
      }
      words.add(word);
    }
    if (words.isEmpty() && entry.value() instanceof Yaml.Sequence) {
      problems.add(
          entry.key(), "missing-value", "'" + key + "' is empty", "Write '" + example + "'");
    }
    return words;
  }

  private @Nullable Hours hours(Yaml.Scalar at) {
    Matcher hours = HOURS.matcher(at.text());
    if (!hours.matches()) {
      return badHours(at, "is no stretch of a day");
    }
    int from = minutes(hours.group(1), hours.group(2));
    int to = minutes(hours.group(3), hours.group(4));
    if (to > Bands.MINUTES || from == to || from >= Bands.MINUTES) {
      return badHours(at, "holds nothing of a day");
    }
    return from < to
        ? new Hours(from, to)
        : scalars.reject(
            at,
            "hours-over-midnight",
            "goes over midnight, where another day begins",
            "Write both parts: ["
                + at.text().substring(0, 6)
                + "24:00, 00:00"
                + at.text().substring(5)
                + "]");
  }

  private @Nullable Hours badHours(Yaml.Scalar at, String message) {
    return scalars.reject(at, "bad-hours", message, "Write hours like 08:00-20:00 or 20:00-24:00");
  }

  private static int minutes(String hours, String minutes) {
    return Integer.parseInt(hours) * 60 + Integer.parseInt(minutes);
  }

  /**
   * The bands of a charge; null after adding a problem.
   *
   * @param at where each stands
   * @param key of all of them
   */
  @Nullable Bands bands(List<Band> all, List<Yaml> at, Yaml.Scalar key) {
    Set<String> names = new TreeSet<>();
    Set<Integer> reached = Bands.reached(all);
    boolean sound = true;
    for (int i = 0; i < all.size(); i++) {
      if (!names.add(all.get(i).name())) {
        problems.add(
            at.get(i),
            "band-twice",
            "there is a band " + Problems.quote(all.get(i).name()) + " above",
            "Give each band a name of its own");
        sound = false;
      } else if (!reached.contains(i)) {
        problems.add(
            at.get(i),
            "never-reached",
            "the bands above hold all that it is for",
            "Move it up, or remove it");
        sound = false;
      }
    }
    Optional<String> uncovered = Bands.uncovered(all);
    if (uncovered.isPresent()) {
      problems.add(
          key,
          "band-gap",
          "no band holds "
              + uncovered.get()
              + (all.stream().allMatch(b -> b.when().isEmpty()) ? "" : " whatever the data"),
          "Add a last band without 'days', 'hours' and 'when': it has all that is left");
      sound = false;
    }
    return sound ? new Bands(all, holidays) : null;
  }
}
