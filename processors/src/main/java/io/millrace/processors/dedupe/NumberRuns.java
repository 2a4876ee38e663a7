package io.millrace.processors.dedupe;

import static io.millrace.processors.dedupe.PackedRun.DAY_MILLIS;
import static io.millrace.processors.dedupe.PackedRun.MAX_COUNT;
import static io.millrace.processors.dedupe.PackedRun.MAX_ERROR;
import static io.millrace.processors.dedupe.PackedRun.countOf;
import static io.millrace.processors.dedupe.PackedRun.day;
import static io.millrace.processors.dedupe.PackedRun.errorOf;
import static io.millrace.processors.dedupe.PackedRun.judge;
import static io.millrace.processors.dedupe.PackedRun.pack;
import static io.millrace.processors.dedupe.PackedRun.seconds;
import static io.millrace.processors.dedupe.PackedRun.stepOf;
import static io.millrace.processors.dedupe.PackedRun.tolerance;

import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.dedupe.DedupeWindow.Verdict;
import io.millrace.processors.undo.UndoLog;

/**
 * Sequence numbers that have been seen, as runs without a gap, sorted and disjoint. A run lies
 * within one UTC day of occurredAt and tells when its numbers occurred by a line: {@code time + k ·
 * step} for its k-th number, never further than {@code error} seconds from the truth. That is what
 * tells a redelivery (same number, same time) from a counter that began again.
 *
 * <p>The error is a proven bound, not an estimate: an event joins a run, and a run joins the next
 * one, only where the bound of the whole stays within {@link PackedRun#tolerance}. The array of
 * runs is never changed in place: whoever holds a reference has a snapshot. The run that grew last
 * is held in fields, so that the next number in order costs no search and no memory; its slot in
 * the array is right in its start only.
 */
final class NumberRuns {

  /** More runs than this are not kept: their copies would cost more than they save. */
  static final int MAX_RUNS = 2_048;

  static final long[] NONE = {};

  /** Three a run: first number; time of it on the line; count, step and error packed. */
  private long[] runs = NONE;

  private int hot = -1;
  long hotStart;
  private long hotTime;
  private long hotLimit = Long.MIN_VALUE;
  private int hotCount;
  private int hotStep;
  private int hotError;

  NumberRuns() {}

  /**
   * Runs as they were encoded; {@code hotRun} is the one that grew last, -1 where there is none.
   */
  NumberRuns(long[] runs, int hotRun) {
    this.runs = runs;
    if (hotRun >= 0) {
      load(hotRun);
    }
  }

  Verdict test(long number, long time) {
    long k = number - hotStart;
    if (k == hotCount && number < hotLimit) {
      return Verdict.NEW;
    }
    if (k >= 0 && k < hotCount) {
      return judge(time - (hotTime + k * hotStep), hotStep, hotError);
    }
    int i = floor(number);
    if (i < 0 || i == hot) {
      return Verdict.NEW;
    }
    k = number - start(i);
    int step = step(i);
    return k >= count(i) ? Verdict.NEW : judge(time - (time(i) + k * step), step, error(i));
  }

  /**
   * Takes in a number that {@link #test} called new.
   *
   * @return false, and nothing changed, where that would take another run and there are {@link
   *     #MAX_RUNS}
   */
  boolean mark(long number, long time) {
    if (number - hotStart == hotCount && number + 1 < hotLimit && extend(time)) {
      return true;
    }
    return place(number, time);
  }

  private boolean place(long number, long time) {
    int before = floor(number);
    boolean left = before >= 0 && end(before) == number;
    boolean right = before + 1 < size() && start(before + 1) == number + 1;
    boolean joined = false;
    if (left || right) {
      int was = hot;
      runs = withHot(runs.clone(), was);
      joined =
          (left && load(before) && extend(time)) || (right && load(before + 1) && prepend(time));
      if (!joined && was >= 0) {
        load(was);
      }
    }
    if (!joined && !insert(before + 1, number, time)) {
      return false;
    }
    runs[3 * hot] = hotStart;
    if (hot + 1 < size() && hotStart + hotCount == start(hot + 1)) {
      join(hot);
    }
    if (hot > 0 && end(hot - 1) == hotStart) {
      join(hot - 1);
    }
    return true;
  }

