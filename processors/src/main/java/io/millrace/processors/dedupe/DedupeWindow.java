package io.millrace.processors.dedupe;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.undo.UndoLog;
import org.jspecify.annotations.Nullable;

/**
 * Which events of one (source, subject) have been seen within the horizon. Part of the shard's
 * state: its one writer tests an event, and marks it in the commit that charges it. Not
 * thread-safe.
 *
 * <p>Sequence numbers are kept as runs ({@link NumberRuns}), other ids as 64-bit fingerprints by
 * UTC day of occurredAt ({@link Fingerprints}); the caller makes the fingerprints with the tenant's
 * key. What is promised:
 *
 * <ul>
 *   <li>the same id at the same occurredAt is DUPLICATE, always;
 *   <li>a number at another time is REUSED where the times differ by more than a bound: a quarter
 *       of the device's step for one that reports regularly, never more than twice the tolerance of
 *       a run (5 minutes, or a quarter of the step where that is more) and 30 minutes;
 *   <li>a fingerprint in another day is REUSED, in the same day DUPLICATE;
 *   <li>an id that was never marked is NEW, but for a collision of fingerprints (2⁻⁶⁴ for each
 *       pair).
 * </ul>
 *
 * Numbers that follow no order (more than {@value NumberRuns#MAX_RUNS} runs) are kept as
 * fingerprints.
 */
public final class DedupeWindow implements UndoLog.Undoable {

  /** What a window says of an event. */
  public enum Verdict {
    /** Not seen: charge it, and mark it in the same commit. */
    NEW,
    /** Seen: a redelivery. */
    DUPLICATE,
    /** The id is known, but from a very different time: a counter that began again. */
    REUSED
  }

  /** Larger numbers, and negative ones, are kept as fingerprints. */
  static final long MAX_NUMBER = 1L << 62;

  /** Times beyond are taken for this one; milliseconds, some 142,000 years around 1970. */
  static final long MAX_TIME = 1L << 52;

  static final int ARRAY_HEADER = 16;

  private static final int OWN_BYTES = 24;

  private final NumberRuns numbers;
  private @Nullable Fingerprints prints;
  private boolean spilled;

  /** A window that has seen nothing. */
  public DedupeWindow() {
    this(new NumberRuns());
  }

  private DedupeWindow(NumberRuns numbers) {
    this.numbers = numbers;
  }

  /**
   * Judges an event and changes nothing.
   *
   * @param eventId its number, or a keyed fingerprint of its id
   * @param numbered whether it is a number
   * @param occurredAtMillis milliseconds since 1970-01-01 UTC
   */
  public Verdict test(long eventId, boolean numbered, long occurredAtMillis) {
    long time = Math.clamp(occurredAtMillis, -MAX_TIME, MAX_TIME);
    if (!numbered || eventId < 0 || eventId > MAX_NUMBER) {
      return testPrint(numbered ? printOf(eventId) : eventId, time);
    }
    Verdict verdict = numbers.test(eventId, time);
    return spilled && verdict == Verdict.NEW ? testPrint(printOf(eventId), time) : verdict;
  }

  /** Reads a part of what {@link #test} will read, so that it is at hand; says nothing. */
  public long warmth() {
    return spilled ? 1 : 0;
  }

  /** Reads the rest, once the first part is at hand. */
  public long lastWarmth() {
    return numbers.hotStart;
  }

  /** Takes in an event that {@link #test} just called NEW; the same parameters. Never throws. */
  public void mark(long eventId, boolean numbered, long occurredAtMillis) {
    long time = Math.clamp(occurredAtMillis, -MAX_TIME, MAX_TIME);
    if (!numbered || eventId < 0 || eventId > MAX_NUMBER) {
      markPrint(numbered ? printOf(eventId) : eventId, time);
    } else if (!numbers.mark(eventId, time)) {
      spilled = true;
      markPrint(printOf(eventId), time);
    }
  }

