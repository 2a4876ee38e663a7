package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A customer account's part in one shard. Its balance is the sum over all shards. */
final class AccountTotals {
  final int id;

  /** Sealed and posted; ledger units, what is owed is positive. */
  long posted;

  /** Priced and not sealed yet. */
  long accrued;

  /** Usage and money by charge and booked period. */
  List<Line> lines = new ArrayList<>(2);

  long changedSeq;

  AccountTotals(int id) {
    this.id = id;
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
    for (int i = lines.size() - 1; i >= 0; i--) {
      Line line = lines.get(i);
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
    lines.add(line);
    return line;
  }

  /** Drops what is said by statements: lines of periods up to this one. */
  void forget(int closedPeriod) {
    lines.removeIf(line -> line.period <= closedPeriod);
  }

  record Saved(AccountTotals of, long posted, long accrued, List<Line> lines, long changedSeq) {}

  Saved save() {
    return new Saved(this, posted, accrued, copy(lines), changedSeq);
  }

  void restore(Saved saved) {
    posted = saved.posted;
    accrued = saved.accrued;
    lines = saved.lines;
    changedSeq = saved.changedSeq;
  }

  private static List<Line> copy(List<Line> lines) {
    List<Line> copies = new ArrayList<>(lines.size());
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      Line copy = new Line(line.offer, line.charge, line.period);
      copy.quantity = line.quantity;
      copy.amount = line.amount;
      copies.add(copy);
    }
    return copies;
  }

  void encode(ByteWriter out) {
    out.varint(id);
    out.zigzag(posted);
    out.zigzag(accrued);
    out.varint(lines.size());
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
    lines = new ArrayList<>();
    int n = in.count(in.remaining());
    for (int i = 0; i < n; i++) {
      Line line =
          new Line(
              in.count(Integer.MAX_VALUE),
              in.count(Integer.MAX_VALUE),
              in.count(Integer.MAX_VALUE));
      line.quantity = in.zigzag();
      line.amount = in.zigzag();
      lines.add(line);
    }
  }
}
