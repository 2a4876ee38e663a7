package io.millrace.connectors.devices;

import io.millrace.connectors.codec.Rfc3339;
import io.millrace.connectors.tenant.Device;
import io.millrace.connectors.tenant.DeviceVerdict;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One device of a list, or why it is none. */
public sealed interface DeviceLine {

  /** The line of the text, from 1; of a JSON array the number of the element, from 1. */
  int line();

  /** A device that can be read; whether it can be taken in is not known yet. */
  record Good(int line, Device device) implements DeviceLine {}

  /** No device. */
  record Bad(int line, DeviceVerdict why) implements DeviceLine {}

  /**
   * The device of these texts.
   *
   * @param from RFC 3339, as {@code to}; finer than a millisecond is cut
   * @param to null or empty where it has no end
   * @param group empty where it is of none
   */
  static DeviceLine of(
      int line,
      String subject,
      String account,
      String offer,
      String from,
      @Nullable String to,
      String group) {
    if (!isName(subject)
        || !isName(account)
        || !isName(offer)
        || !group.isEmpty() && !isName(group)) {
      return new Bad(line, DeviceVerdict.BAD_NAME);
    }
    boolean ends = to != null && !to.isEmpty();
    long begin = millis(from);
    long end = to == null || to.isEmpty() ? Long.MAX_VALUE : millis(to);
    if (begin == Rfc3339.NOT_A_TIME || end == Rfc3339.NOT_A_TIME) {
      return new Bad(line, DeviceVerdict.BAD_TIME);
    }
    if (end <= begin) {
      return new Bad(line, DeviceVerdict.NEVER_VALID);
    }
    try {
      Optional<Instant> until = ends ? Optional.of(Instant.ofEpochMilli(end)) : Optional.empty();
      return new Good(
          line, new Device(subject, account, offer, Instant.ofEpochMilli(begin), until, group));
    } catch (IllegalArgumentException beyondTheCalendar) {
      return new Bad(line, DeviceVerdict.BAD_TIME);
    }
  }

  private static long millis(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Rfc3339.millis(bytes, 0, bytes.length);
  }

  /** No event has a subject with control characters or lone surrogates: CloudEvents forbids it. */
  private static boolean isName(String text) {
    if (text.isBlank() || text.length() > Device.LONGEST) {
      return false;
    }
    return text.codePoints()
        .noneMatch(
            c ->
                Character.getType(c) == Character.CONTROL
                    || Character.getType(c) == Character.SURROGATE);
  }
}
