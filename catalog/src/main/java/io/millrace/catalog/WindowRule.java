package io.millrace.catalog;

import java.time.Duration;

/** When the usage of a subscription is sealed into one charge. */
public sealed interface WindowRule {

  /** Windows of a fixed length that divides a day, aligned to UTC; one minute to one day. */
  record Fixed(Duration length) implements WindowRule {
    public Fixed {
      long seconds = length.toSeconds();
      if (seconds < 60 || seconds > 86_400 || 86_400 % seconds != 0) {
        throw new IllegalArgumentException("a window divides a day: " + length);
      }
    }
  }

  /** One window a calendar day or month of the catalog's zone. */
  record Calendar(ChargeRule.Every every) implements WindowRule {}
}
