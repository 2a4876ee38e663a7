package io.millrace.ops.demo.generator;

import java.time.Duration;
import java.time.Instant;

/**
 * How much is published: each lamp reports once a simulated minute.
 *
 * @param lamps 1 to {@value #MAX_LAMPS}, numbered from 1
 * @param hours of simulated time, 1 to {@value #MAX_HOURS}
 * @param seed what the lamps draw and what goes wrong follows from it
 * @param start the first simulated minute
 */
public record Load(int lamps, int hours, long seed, Instant start) {

  public static final int MAX_LAMPS = 200_000;
  public static final int MAX_HOURS = 8_760;
  public static final int MAX_CONNECTIONS = 64;

  /** 2 November 2026, midnight in Madrid. */
  public static final Instant SMART_CITY_DAY = Instant.parse("2026-11-01T23:00:00Z");

  public Load {
    if (lamps < 1 || lamps > MAX_LAMPS) {
      throw new IllegalArgumentException("lamps are 1 to " + MAX_LAMPS + ": " + lamps);
    }
    if (hours < 1 || hours > MAX_HOURS) {
      throw new IllegalArgumentException("hours are 1 to " + MAX_HOURS + ": " + hours);
    }
    if (start.getNano() != 0 || start.getEpochSecond() % 60 != 0) {
      throw new IllegalArgumentException("a run starts at a full minute: " + start);
    }
  }

  /** Simulated minutes. */
  public int minutes() {
    return hours * 60;
  }

  /** How many MQTT connections the lamps share. */
  public int connections() {
    return Math.min(MAX_CONNECTIONS, lamps);
  }

  /** Length in simulated time. */
  public Duration length() {
    return Duration.ofHours(hours);
  }

  /** Good reports in all, each counted once. */
  public long reports() {
    return (long) lamps * minutes();
  }

  /** The CloudEvents subject of a lamp, by which the gateway knows it. */
  public static String subject(int lamp) {
    String digits = Integer.toString(lamp);
    return "lamp-" + "0".repeat(Math.max(0, 6 - digits.length())) + digits;
  }
}