  /**
   * Makes a number a run of its own, the {@code at}-th; its step is guessed from the run before.
   */
  private boolean insert(int at, long number, long time) {
    if (size() >= MAX_RUNS) {
      return false;
    }
    long[] next = new long[runs.length + 3];
    System.arraycopy(runs, 0, next, 0, 3 * at);
    System.arraycopy(runs, 3 * at, next, 3 * at + 3, runs.length - 3 * at);
    runs = withHot(next, hot >= at ? hot + 1 : hot);
    hotStep = hot < 0 ? 0 : guess(number - hotStart, time - hotTime);
    hot = at;
    hotStart = number;
    hotTime = time;
    hotCount = 1;
    hotError = 0;
    hotLimit = limit();
    return true;
  }

  /**
   * The step for a run that begins so far behind the start of the run in the fields: that one's,
   * made finer where it went on for most of a day and the new event is no whole step off.
   */
  private int guess(long numbers, long millis) {
    boolean known =
        (long) hotCount * hotStep > DAY_MILLIS / 2 && numbers > 0 && numbers / 2 < hotCount;
    long deviation = known ? millis - numbers * hotStep : Long.MAX_VALUE;
    return Math.abs(deviation) > hotStep / 4 * 3
        ? hotStep
        : (int) Math.min(hotStep + Math.floorDiv(deviation + numbers / 2, numbers), DAY_MILLIS);
  }

  /** Lets the run in the fields take the next number, if its line comes near enough to the time. */
  private boolean extend(long time) {
    int k = hotCount;
    if (k == MAX_COUNT || day(time) != day(hotTime)) {
      return false;
    }
    long deviation = time - (hotTime + (long) k * hotStep);
    long away = Math.abs(deviation);
    boolean drifts = Integer.bitCount(k) == 1 && away > hotStep / 4;
    if (away <= hotError * 1_000L && !drifts) {
      hotCount = k + 1;
      return true;
    }
    int step = hotStep;
    long error = Math.max(away, hotError * 1_000L);
    if (drifts) {
      // A step that drifts is turned towards the new event each time the run has doubled. All that
      // lies behind moves away from the line by what the line moves at its last number, at most.
      long turned = Math.clamp(step + Math.floorDiv(deviation + k / 2, k), 0, DAY_MILLIS);
      long moved = hotError * 1_000L + Math.abs(turned - step) * (k - 1);
      long after = Math.max(moved, Math.abs(time - (hotTime + k * turned)));
      if (after <= tolerance(turned)) {
        error = after;
        step = (int) turned;
      }
    }
    if (error > tolerance(step)) {
      return false;
    }
    hotCount = k + 1;
    hotStep = step;
    hotError = seconds(error);
    return true;
  }

  /** Lets the run in the fields take the number before its first. */
  private boolean prepend(long time) {
    if (hotCount == MAX_COUNT || day(time) != day(hotTime)) {
      return false;
    }
    long first = hotTime - hotStep;
    int step = hotStep;
    if (hotCount == 1 && Math.abs(time - first) > step / 4 && time <= hotTime) {
      first = time;
      step = (int) (hotTime - time);
    }
    long error = Math.max(Math.abs(time - first), hotError * 1_000L);
    if (error > tolerance(step) || day(first) != day(hotTime)) {
      return false;
    }
    hotStart--;
    hotTime = first;
    hotCount++;
    hotStep = step;
    hotError = seconds(error);
    return true;
  }

  /**
   * Makes run {@code i} and the one after it one, and hot, if one of their lines serves for both.
   */
  private void join(int i) {
    long count = (long) count(i) + count(i + 1);
    if (count > MAX_COUNT || day(time(i)) != day(time(i + 1))) {
      return;
    }
    int forward = Math.max(error(i), error(i + 1) + apart(i, i + 1));
    int back = Math.max(error(i + 1), error(i) + apart(i + 1, i));
    long first = time(i + 1) - (long) count(i) * step(i + 1);
    boolean useFirst = forward <= back || day(first) != day(time(i));
    int step = useFirst ? step(i) : step(i + 1);
    int error = useFirst ? forward : back;
    if (error * 1_000L > tolerance(step)) {
      return;
    }
    long[] next = new long[runs.length - 3];
    System.arraycopy(runs, 0, next, 0, 3 * i + 3);
    System.arraycopy(runs, 3 * i + 6, next, 3 * i + 3, next.length - 3 * i - 3);
    hotTime = useFirst ? time(i) : first;
    hotStart = start(i);
    hotCount = (int) count;
    hotStep = step;
    hotError = error;
    hot = i;
    next[3 * i] = hotStart;
    runs = next;
    hotLimit = limit();
  }

