package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.rating.Sponsor;
import io.millrace.processors.undo.UndoLog;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What other accounts have paid of a subscription's periods, and what was left to its own, by
 * clause of the offer. Saved for undo apart from its subscription, which costs those without any
 * nothing.
 */
final class Sponsored implements UndoLog.Undoable {

  /** A clause's sums of a period; ledger units. */
  static final class Sum {
    final int clause;
    final int account;
    final int period;

    /** What the sponsor has paid. */
    long paid;

    /** What the subscription's own account has. */
    long own;

    Sum(int clause, int account, int period) {
      this.clause = clause;
      this.account = account;
      this.period = period;
    }

    /**
     * What the sponsor pays of an amount more: as far as its bound goes. What is taken back is
     * taken back from the other first, so that without any other bound the sponsor has paid the
     * lesser of its bound and all there is, whatever came in which order.
     */
    static long part(long paid, long own, long amount, long most) {
      if (amount >= 0) {
        long left = paid < 0 && most > Long.MAX_VALUE + paid ? Long.MAX_VALUE : most - paid;
        return Math.min(amount, Math.max(0, left));
      }
      return Math.min(0, own + amount);
    }
  }

  private Sum[] all = {};
  private long savedSeq;

  /** All of them, not to be changed. */
  Sum[] all() {
    return all;
  }

  @Nullable Sum find(Sponsor by, int period) {
    for (Sum sum : all) {
      if (sum.period == period && sum.clause == by.clause() && sum.account == by.account()) {
        return sum;
      }
    }
    return null;
  }

  /** To be called before one changes, or is added. */
  void touch(UndoLog log, long seq) {
    if (savedSeq != seq) {
      log.begin(this);
      log.put(savedSeq);
      log.put(all);
      for (Sum sum : all) {
        log.put(sum.paid);
        log.put(sum.own);
      }
      savedSeq = seq;
    }
  }

  @Override
  public void restore(UndoLog log) {
    savedSeq = log.number();
    all = log.reference();
    for (Sum sum : all) {
      sum.paid = log.number();
      sum.own = log.number();
    }
  }

  /** That of a period; made where there is none, and those of periods before the oldest go then. */
  Sum get(Sponsor by, int period, int oldest) {
    Sum found = find(by, period);
    if (found == null) {
      found = new Sum(by.clause(), by.account(), period);
      Sum[] kept = Arrays.stream(all).filter(s -> s.period >= oldest).toArray(Sum[]::new);
      all = Arrays.copyOf(kept, kept.length + 1);
      all[kept.length] = found;
    }
    return found;
  }

  void encode(ByteWriter out) {
    out.varint(all.length);
    for (Sum sum : all) {
      out.varint(sum.clause);
      out.varint(sum.account);
      out.zigzag(sum.period);
      out.zigzag(sum.paid);
      out.zigzag(sum.own);
    }
  }

  static Sponsored decode(ByteReader in) {
    Sponsored sponsored = new Sponsored();
    sponsored.all = new Sum[in.count(in.remaining())];
    for (int i = 0; i < sponsored.all.length; i++) {
      Sum sum =
          new Sum(in.count(Integer.MAX_VALUE), in.count(Integer.MAX_VALUE), (int) in.zigzag());
      sum.paid = in.zigzag();
      sum.own = in.zigzag();
      sponsored.all[i] = sum;
    }
    return sponsored;
  }
}
