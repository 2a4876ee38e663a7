package io.millrace.processors.shard;

import java.util.Locale;

/** Why an event waits in suspense. The codes are stable; the ordinal is part of the journal. */
public enum Reason {
  MALFORMED,
  UNKNOWN_DEVICE,
  NO_OFFER,
  NO_TIME,
  TOO_OLD,
  IN_THE_FUTURE,
  TOO_LARGE,
  BAD_QUANTITY,
  ID_REUSED,
  REFUSED,
  UNKNOWN_ALIAS,
  COUNTER_RESET,
  OUT_OF_ORDER,
  TOO_MANY_DISTINCT;

  /** As printed and stored: {@code unknown-device}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
