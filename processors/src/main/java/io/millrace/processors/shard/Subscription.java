package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.dedupe.DedupeWindow;
import io.millrace.processors.undo.UndoLog;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A root: all state of one subscription. Changed in place, its arrays of windows, positions and
 * accruals apart: they are replaced when one more is added or one goes, so that undo puts back the
 * array it found.
 */
final class Subscription extends Changes.Listed implements UndoLog.Undoable {

  /** Days and months begin at their due time; this stands for none. */
  static final long NEVER = Long.MAX_VALUE;

  /** The steps of {@link #warmth}. */
  static final int WARM_STEPS = 4;

  final long id;
  final AccountTotals account;
  final int offer;
  final long from;
  long to;

  /** Its place among the device's subscriptions. */
  Succession moves = Succession.NONE;

  /**
   * When the next period ends, where the offer has lines for it, then the next due time in each
   * slot of the offer. Replaced where a version of the catalog brings more.
   */
  long[] recurring;

  int[] sources = new int[0];
  DedupeWindow[] windows = new DedupeWindow[0];
  Position[] positions = {};
  Accrual[] accruals = {};

  /** Made at the first event that needs it. */
  @Nullable Gauges gauges;

  /** Made at the first event that needs it. */
  @Nullable Draws draws;

  /** Made at the first event that another account pays for. */
  @Nullable Sponsored sponsored;

  /** Who shares it, where it is no device's; null where it is a device's. */
  @Nullable Pool pool;

  /** The pool that counts what it uses, {@link Effects#NOBODY} where it does so itself. */
  long memberOf = Effects.NOBODY;

  /** The key it stands under in the due index, {@link #NEVER} where it isn't in it. */
  long indexedDue = NEVER;

  Subscription(long id, AccountTotals account, int offer, long from, long to, long[] recurring) {
    this.id = id;
    this.account = account;
    this.offer = offer;
    this.from = from;
    this.to = to;
    this.recurring = recurring;
  }

