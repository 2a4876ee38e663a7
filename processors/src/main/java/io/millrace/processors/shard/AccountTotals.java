package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.undo.UndoLog;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A customer account's part in one shard. Its balance is the sum over all shards. */
final class AccountTotals extends Changes.Listed implements UndoLog.Undoable {
  final int id;

  /** Sealed and posted; ledger units, what is owed is positive. */
  long posted;

  /** Priced and not sealed yet. */
  long accrued;

  /** Usage and money by charge and booked period; never changed but for what its lines hold. */
  Line[] lines = {};

  /** Finds one of many lines; made of the array that it is for, when it is asked. */
  private LineIndex index = LineIndex.NONE;

  /** The ids of its subscriptions here, in the order in which they came. */
  private long[] subscriptions = {};

  private int subscriptionCount;

  /** Its balance, where it is a root. */
  @Nullable Wallet wallet;

  AccountTotals(int id) {
    this.id = id;
  }

  void add(long subscription) {
    if (subscriptionCount == subscriptions.length) {
      subscriptions = Arrays.copyOf(subscriptions, subscriptionCount + subscriptionCount / 2 + 1);
    }
    subscriptions[subscriptionCount++] = subscription;
  }

  /** Takes back the last {@link #add}. */
  void removeLast() {
    subscriptionCount--;
  }

  /** The ids of its subscriptions here. */
  long[] subscriptions() {
    return Arrays.copyOf(subscriptions, subscriptionCount);
  }

  /** What one charge of an offer came to in a period, sealed or not. */
  static final class Line {
    final int offer;
    final int charge;
    final int period;
    long quantity;
    long amount;

    Line(int offer, int charge, int period) {
      this.offer = offer;
      this.charge = charge;
      this.period = period;
    }
  }

  @Nullable Line find(int offer, int charge, int period) {
    if (lines.length > LineIndex.FEW) {
      if (!index.isOf(lines)) {
        index = new LineIndex(lines);
      }
      return index.find(offer, charge, period);
    }
    for (int i = lines.length - 1; i >= 0; i--) {
      Line line = lines[i];
      if (line.charge == charge && line.offer == offer && line.period == period) {
        return line;
      }
    }
    return null;
  }

  Line line(int offer, int charge, int period) {
    Line found = find(offer, charge, period);
    if (found != null) {
      return found;
    }
    Line line = new Line(offer, charge, period);
    Line[] before = lines;
    lines = Arrays.copyOf(before, before.length + 1);
    lines[before.length] = line;
    if (index.isOf(before)) {
      index.add(line, lines);
    }
    return line;
  }

  /** Drops what is said by statements: lines of periods up to this one. */
  void forget(int closedPeriod) {
    lines = Arrays.stream(lines).filter(line -> line.period > closedPeriod).toArray(Line[]::new);
  }

  /** To be called before its first change in a batch. */
  void save(UndoLog log) {
    log.begin(this);
    log.put(changedSeq);
    log.put(posted);
    log.put(accrued);
    log.put(lines);
    for (Line line : lines) {
      log.put(line.quantity);
      log.put(line.amount);
    }
  }

  @Override
  public void restore(UndoLog log) {
    changedSeq = log.number();
    posted = log.number();
    accrued = log.number();
    lines = log.reference();
    for (Line line : lines) {
      line.quantity = log.number();
      line.amount = log.number();
    }
  }

  void encode(ByteWriter out) {
    out.varint(id);
    out.zigzag(posted);
    out.zigzag(accrued);
    out.varint(lines.length);
    for (Line line : lines) {
      out.varint(line.offer);
      out.varint(line.charge);
      out.varint(line.period);
      out.zigzag(line.quantity);
      out.zigzag(line.amount);
    }
  }

  void decode(ByteReader in) {
    posted = in.zigzag();
    accrued = in.zigzag();
    lines = new Line[in.count(in.remaining())];
    for (int i = 0; i < lines.length; i++) {
      Line line =
          new Line(
              in.count(Integer.MAX_VALUE),
              in.count(Integer.MAX_VALUE),
              in.count(Integer.MAX_VALUE));
      line.quantity = in.zigzag();
      line.amount = in.zigzag();
      lines[i] = line;
    }
  }
}
