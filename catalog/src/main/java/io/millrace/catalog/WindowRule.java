package io.millrace.catalog;

import java.time.Duration;

/** When the usage of a subscription is sealed into one charge. */
public sealed interface WindowRule {

  /** Windows of a fixed length that divides a day, aligned to UTC; one minute to one day. */
  record Fixed(Duration length) implements WindowRule {
    public Fixed {
      if (!dividesDay(length)) {
        throw new IllegalArgumentException("a window divides a day: " + length);
      }
    }

    /** Whether a length can be a window: a minute or more, whole seconds, a day's whole part. */
    public static boolean dividesDay(Duration length) {
      long seconds = length.toSeconds();
      return length.getNano() == 0 && seconds >= 60 && seconds <= 86_400 && 86_400 % seconds == 0;
    }
  }

  /** One window a calendar day or month of the catalog's zone. */
  record Calendar(ChargeRule.Every every) implements WindowRule {}
}