  private Verdict testPrint(long print, long time) {
    return prints == null ? Verdict.NEW : prints.test(print, PackedRun.day(time));
  }

  private void markPrint(long print, long time) {
    if (prints == null) {
      prints = new Fingerprints();
    }
    prints.mark(print, PackedRun.day(time));
  }

  /** One print for each number; SplitMix64's finaliser. */
  private static long printOf(long number) {
    long z = number + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Puts a few fields, and no copy of an array, to the log: before its first change in a batch. */
  public void save(UndoLog log) {
    numbers.save(log);
    log.put(spilled ? 1 : 0);
    log.put(prints);
    if (prints != null) {
      log.put(prints.save());
    }
  }

  @Override
  public void restore(UndoLog log) {
    numbers.restore(log);
    spilled = log.number() != 0;
    prints = log.<@Nullable Fingerprints>reference();
    if (prints != null) {
      prints.restore(log.<Fingerprints.Saved>reference());
    }
  }

  /** A window as it was at a commit, to be published from any thread. */
  public static final class Snapshot {
    private final DedupeWindow frozen;

    private Snapshot(DedupeWindow frozen) {
      this.frozen = frozen;
    }

    /** Whether it remembers nothing. */
    public boolean isEmpty() {
      return frozen.isEmpty();
    }

    /** As {@link DedupeWindow#encodePublished}. */
    public void encodePublished(ByteWriter out) {
      frozen.encodePublished(out);
    }
  }

  /** What has been seen so far. To be taken between commits: nothing in it may be undone later. */
  public Snapshot snapshot() {
    DedupeWindow frozen = new DedupeWindow(numbers.frozen());
    frozen.spilled = spilled;
    frozen.prints = prints == null ? null : prints.frozen();
    return new Snapshot(frozen);
  }

  /**
   * Drops the days that ended before the horizon.
   *
   * @param horizonStartMillis what occurred before may be forgotten; milliseconds since 1970-01-01
   *     UTC
   */
  public void expire(long horizonStartMillis) {
    numbers.expire(horizonStartMillis);
    if (prints != null) {
      prints = prints.expired(horizonStartMillis);
      spilled &= prints != null;
    }
  }

  /** Whether it remembers nothing. */
  public boolean isEmpty() {
    return numbers.size() == 0 && prints == null;
  }

  /** How many events it remembers. */
  public long count() {
    return numbers.count() + (prints == null ? 0 : prints.count());
  }

  /**
   * Heap bytes that it holds, headers included, by the layout of a 64-bit JVM with compressed oops.
   */
  public int bytes() {
    return OWN_BYTES + numbers.bytes() + (prints == null ? 0 : prints.bytes());
  }

  /** Writes all of it. Windows that have seen the same in the same order make the same bytes. */
  public void encode(ByteWriter out) {
    encode(out, Integer.MIN_VALUE);
  }

  /**
   * Writes what other nodes may see: all numbers, and the fingerprints of the last two days. What a
   * window decoded from this calls DUPLICATE is one; NEW means: ask the owner.
   */
  public void encodePublished(ByteWriter out) {
    encode(out, prints == null ? 0 : prints.newestDay() - 1);
  }

  private void encode(ByteWriter out, int fromDay) {
    out.u8((prints == null ? 0 : 1) | (spilled ? 2 : 0));
    numbers.encode(out);
    if (prints != null) {
      prints.encode(out, fromDay);
    }
  }

  /**
   * Reads what {@link #encode} or {@link #encodePublished} wrote. Decoded from {@code encode}, it
   * behaves from then on as the one that was encoded.
   *
   * @throws IllegalArgumentException where these are not such bytes
   */
  public static DedupeWindow decode(ByteReader in) {
    int flags = in.count(3);
    DedupeWindow window = new DedupeWindow(RunCodec.decode(in));
    window.spilled = (flags & 2) != 0;
    if ((flags & 1) != 0) {
      window.prints = Fingerprints.decode(in);
    }
    return window;
  }
}
