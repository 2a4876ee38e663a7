package io.millrace.ops.demo.generator;

/**
 * Which event: lamp, minute and kind in one long, from which its bytes can be made again at any
 * time.
 */
final class EventKey {
  /** A good report in its own minute. */
  static final int REPORT = 0;

  /** A good report, held back. */
  static final int HELD_BACK = 1;

  /** A good report once more. */
  static final int DUPLICATE = 2;

  /** The first of the flawed kinds: {@code FLAWED + Flaw.ordinal()}. */
  static final int FLAWED = 3;

  /** No event. */
  static final long NONE = -1;

  private static final int BITS = 20;
  private static final int MASK = (1 << BITS) - 1;

  private EventKey() {}

  static long of(int lamp, int minute, int kind) {
    return (long) kind << 2 * BITS | (long) minute << BITS | lamp;
  }

  static int lamp(long key) {
    return (int) key & MASK;
  }

  static int minute(long key) {
    return (int) (key >>> BITS) & MASK;
  }

  static int kind(long key) {
    return (int) (key >>> 2 * BITS);
  }
}
