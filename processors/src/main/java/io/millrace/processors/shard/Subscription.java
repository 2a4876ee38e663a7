package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.dedupe.DedupeWindow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A root: all state of one subscription. Changed in place; {@link #save} and {@link #restore} undo.
 */
final class Subscription {

  /** Days and months begin at their due time; this stands for none. */
  static final long NEVER = Long.MAX_VALUE;

  final long id;
  final AccountTotals account;
  final int offer;
  final long from;
  final long to;

  /** The next due time of each recurring charge of the offer. */
  long[] recurring;

  private int[] sources = new int[0];
  private DedupeWindow[] windows = new DedupeWindow[0];
  List<Position> positions = new ArrayList<>(1);
  List<Accrual> accruals = new ArrayList<>(1);

  /** The key it stands under in the due index, {@link #NEVER} where it isn't in it. */
  long indexedDue = NEVER;

  /** The shard's seq at its last change, and at the last time it was saved for undo. */
  long changedSeq;

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

  void expire(long horizonStart) {
    for (DedupeWindow window : windows) {
      window.expire(horizonStart);
    }
  }

  @Nullable Position position(int charge, int period) {
    for (int i = positions.size() - 1; i >= 0; i--) {
      Position p = positions.get(i);
      if (p.charge == charge && p.period == period) {
        return p;
      }
    }
    return null;
  }

  @Nullable Accrual accrual(int charge, long windowStart, int booked, boolean late) {
    for (int i = accruals.size() - 1; i >= 0; i--) {
      Accrual a = accruals.get(i);
      if (a.windowStart == windowStart
          && a.charge == charge
          && a.booked == booked
          && a.late == late) {
        return a;
      }
    }
    return null;
  }

  /** When the next thing falls due, {@link #NEVER} where nothing does. */
  long nextDue() {
    long next = NEVER;
    for (long due : recurring) {
      next = Math.min(next, due);
    }
    for (int i = 0; i < accruals.size(); i++) {
      next = Math.min(next, accruals.get(i).due);
    }
    return next;
  }

  /** Its state before a batch. */
  record Saved(
      Subscription of,
      long[] recurring,
      int[] sources,
      DedupeWindow[] windows,
      DedupeWindow.Mark[] marks,
      List<Position> positions,
      List<Accrual> accruals,
      long changedSeq) {}

  Saved save() {
    DedupeWindow.Mark[] marks = new DedupeWindow.Mark[windows.length];
    for (int i = 0; i < marks.length; i++) {
      marks[i] = windows[i].save();
    }
    List<Position> savedPositions = new ArrayList<>(positions.size());
    for (int i = 0; i < positions.size(); i++) {
      savedPositions.add(positions.get(i).copy());
    }
    List<Accrual> savedAccruals = new ArrayList<>(accruals.size());
    for (int i = 0; i < accruals.size(); i++) {
      savedAccruals.add(accruals.get(i).copy());
    }
    return new Saved(
        this,
        recurring.length == 0 ? recurring : recurring.clone(),
        sources,
        windows,
        marks,
        savedPositions,
        savedAccruals,
        changedSeq);
  }

  void restore(Saved saved) {
    recurring = saved.recurring;
    sources = saved.sources;
    windows = saved.windows;
    for (int i = 0; i < windows.length; i++) {
      windows[i].restore(saved.marks[i]);
    }
    positions = saved.positions;
    accruals = saved.accruals;
    changedSeq = saved.changedSeq;
  }

  void encode(ByteWriter out) {
    out.varint(id);
    out.varint(account.id);
    out.varint(offer);
    out.zigzag(from);
    out.zigzag(to);
    out.varint(recurring.length);
    for (long due : recurring) {
      out.zigzag(due);
    }
    out.varint(sources.length);
    for (int i = 0; i < sources.length; i++) {
      out.varint(sources[i]);
      windows[i].encode(out);
    }
    out.varint(positions.size());
    positions.forEach(p -> p.encode(out));
    out.varint(accruals.size());
    accruals.forEach(a -> a.encode(out));
  }

  static Subscription decode(
      ByteReader in, java.util.function.IntFunction<AccountTotals> accounts) {
    long id = in.varint();
    AccountTotals account = accounts.apply(in.count(Integer.MAX_VALUE));
    int offer = in.count(Integer.MAX_VALUE);
    long from = in.zigzag();
    long to = in.zigzag();
    long[] recurring = new long[in.count(in.remaining())];
    for (int i = 0; i < recurring.length; i++) {
      recurring[i] = in.zigzag();
    }
    Subscription s = new Subscription(id, account, offer, from, to, recurring);
    int n = in.count(in.remaining());
    s.sources = new int[n];
    s.windows = new DedupeWindow[n];
    for (int i = 0; i < n; i++) {
      s.sources[i] = in.count(Integer.MAX_VALUE);
      s.windows[i] = DedupeWindow.decode(in);
    }
    int positions = in.count(in.remaining());
    for (int i = 0; i < positions; i++) {
      s.positions.add(Position.decode(in));
    }
    int accruals = in.count(in.remaining());
    for (int i = 0; i < accruals; i++) {
      s.accruals.add(Accrual.decode(in));
    }
    return s;
  }
}
