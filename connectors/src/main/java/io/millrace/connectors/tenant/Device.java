package io.millrace.connectors.tenant;

import java.time.Instant;
import java.util.Optional;

/**
 * A device to be charged.
 *
 * @param subject its name, as in its events
 * @param account the customer's name
 * @param offer the offer's name
 * @param from first moment
 * @param to first moment after, if it ends
 */
public record Device(
    String subject, String account, String offer, Instant from, Optional<Instant> to) {

  /** The longest subject. */
  public static final int LONGEST = 256;

  public Device {
    if (subject.isBlank() || subject.length() > LONGEST || account.isBlank() || offer.isBlank()) {
      throw new IllegalArgumentException(
          "a device has a subject (1 to 256 characters), an account and an offer");
    }
    if (to.isPresent() && !to.get().isAfter(from)) {
      throw new IllegalArgumentException("a device ends after it begins");
    }
  }
}