  /** The window of a source; made at its first event. */
  DedupeWindow window(int source) {
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] == source) {
        return windows[i];
      }
    }
    DedupeWindow window = new DedupeWindow();
    sources = Arrays.copyOf(sources, sources.length + 1);
    windows = Arrays.copyOf(windows, windows.length + 1);
    sources[sources.length - 1] = source;
    windows[windows.length - 1] = window;
    return window;
  }

  /** Shows every window with what it has seen; to be called between batches. */
  void showWindows(Shard.WindowVisitor visitor) {
    for (int i = 0; i < sources.length; i++) {
      visitor.window(id, sources[i], windows[i].snapshot());
    }
  }

  /**
   * Reads of what an event of this subscription will need, one reference further with each step;
   * the sum says nothing.
   */
  long warmth(int step) {
    return switch (step) {
      case 0 -> changedSeq + recurring.length;
      case 1 -> windows.length + positions.length + accruals.length + account.changedSeq;
      case 2 -> nextWarmth();
      default -> lastWarmth();
    };
  }

  private long nextWarmth() {
    long sum = account.lines.length;
    if (windows.length > 0) {
      sum += windows[0].warmth();
    }
    if (positions.length > 0) {
      sum += positions[positions.length - 1].quantity;
    }
    if (accruals.length > 0) {
      sum += accruals[accruals.length - 1].evidence.length;
    }
    return sum;
  }

  private long lastWarmth() {
    long sum = 0;
    if (windows.length > 0) {
      sum += windows[0].lastWarmth();
    }
    if (accruals.length > 0) {
      Accrual a = accruals[accruals.length - 1];
      sum += a.evidenceSize == 0 ? 0 : a.evidence[a.evidenceSize - 1];
      AccountTotals.Line line = account.find(offer, a.charge, a.booked);
      sum += line == null ? 0 : line.quantity;
    }
    return sum;
  }

  /** Whether anything of it occurred then or later; to be asked of a time that is ahead. */
  boolean usedAt(long time) {
    for (Accrual accrual : accruals) {
      if (accrual.lastAt >= time) {
        return true;
      }
    }
    return false;
  }

  /** Writes what leaves with the device, and lets go of it: only what has accrued stays. */
  void leaveFor(int shard, long now, ByteWriter out) {
    long lastWindow = now;
    for (Accrual accrual : accruals) {
      lastWindow = Math.max(lastWindow, accrual.windowStart);
    }
    moves = moves.leftFor(shard, lastWindow);
    SubscriptionCodec.encodeMoved(this, out);
    Arrays.fill(recurring, NEVER);
    gauges = null;
    draws = null;
    sponsored = null;
    positions = new Position[0];
    sources = new int[0];
    windows = new DedupeWindow[0];
  }

  /** Takes over what has come of it. */
  void arrive(Subscription with) {
    to = with.to;
    moves = with.moves;
    recurring = with.recurring;
    positions = with.positions;
    gauges = with.gauges;
    draws = with.draws;
    sponsored = with.sponsored;
    inherit(with);
  }

  /** Takes another's windows, which has none then. */
  void inherit(Subscription other) {
    sources = other.sources;
    windows = other.windows;
    other.sources = new int[0];
    other.windows = new DedupeWindow[0];
  }

  /** Until when it owes lines of a period's end: where it is a pool, as long as it has members. */
  long activeUntil() {
    return pool == null ? to : pool.last();
  }

  /** Puts another pool in the place of the one that it is. */
  void become(Pool other, UndoLog log, long seq) {
    Pool before = pool;
    if (before == null || before.madeIn != seq) { // Else undo would end with what was in between.
      log.begin(l -> pool = before);
    }
    other.madeIn = seq;
    pool = other;
  }

  void expire(long horizonStart) {
    for (DedupeWindow window : windows) {
      window.expire(horizonStart);
    }
  }

  @Nullable Position position(int charge, int period, int revision) {
    for (int i = positions.length - 1; i >= 0; i--) {
      Position p = positions[i];
      if (p.charge == charge && p.period == period && p.revision == revision) {
        return p;
      }
    }
    return null;
  }

  /** What a charge has come to in a period, at all its prices. */
  long amount(int charge, int period) {
    long sum = 0;
    for (Position p : positions) {
      if (p.charge == charge && p.period == period) {
        sum = Math.addExact(sum, p.amount);
      }
    }
    return sum;
  }

  /** What accrues of a price in a window: two versions' windows may begin at once and end apart. */
  @Nullable Accrual accrual(
      int charge, int revision, long windowStart, long windowEnd, int booked, boolean late) {
    for (int i = accruals.length - 1; i >= 0; i--) {
      Accrual a = accruals[i];
      if (a.windowStart == windowStart
          && a.windowEnd == windowEnd
          && a.charge == charge
          && a.revision == revision
          && a.booked == booked
          && a.late == late) {
        return a;
      }
    }
    return null;
  }

  /** The periods that it has positions in, in their order. */
  int[] periods() {
    return Arrays.stream(positions).mapToInt(p -> p.period).sorted().distinct().toArray();
  }

  void add(Position position) {
    positions = Arrays.copyOf(positions, positions.length + 1);
    positions[positions.length - 1] = position;
  }

  void add(Accrual accrual) {
    accruals = Arrays.copyOf(accruals, accruals.length + 1);
    accruals[accruals.length - 1] = accrual;
  }

  /** Takes out the first accrual that is due then, null where there is none. */
  @Nullable Accrual remove(long due) {
    for (int i = 0; i < accruals.length; i++) {
      if (accruals[i].due == due) {
        Accrual found = accruals[i];
        Accrual[] left = Arrays.copyOf(accruals, accruals.length - 1);
        System.arraycopy(accruals, i + 1, left, i, left.length - i);
        accruals = left;
        return found;
      }
    }
    return null;
  }

  /** The evidence of each open window of a charge. */
  List<byte[]> openEvidence(int charge, IntPredicate revisions) {
    return Arrays.stream(accruals)
        .filter(a -> a.charge == charge && revisions.test(a.revision))
        .map(a -> Arrays.copyOf(a.evidence, a.evidenceSize))
        .toList();
  }

  /** How many of its windows are not sealed yet. */
  int openWindows() {
    return accruals.length;
  }

  /** Drops positions of periods before this one. */
  void forgetPositions(int firstKept) {
    for (Position position : positions) {
      if (position.period < firstKept) {
        positions =
            Arrays.stream(positions).filter(p -> p.period >= firstKept).toArray(Position[]::new);
        return;
      }
    }
  }

  /** Drops positions of a charge in periods before this one. */
  void forgetPositions(int charge, int firstKept) {
    for (Position position : positions) {
      if (position.charge == charge && position.period < firstKept) {
        positions =
            Arrays.stream(positions)
                .filter(p -> p.charge != charge || p.period >= firstKept)
                .toArray(Position[]::new);
        return;
      }
    }
  }

  /** When the next thing falls due, {@link #NEVER} where nothing does. */
  long nextDue() {
    long next = NEVER;
    for (long due : recurring) {
      next = Math.min(next, due);
    }
    for (Accrual accrual : accruals) {
      next = Math.min(next, accrual.due);
    }
    return next;
  }

  /** To be called before its end or its place changes, which no event does; once in a batch. */
  void savePlace(UndoLog log) {
    long end = to;
    Succession place = moves;
    Gauges remembered = gauges;
    Draws drawn = draws;
    Sponsored paid = sponsored;
    log.begin(
        l -> {
          to = end;
          moves = place;
          gauges = remembered;
          draws = drawn;
          sponsored = paid;
        });
  }

  /** To be called before its first change in a batch. */
  void save(UndoLog log) {
    log.begin(this);
    log.put(changedSeq);
    log.put(recurring);
    for (long due : recurring) {
      log.put(due);
    }
    log.put(sources);
    log.put(windows);
    for (DedupeWindow window : windows) {
      window.save(log);
    }
    log.put(positions);
    for (Position position : positions) {
      position.save(log);
    }
    log.put(accruals);
    for (Accrual accrual : accruals) {
      accrual.save(log);
    }
  }

  @Override
  public void restore(UndoLog log) {
    changedSeq = log.number();
    recurring = log.reference();
    for (int i = 0; i < recurring.length; i++) {
      recurring[i] = log.number();
    }
    sources = log.reference();
    windows = log.reference();
    for (DedupeWindow window : windows) {
      window.restore(log);
    }
    positions = log.reference();
    for (Position position : positions) {
      position.restore(log);
    }
    accruals = log.reference();
    for (Accrual accrual : accruals) {
      accrual.restore(log);
    }
  }
}
