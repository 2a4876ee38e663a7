package io.millrace.catalog;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The bands that a price depends on: which one holds is told by the wall clock of the catalog's
 * zone at the event's {@code occurredAt}. The first band that holds a moment has it, and each
 * moment has one. An hour that the clock shows twice is twice in its band; one that it leaves out
 * is in none.
 *
 * @param all in the file's order
 * @param holidays the catalog's
 */
public record Bands(List<Band> all, Set<LocalDate> holidays) {
  /** Minutes of a day as the wall clock counts them. */
  public static final int MINUTES = 24 * 60;

  /** Days of the week, and as many that are holidays too. */
  private static final int KINDS_OF_DAY = 14;

  /**
   * A stretch of the week.
   *
   * @param name unique among its charge's bands
   * @param days of the week on which it holds
   * @param onHolidays whether it holds on every holiday, whatever day of the week that is
   * @param hours of those days
   */
  public record Band(String name, Set<DayOfWeek> days, boolean onHolidays, List<Hours> hours) {
    public Band {
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

  /** Which band holds a minute of the wall clock. */
  public int indexOf(LocalDate date, int minute) {
    return first(all, date.getDayOfWeek(), holidays.contains(date), minute);
  }

  private static int first(List<Band> all, DayOfWeek day, boolean holiday, int minute) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).holds(day, holiday, minute)) {
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

  /** A moment of the week that no band holds, in words; empty where each has one. */
  static Optional<String> uncovered(List<Band> all) {
    for (int kind = 0; kind < KINDS_OF_DAY; kind++) {
      for (int minute : changes(all)) {
        if (first(all, day(kind), isHoliday(kind), minute) < 0) {
          return Optional.of(words(day(kind), isHoliday(kind), minute));
        }
      }
    }
    return Optional.empty();
  }

  /** The bands that hold some moment of some week, when those before them have had theirs. */
  static Set<Integer> reached(List<Band> all) {
    Set<Integer> reached = new TreeSet<>();
    for (int kind = 0; kind < KINDS_OF_DAY; kind++) {
      for (int minute : changes(all)) {
        reached.add(first(all, day(kind), isHoliday(kind), minute));
      }
    }
    return reached;
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
