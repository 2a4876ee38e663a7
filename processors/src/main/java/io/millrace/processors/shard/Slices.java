package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.journal.MessageCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What sponsors of other shards have lent this one of their balances, by account: a slice in hand
 * is used here without asking. Changed in place and undone in reverse.
 */
final class Slices {
  /** What waits for one slice, by subscription and by charge; what comes beyond does not wait. */
  static final int MOST_WAITING = 16_384;

  /** How long after a sponsor had too little it is asked again, at the earliest; milliseconds. */
  static final long PAUSE = 60_000;

  private final TreeMap<Integer, Slice> all = new TreeMap<>();
  private final List<Runnable> undo;

  /** When the next one goes back, or {@link #UNKNOWN}. */
  private long nextDue = Long.MAX_VALUE;

  private static final long UNKNOWN = Long.MIN_VALUE;

  /**
   * A charge that was sealed while the slice that would have paid for it was on its way.
   *
   * @param paid what the sponsor would pay of it
   * @param period whose bound that is within
   * @param at a moment of the version that priced it, milliseconds since 1970-01-01 UTC
   */
  record Sealed(ShardMessage.Paid paid, int period, long at) {}

  /** What one sponsor has lent; amounts in ledger units. */
  static final class Slice {
    final int account;

    /** In hand: lent, not used and not given back. */
    long left;

    /** What of that grants count on: it does not go back, and nothing else draws on it. */
    long kept;

    /** What has accrued by it and is not sealed. */
    long accrued;

    /** When what is left goes back, milliseconds since 1970-01-01 UTC. */
    long until;

    /** Whether an answer is on its way. */
    boolean asked;

    /** Until when nothing is asked for. */
    long pausedUntil = Long.MIN_VALUE;

    /** Used since the last answer: what is asked for ahead. */
    long used;

    /** What somebody has asked a price for, and it was not there. */
    long expected;

    /** What was used, and it was not there; the next slice pays for it. */
    long needed;

    /** Whose accruals that is in. */
    TreeSet<Long> waiting = new TreeSet<>();

    /** Or what has been sealed since. */
    List<Sealed> sealed = new ArrayList<>();

    /** The shard's seq when it was last saved for undo. */
    long savedSeq;

    Slice(int account) {
      this.account = account;
    }

    private Runnable saved() {
      long savedLeft = left;
      long savedKept = kept;
      long savedAccrued = accrued;
      long savedUntil = until;
      boolean savedAsked = asked;
      long savedPause = pausedUntil;
      long savedUsed = used;
      long savedExpected = expected;
      long savedNeeded = needed;
      TreeSet<Long> savedWaiting = new TreeSet<>(waiting);
      List<Sealed> savedSealed = new ArrayList<>(sealed);
      long saved = savedSeq;
      return () -> {
        left = savedLeft;
        kept = savedKept;
        accrued = savedAccrued;
        until = savedUntil;
        asked = savedAsked;
        pausedUntil = savedPause;
        used = savedUsed;
        expected = savedExpected;
        needed = savedNeeded;
        waiting = savedWaiting;
        sealed = savedSealed;
        savedSeq = saved;
      };
    }

    /** Whether one more may wait. */
    boolean hasRoom() {
      return waiting.size() + sealed.size() < MOST_WAITING;
    }

    /** Whether what is left is to go back by itself. */
    boolean expires() {
      return free() > 0 && !asked;
    }

    /** What is in hand and no grant counts on. */
    long free() {
      return left - kept;
    }

    private void encode(ByteWriter out) {
      out.varint(account);
      out.varint(left);
      out.varint(kept);
      out.varint(accrued);
      out.zigzag(until);
      out.bool(asked);
      out.zigzag(pausedUntil);
      out.varint(used);
      out.varint(expected);
      out.varint(needed);
      out.varint(waiting.size());
      waiting.forEach(out::zigzag);
      out.varint(sealed.size());
      for (Sealed each : sealed) {
        MessageCodec.write(each.paid, out);
        out.zigzag(each.period);
        out.zigzag(each.at);
      }
    }

    private static Slice decode(ByteReader in) {
      Slice slice = new Slice(in.count(Integer.MAX_VALUE));
      slice.left = in.varint();
      slice.kept = in.varint();
      slice.accrued = in.varint();
      slice.until = in.zigzag();
      slice.asked = in.bool();
      slice.pausedUntil = in.zigzag();
      slice.used = in.varint();
      slice.expected = in.varint();
      slice.needed = in.varint();
      for (int waiting = in.count(in.remaining()); waiting > 0; waiting--) {
        slice.waiting.add(in.zigzag());
      }
      for (int sealed = in.count(in.remaining()); sealed > 0; sealed--) {
        slice.sealed.add(new Sealed(MessageCodec.readPaid(in), (int) in.zigzag(), in.zigzag()));
      }
      return slice;
    }
  }

  Slices(List<Runnable> undo) {
    this.undo = undo;
  }

  /** The one of a sponsor; null where it was never asked. */
  @Nullable Slice find(int account) {
    return all.get(account);
  }

  /** The one of a sponsor, to be changed. */
  Slice touch(int account, long seq) {
    nextDue = UNKNOWN;
    Slice slice = all.get(account);
    if (slice == null) {
      slice = new Slice(account);
      all.put(account, slice);
      undo.add(
          () -> {
            all.remove(account);
            nextDue = UNKNOWN;
          });
    } else if (slice.savedSeq != seq) {
      Runnable saved = slice.saved();
      undo.add(
          () -> {
            saved.run();
            nextDue = UNKNOWN;
          });
    }
    slice.savedSeq = seq;
    return slice;
  }

  /** All of them, by account. */
  List<Slice> all() {
    return new ArrayList<>(all.values());
  }

  /** When the next one goes back, {@link Long#MAX_VALUE} where none does. */
  long nextDue() {
    if (nextDue == UNKNOWN) {
      nextDue = Long.MAX_VALUE;
      for (Slice slice : all.values()) {
        if (slice.expires()) {
          nextDue = Math.min(nextDue, slice.until);
        }
      }
    }
    return nextDue;
  }

  /** All of them stand in each delta: they are as few as sponsors. */
  void encode(ByteWriter out) {
    out.varint(all.size());
    for (Slice slice : all.values()) {
      slice.encode(out);
    }
  }

  /** Takes on what was encoded. */
  void overlay(ByteReader in) {
    all.clear();
    nextDue = UNKNOWN;
    for (int more = in.count(in.remaining()); more > 0; more--) {
      Slice slice = Slice.decode(in);
      all.put(slice.account, slice);
    }
  }
}