  /** The furthest that the line of one run, led on over another, lies from its line; seconds. */
  private int apart(int line, int over) {
    long atStart = time(line) + (start(over) - start(line)) * step(line) - time(over);
    long atEnd = atStart + (count(over) - 1L) * (step(line) - step(over));
    return seconds(
        Math.min(Math.max(Math.abs(atStart), Math.abs(atEnd)), (MAX_ERROR + 1) * 1_000L));
  }

  void expire(long horizonStart) {
    int keep = 0;
    for (int i = 0; i < size(); i++) {
      keep += expired(i, horizonStart) ? 0 : 1;
    }
    if (keep == size()) {
      return;
    }
    long[] next = new long[3 * keep];
    int to = 0;
    int nextHot = -1;
    for (int i = 0; i < size(); i++) {
      if (!expired(i, horizonStart)) {
        nextHot = i == hot ? to : nextHot;
        System.arraycopy(runs, 3 * i, next, 3 * to++, 3);
      }
    }
    if (nextHot < 0) {
      hotCount = 0;
    }
    runs = next;
    hot = nextHot;
    hotLimit = limit();
  }

  private boolean expired(int i, long horizonStart) {
    return (day(time(i)) + 1) * DAY_MILLIS <= horizonStart;
  }

  long count() {
    long sum = 0;
    for (int i = 0; i < size(); i++) {
      sum += count(i);
    }
    return sum;
  }

  int size() {
    return runs.length / 3;
  }

  /** A copy that shares the array, which nobody changes. */
  NumberRuns frozen() {
    NumberRuns copy = new NumberRuns();
    copy.runs = runs;
    copy.hot = hot;
    copy.hotStart = hotStart;
    copy.hotTime = hotTime;
    copy.hotLimit = hotLimit;
    copy.hotCount = hotCount;
    copy.hotStep = hotStep;
    copy.hotError = hotError;
    return copy;
  }

  void save(UndoLog log) {
    log.put(runs);
    log.put(hotStart);
    log.put(hotTime);
    log.put(hot, hotCount);
    log.put(hotStep, hotError);
  }

  void restore(UndoLog log) {
    runs = log.reference();
    hotStart = log.number();
    hotTime = log.number();
    long places = log.number();
    hot = (int) (places >>> 32);
    hotCount = (int) places;
    long line = log.number();
    hotStep = (int) (line >>> 32);
    hotError = (int) line;
    hotLimit = limit();
  }

  void encode(ByteWriter out) {
    RunCodec.encode(withHot(runs.clone(), hot), hot, out);
  }

  /** Heap bytes of the object and its array. */
  int bytes() {
    return 56 + (runs.length == 0 ? 0 : DedupeWindow.ARRAY_HEADER + 8 * runs.length);
  }

  /** Takes run {@code i} into the fields; the one that is there must be up to date in the array. */
  private boolean load(int i) {
    hot = i;
    hotStart = runs[3 * i];
    hotTime = runs[3 * i + 1];
    hotCount = countOf(runs[3 * i + 2]);
    hotStep = stepOf(runs[3 * i + 2]);
    hotError = errorOf(runs[3 * i + 2]);
    hotLimit = limit();
    return true;
  }

  /** Writes the run of the fields to slot {@code i} of an array that nobody else has seen. */
  private long[] withHot(long[] fresh, int i) {
    if (i >= 0) {
      fresh[3 * i] = hotStart;
      fresh[3 * i + 1] = hotTime;
      fresh[3 * i + 2] = pack(hotCount, hotStep, hotError);
    }
    return fresh;
  }

  private long limit() {
    return hot < 0 ? Long.MIN_VALUE : hot + 1 < size() ? runs[3 * hot + 3] : Long.MAX_VALUE;
  }

  /** The last run that starts at or before {@code number}, or -1. */
  private int floor(long number) {
    int low = 0;
    int high = size() - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      if (runs[3 * mid] <= number) {
        low = mid + 1;
      } else {
        high = mid - 1;
      }
    }
    return high;
  }

  private long start(int i) {
    return i == hot ? hotStart : runs[3 * i];
  }

  private long end(int i) {
    return start(i) + count(i);
  }

  private long time(int i) {
    return i == hot ? hotTime : runs[3 * i + 1];
  }

  private int count(int i) {
    return i == hot ? hotCount : countOf(runs[3 * i + 2]);
  }

  private int step(int i) {
    return i == hot ? hotStep : stepOf(runs[3 * i + 2]);
  }

  private int error(int i) {
    return i == hot ? hotError : errorOf(runs[3 * i + 2]);
  }
}
