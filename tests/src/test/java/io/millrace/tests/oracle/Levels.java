package io.millrace.tests.oracle;

import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a level comes to, as a person would find who looks at the clock every second: what the last
 * report said counts for that second, if it is not too long ago.
 *
 * @param period {@code month} or {@code day} of the zone, or a length in hours, {@code 24h}, which
 *     is counted from midnight in UTC
 * @param holds for how long a report is believed, milliseconds
 */
public record Levels(String period, ZoneId zone, long holds) {
  private static final long SECOND = 1_000;

  /** A report, with the level in steps. */
  public record Report(long at, long level) {}

  /** The period that holds a time, by a name that sorts. */
  public String periodOf(long at) {
    Instant when = Instant.ofEpochMilli(at);
    return switch (period) {
      case "month" -> when.atZone(zone).toLocalDate().toString().substring(0, 7);
      case "day" -> when.atZone(zone).toLocalDate().toString();
      default -> {
        int hours = Integer.parseInt(period.replace("h", ""));
        var clock = when.atZone(ZoneOffset.UTC);
        yield clock.toLocalDate() + " " + clock.getHour() / hours;
      }
    };
  }

  /** Steps times seconds, by period. */
  public Map<String, BigInteger> comesTo(List<Report> reports) {
    List<Report> sorted = new ArrayList<>(reports);
    sorted.sort(Comparator.comparingLong(Report::at).thenComparingLong(Report::level));
    Map<String, BigInteger> sums = new TreeMap<>();
    for (int i = 0; i + 1 < sorted.size(); i++) {
      Report report = sorted.get(i);
      long end = Math.min(sorted.get(i + 1).at, report.at + holds);
      long second = Math.floorDiv(report.at, SECOND);
      long last = Math.floorDiv(end, SECOND);
      while (second < last) {
        // Periods begin on the hour, so that up to the next one all seconds are of one.
        long next = Math.min(last, (Math.floorDiv(second, 1_800) + 1) * 1_800);
        BigInteger more =
            BigInteger.valueOf(report.level).multiply(BigInteger.valueOf(next - second));
        sums.merge(periodOf(second * SECOND), more, BigInteger::add);
        second = next;
      }
    }
    return sums;
  }
}
