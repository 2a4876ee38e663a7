package io.millrace.processors.settlement;

import java.util.Locale;

/** Where a delivery stands. */
public enum DeliveryState {
  /** To be posted. */
  QUEUED,
  /** Being posted; after a crash the same as {@link #UNKNOWN}. */
  SENT,
  /** The receiver holds it. */
  ACKNOWLEDGED,
  /** The receiver refused it for good. */
  REFUSED,
  /** It may or may not have arrived: read before anything is posted again. */
  UNKNOWN,
  /** Tried as often as the policy allows. */
  GIVEN_UP;

  /** As stored and printed: {@code given-up}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The state of a code that {@link #code} printed. */
  public static DeliveryState of(String code) {
    return valueOf(code.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** Whether nothing more happens to it by itself. */
  public boolean isFinal() {
    return this == ACKNOWLEDGED || this == REFUSED || this == GIVEN_UP;
  }
}
