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
 * @param group of the account, where the offer's devices share in groups; empty where none is named
 */
public record Device(
    String subject,
    String account,
    String offer,
    Instant from,
    Optional<Instant> to,
    String group) {

  /** A device of no group. */
  public Device(String subject, String account, String offer, Instant from, Optional<Instant> to) {
    this(subject, account, offer, from, to, "");
  }

  /** The longest subject. */
  public static final int LONGEST = 256;

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  public Device {
    if (subject.isBlank() || subject.length() > LONGEST || account.isBlank() || offer.isBlank()) {
      throw new IllegalArgumentException(
          "a device has a subject (1 to 256 characters), an account and an offer");
    }
    if (!isName(subject) || !isName(account)) {
      throw new IllegalArgumentException(
          "a device's subject and account have no control characters, as no event's subject has");
    }
    if (!group.isEmpty() && (group.length() > LONGEST || !isName(group))) {
      throw new IllegalArgumentException(
          "a device's group has 1 to 256 characters, none of them control characters");
    }
    // What the database can't store would be refused in the commit, and held up all that is in it.
    if (from.isBefore(EARLIEST) || from.isAfter(LATEST)) {
      throw new IllegalArgumentException("a device begins in a year from 1 to 9999");
    }
    if (to.isPresent() && to.get().isAfter(LATEST)) {
      throw new IllegalArgumentException("a device ends by the year 9999; leave it out for never");
    }
    if (to.isPresent() && !to.get().isAfter(from)) {
      throw new IllegalArgumentException("a device ends after it begins");
    }
  }

  /** Whether another has it at the same time, if both are of one subject. */
  public boolean overlaps(Device other) {
    return from.isBefore(other.to.orElse(Instant.MAX))
        && other.from.isBefore(to.orElse(Instant.MAX));
  }

  /** Whether a text can name a device or an account: the database stores it as it is. */
  public static boolean isName(String text) {
    return !text.isBlank()
        && text.codePoints()
            .noneMatch(
                c ->
                    Character.isISOControl(c)
                        || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
