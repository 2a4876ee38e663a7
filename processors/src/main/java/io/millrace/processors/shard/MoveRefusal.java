package io.millrace.processors.shard;

import java.util.Locale;

/** Why a device may not move, in the order in which they are looked at. The codes are stable. */
public enum MoveRefusal {
  /** The shard holds no such subscription. */
  UNKNOWN_SUBSCRIPTION,
  /** It has another successor already. */
  MOVED_ALREADY,
  /** The move is not after the shard's time and the subscription's begin: that is a re-rate. */
  MOVE_IN_THE_PAST,
  /** Usage at the moment of the move or after it is charged to the old account already. */
  USED_ALREADY;

  /** As printed: {@code move-in-the-past}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
