package io.millrace.catalog;

import io.millrace.catalog.Meter.Where;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The bands that a price depends on: which of them hold is told by the wall clock of the catalog's
 * zone at the event's {@code occurredAt}, and by members of its data. The first band that holds an
 * event has it, and each event has one, whatever its data. An hour that the clock shows twice is
 * twice in its band; one that it leaves out is in none.
 *
 * @param all in the file's order
 * @param holidays the catalog's
 */
public record Bands(List<Band> all, Set<LocalDate> holidays) {
  /** Minutes of a day as the wall clock counts them. */
  public static final int MINUTES = 24 * 60;

  /** Days of the week, and as many that are holidays too. */
  private static final int KINDS_OF_DAY = 14;

  /** Kinds of data that a band is tried with, at most. */
  private static final int MOST_TRIED = 4_096;

  /**
   * A stretch of the week, of all events or some.
   *
   * @param name unique among its charge's bands
   * @param days of the week on which it holds
   * @param onHolidays whether it holds on every holiday, whatever day of the week that is
   * @param hours of those days
   * @param when what must hold of an event's data, each of it; empty where nothing must
   */
  public record Band(
      String name, Set<DayOfWeek> days, boolean onHolidays, List<Hours> hours, List<Where> when) {
    public Band {
      when = List.copyOf(when);
      days = days.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(days));
      hours = List.copyOf(hours);
    }

    boolean holds(DayOfWeek day, boolean holiday, int minute) {
      if (days.contains(day) || (onHolidays && holiday)) {
        for (Hours each : hours) {
          if (minute >= each.from && minute < each.to) {
            return true;
          }
        }
      }
      return false;
    }
  }

  /**
   * Hours of a day as the wall clock shows them.
   *
   * @param from minutes since midnight
   * @param to minutes since midnight, not included; 1,440 is the day's end
   */
  public record Hours(int from, int to) {
    /** A whole day. */
    public static final Hours ALL = new Hours(0, MINUTES);

    public Hours {
      if (from < 0 || from >= to || to > MINUTES) {
        throw new IllegalArgumentException("hours from " + from + " to " + to);
      }
    }
  }

  /**
   * One of some bands.
   *
   * @param index of it
   */
  public record One(Bands bands, int index) {

    /** The band. */
    public Band band() {
      return bands.all.get(index);
    }
  }

  public Bands {
    all = List.copyOf(all);
    holidays = Collections.unmodifiableSet(new TreeSet<>(holidays));
    if (uncovered(all).isPresent()) {
      throw new IllegalArgumentException("no band holds " + uncovered(all).get());
    }
  }

  /**
   * The bands that hold a minute of the wall clock, bit i for band i, whatever data they ask for.
   */
  public int holding(LocalDate date, int minute) {
    int holding = 0;
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).holds(date.getDayOfWeek(), holidays.contains(date), minute)) {
        holding |= 1 << i;
      }
    }
    return holding;
  }

  /** The bands that ask nothing of an event's data, bit i for band i. */
  public int ofAll() {
    int some = 0;
    for (int i = 0; i < all.size(); i++) {
      some |= all.get(i).when.isEmpty() ? 1 << i : 0;
    }
    return some;
  }

  /** What each band asks of an event's data; empty where none asks for anything. */
  public List<List<Where>> alternatives() {
    return all.stream().allMatch(b -> b.when.isEmpty())
        ? List.of()
        : all.stream().map(Band::when).toList();
  }

  private static int first(
      List<Band> all, DayOfWeek day, boolean holiday, int minute, Map<String, String> data) {
    for (int i = 0; i < all.size(); i++) {
      Band band = all.get(i);
      if (band.holds(day, holiday, minute)
          && band.when.stream()
              .allMatch(w -> w.values().contains(data.getOrDefault(w.field(), "")))) {
        return i;
      }
    }
    return -1;
  }

  /**
   * The minutes of a day at which another band may begin, the first of them 0: from one to the next
   * nothing changes.
   */
  public static List<Integer> changes(List<Band> all) {
    TreeSet<Integer> minutes = new TreeSet<>(Set.of(0));
    for (Band band : all) {
      for (Hours each : band.hours) {
        minutes.add(each.from);
        minutes.add(each.to);
      }
    }
    minutes.remove(MINUTES);
    return List.copyOf(minutes);
  }

  /**
   * A moment of the week at which no band holds an event without any data, in words; empty where
   * one does at each: then one does of any event.
   */
  static Optional<String> uncovered(List<Band> all) {
    for (int kind = 0; kind < KINDS_OF_DAY; kind++) {
      for (int minute : changes(all)) {
        if (first(all, day(kind), isHoliday(kind), minute, Map.of()) < 0) {
          return Optional.of(words(day(kind), isHoliday(kind), minute));
        }
      }
    }
    return Optional.empty();
  }

  /** The bands that hold some event of some week, when those before them have had theirs. */
  static Set<Integer> reached(List<Band> all) {
    Set<Integer> reached = new TreeSet<>();
    for (int i = 0; i < all.size(); i++) {
      if (isReached(all, i)) {
        reached.add(i);
      }
    }
    return reached;
  }

  /** Of all events that it asks for those with no other member are held by the fewest bands. */
  private static boolean isReached(List<Band> all, int band) {
    List<Map<String, String>> asked = data(all.get(band).when);
    for (int kind = 0; kind < KINDS_OF_DAY; kind++) {
      for (int minute : changes(all)) {
        if (all.get(band).holds(day(kind), isHoliday(kind), minute)) {
          for (Map<String, String> data : asked) {
            if (first(all, day(kind), isHoliday(kind), minute, data) == band) {
              return true;
            }
          }
        }
      }
    }
    return false;
  }

  /** All data of no other members that is asked for, or some of it where that is too much. */
  private static List<Map<String, String>> data(List<Where> when) {
    List<Map<String, String>> all = List.of(Map.of());
    for (Where where : when) {
      List<Map<String, String>> more = new ArrayList<>();
      for (Map<String, String> before : all) {
        for (String value : where.values()) {
          Map<String, String> one = new HashMap<>(before);
          one.put(where.field(), value);
          if (more.size() < MOST_TRIED) {
            more.add(one);
          }
        }
      }
      all = more;
    }
    return all;
  }

  private static DayOfWeek day(int kind) {
    return DayOfWeek.of(1 + kind % 7);
  }

  private static boolean isHoliday(int kind) {
    return kind >= 7;
  }

  private static String words(DayOfWeek day, boolean holiday, int minute) {
    return (holiday ? "a holiday, " : "")
        + day.name().toLowerCase(Locale.ROOT)
        + " "
        + clock(minute);
  }

  private static String clock(int minute) {
    return (minute < 600 ? "0" : "")
        + minute / 60
        + ":"
        + (minute % 60 < 10 ? "0" : "")
        + minute % 60;
  }
}
