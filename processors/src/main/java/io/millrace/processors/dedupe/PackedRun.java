package io.millrace.processors.dedupe;

import io.millrace.processors.dedupe.DedupeWindow.Verdict;

/**
 * The shape of a run in one long: how many numbers (24 bits), the milliseconds from one to the next
 * (27), and how many seconds any of them lies off the line at most (13). And what follows from it.
 */
final class PackedRun {

  static final long DAY_MILLIS = 86_400_000;

  /** How far from its line an event may lie and still join the run, at least; milliseconds. */
  static final long TOLERANCE_MILLIS = 300_000;

  /**
   * How far beyond a run's error a time may lie and still be a redelivery, at most; milliseconds.
   */
  static final long MAX_SLACK_MILLIS = 1_800_000;

  private static final int COUNT_BITS = 24;
  private static final int STEP_BITS = 27;
  private static final int ERROR_BITS = 13;
  static final int MAX_COUNT = (1 << COUNT_BITS) - 1;
  static final int MAX_ERROR = (1 << ERROR_BITS) - 1;

  private PackedRun() {}

  static long pack(int count, int step, int error) {
    return (long) count << STEP_BITS + ERROR_BITS | (long) step << ERROR_BITS | error;
  }

  static int countOf(long shape) {
    return (int) (shape >>> STEP_BITS + ERROR_BITS);
  }

  static int stepOf(long shape) {
    return (int) (shape >>> ERROR_BITS) & (1 << STEP_BITS) - 1;
  }

  static int errorOf(long shape) {
    return (int) shape & MAX_ERROR;
  }

  /**
   * What a time that lies so many milliseconds off the line says of a number that is in the run.
   */
  static Verdict judge(long deviation, int step, int error) {
    long slack = Math.min(step / 4, MAX_SLACK_MILLIS);
    return Math.abs(deviation) <= error * 1_000L + slack ? Verdict.DUPLICATE : Verdict.REUSED;
  }

  /** The largest error of a run with this step; milliseconds. */
  static long tolerance(long step) {
    return Math.clamp(step / 4, TOLERANCE_MILLIS, MAX_ERROR * 1_000L);
  }

  /** Rounded up: an error is a bound. */
  static int seconds(long millis) {
    return (int) Math.ceilDiv(millis, 1_000L);
  }

  /** The UTC day of a time, from 1970-01-01. */
  static int day(long time) {
    return (int) Math.floorDiv(time, DAY_MILLIS);
  }
}
