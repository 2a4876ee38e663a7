package io.millrace.ops.demo.generator;

/** What is wrong with a report that can't be charged. The order is part of what a seed means. */
public enum Flaw {
  /** Cut off in the middle, as by a lost radio frame. */
  CUT("malformed"),
  /** A reading that no JSON parser takes. */
  NOT_A_NUMBER("malformed"),
  /** A reading in words. */
  WRONG_TYPE("bad-quantity"),
  /** No id, so no identity. */
  NO_ID("malformed"),
  /** A reading finer than the meter. */
  TOO_FINE("bad-quantity"),
  /** A report without a time of its own. */
  NO_TIME("no-time"),
  /** A whole report of a lamp that nobody subscribed; drawn apart from the others. */
  UNKNOWN_LAMP("unknown-device");

  private static final Flaw[] ALL = values();

  private final String reason;

  Flaw(String reason) {
    this.reason = reason;
  }

  /** The code under which it must be suspended. */
  public String reason() {
    return reason;
  }

  static Flaw of(int ordinal) {
    return ALL[ordinal];
  }
}
