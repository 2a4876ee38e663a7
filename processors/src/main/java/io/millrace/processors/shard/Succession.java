package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;

/**
 * A subscription's place among those that its device has had one after the other, and where the
 * device is. The last of them holds the device's dedupe windows.
 *
 * @param before the one before it, {@link Effects#NOBODY} where it is the first
 * @param heir the one after it, {@link Effects#NOBODY} where it is the last
 * @param heirFrom that one's first moment, milliseconds since 1970-01-01 UTC
 * @param home the shard that the device has left for, {@link #HERE} where it hasn't
 * @param sharedUntil what was used in windows that begin until then may be charged elsewhere too
 */
record Succession(long before, long heir, long heirFrom, int home, long sharedUntil) {
  static final int HERE = -1;

  /** Of a device that has one subscription only. */
  static final Succession NONE =
      new Succession(Effects.NOBODY, Effects.NOBODY, Long.MAX_VALUE, HERE, Long.MIN_VALUE);

  static Succession after(long before) {
    return new Succession(before, Effects.NOBODY, Long.MAX_VALUE, HERE, Long.MIN_VALUE);
  }

  Succession followedBy(long next, long from) {
    return new Succession(before, next, from, home, sharedUntil);
  }

  Succession leftFor(int shard, long lastWindow) {
    long until = Math.max(sharedUntil, lastWindow);
    return new Succession(before, heir, heirFrom, shard, until);
  }

  Succession arrived() {
    return new Succession(before, heir, heirFrom, HERE, sharedUntil);
  }

  boolean hasHeir() {
    return heir != Effects.NOBODY;
  }

  /** Whether what occurred then is not to be judged under this subscription here. */
  boolean sendsOn(long at) {
    return home != HERE || at >= heirFrom;
  }

  void encode(ByteWriter out) {
    out.bool(this != NONE);
    if (this != NONE) {
      out.zigzag(before);
      out.zigzag(heir);
      out.zigzag(heirFrom);
      out.zigzag(home);
      out.zigzag(sharedUntil);
    }
  }

  static Succession decode(ByteReader in) {
    if (!in.bool()) {
      return NONE;
    }
    return new Succession(
        in.zigzag(), in.zigzag(), in.zigzag(), Math.toIntExact(in.zigzag()), in.zigzag());
  }
}
