package io.millrace.tests.oracle;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When a price holds, as a person with a clock on the wall and a calendar would tell: the bands are
 * gone through from the first on, and the first that fits is the one.
 *
 * @param bands of one price, in their order
 * @param own the band that is asked for
 */
public record When(ZoneId zone, List<Band> bands, Set<LocalDate> holidays, int own) {

  /**
   * Some hours of some days; {@code onHolidays} adds the holidays to the days.
   *
   * @param zones of these only, as an event says; of all, and of what says none, where empty
   */
  public record Band(
      String name, Set<DayOfWeek> days, boolean onHolidays, List<Hours> hours, Set<String> zones) {

    /** A band of the clock alone. */
    public Band(String name, Set<DayOfWeek> days, boolean onHolidays, List<Hours> hours) {
      this(name, days, onHolidays, hours, Set.of());
    }
  }

  /** From and with a time of the clock up to another, or to the end of the day. */
  public record Hours(LocalTime from, @Nullable LocalTime to) {}

  /** Whether it is the band's turn for what says no zone. */
  public boolean holds(long at) {
    return holds(at, "");
  }

  /** Whether it is the band's turn for what says this zone. */
  boolean holds(long at, String ofZone) {
    ZonedDateTime wall = Instant.ofEpochMilli(at).atZone(zone);
    LocalTime clock = wall.toLocalTime();
    boolean holiday = holidays.contains(wall.toLocalDate());
    for (int i = 0; i < bands.size(); i++) {
      Band band = bands.get(i);
      boolean said = band.zones.isEmpty() || band.zones.contains(ofZone);
      boolean day = band.days.contains(wall.getDayOfWeek()) || (band.onHolidays && holiday);
      for (Hours h : band.hours) {
        if (said && day && !clock.isBefore(h.from) && (h.to == null || clock.isBefore(h.to))) {
          return i == own;
        }
      }
    }
    return false;
  }
}
