package io.millrace.tests.badinput;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** The lamps that one source's rows report of; no row reports of another's unless it says so. */
final class Lamps {
  /** Lamps of one source. */
  static final int EACH = 1_000;

  /** Those of which a row takes the next, when it is sent. */
  private static final int FIRST_OF_ROWS = 500;

  /** Since when the lamps are there. */
  static final Instant START = Instant.parse("2026-11-01T23:00:00Z");

  /** 40 days on: the lamps are older than the horizon, and so can their events be. */
  static final long NOW = START.toEpochMilli() + 40L * 86_400_000;

  private final int first;
  private int next = FIRST_OF_ROWS;

  /**
   * Of a source.
   *
   * @param number of the source, from 0
   */
  Lamps(int number) {
    this.first = number * EACH;
  }

  /** The number of one of its lamps, from 1. */
  int lamp(int number) {
    return first + number;
  }

  /** One that nobody knows. */
  int unknown() {
    return 900_000 + first;
  }

  /** A good report of a lamp of which nothing was heard. */
  byte[] report() {
    return report(lamp(next++), 1, NOW, "0.412").getBytes(StandardCharsets.UTF_8);
  }

  /** A report. */
  static String report(int lamp, int id, long at, String wh) {
    return """
    {"specversion":"1.0","id":"%d","source":"/city/lamps","type":"lamp.report",\
    "subject":"%s","time":"%s","datacontenttype":"application/json",\
    "data":{"wh":%s,"lux":130,"fault":0}}\
    """
        .formatted(id, subject(lamp), Instant.ofEpochMilli(at), wh);
  }

  /** What a lamp is called. */
  static String subject(int lamp) {
    return "lamp-%06d".formatted(lamp);
  }
}
