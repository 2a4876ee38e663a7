package io.millrace.catalog;

import java.time.Duration;

/**
 * How settlement periods follow each other, numbered from 0 at the first catalog's effective date.
 */
public sealed interface PeriodRule {

  /** Calendar days or months in the catalog's zone; period 0 holds the effective date. */
  record Calendar(ChargeRule.Every every) implements PeriodRule {}

  /** Periods of one fixed length, the first one starting at the effective date. */
  record Fixed(Duration length) implements PeriodRule {
    public Fixed {
      if (!allows(length)) {
        throw new IllegalArgumentException("a period is a minute to 366 days: " + length);
      }
    }

    /** Whether a length can be a period: whole seconds, from a minute to 366 days. */
    public static boolean allows(Duration length) {
      return length.getNano() == 0
          && length.toSeconds() >= 60
          && length.compareTo(Duration.ofDays(366)) <= 0;
    }
  }
}
