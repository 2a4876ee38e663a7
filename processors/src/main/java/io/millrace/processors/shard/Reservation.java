package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.usage.Attributes;
import java.time.Duration;

/**
 * What an account was granted before it is used. It outlives its end, so that what was delivered is
 * billed also where its commit comes late.
 *
 * @param seq the shard's commit that granted it
 * @param n which of that commit's
 * @param at when it was granted: what is committed is priced as used then; milliseconds since
 *     1970-01-01 UTC
 * @param type the event type of its use, by index
 * @param value which of the type's readings
 * @param said of its use: the bands that it is priced by
 * @param granted the quantity, in the meter's scaled integers
 * @param left of it, not committed yet
 * @param held of the balance, ledger units; 0 once it has ended
 * @param until when it expires
 * @param end what ended it
 * @param ended its place among those that have ended, from 1; 0 while it is open
 * @param endedAt when that was
 * @param changedSeq the shard's seq at its last change
 */
public record Reservation(
    long seq,
    int n,
    int account,
    long subscription,
    long at,
    int type,
    int value,
    Attributes said,
    long granted,
    long left,
    long held,
    long until,
    End end,
    long ended,
    long endedAt,
    long changedSeq) {

  /** No reservation is valid for longer. */
  public static final long LONGEST = Duration.ofDays(1).toMillis();

  /** What the name of a reservation begins with. */
  public static final String PREFIX = "r-";

  /** What ended a reservation; the ordinal is part of checkpoints. */
  public enum End {
    OPEN,
    COMMITTED,
    RELEASED,
    EXPIRED
  }

  private static final End[] ENDS = End.values();

  /** Set beside what ended it where something is said of its use, which is last then. */
  private static final int SAYS = 0x80;

  /** Its place among a shard's. */
  record Id(long seq, int n) implements Comparable<Id> {
    @Override
    public int compareTo(Id other) {
      int bySeq = Long.compare(seq, other.seq);
      return bySeq != 0 ? bySeq : Integer.compare(n, other.n);
    }
  }

  Id id() {
    return new Id(seq, n);
  }

  /** What it is called everywhere: {@code r-tenant-shard-seq-n}. */
  public String name(ShardKey of) {
    return PREFIX + new ChargeId(of.tenant(), of.number(), seq, n);
  }

  /** Whether it holds part of the balance. */
  public boolean isOpen() {
    return end == End.OPEN;
  }

  /** The same at a time, milliseconds since 1970-01-01 UTC: it may be over, and not ended yet. */
  boolean isOpenAt(long time) {
    return isOpen() && until > time;
  }

  Reservation committed(long leftNow, long heldNow, long nowSeq) {
    return new Reservation(
        seq,
        n,
        account,
        subscription,
        at,
        type,
        value,
        said,
        granted,
        leftNow,
        heldNow,
        until,
        end,
        ended,
        endedAt,
        nowSeq);
  }

  Reservation ended(End how, long place, long time, long nowSeq) {
    return new Reservation(
        seq,
        n,
        account,
        subscription,
        at,
        type,
        value,
        said,
        granted,
        left,
        0,
        until,
        how,
        place,
        time,
        nowSeq);
  }

  void encode(ByteWriter out) {
    out.varint(seq);
    out.varint(n);
    out.varint(account);
    out.varint(subscription);
    out.zigzag(at);
    out.varint(type);
    out.varint(value);
    out.varint(granted);
    out.varint(left);
    out.varint(held);
    out.zigzag(until);
    out.u8(end.ordinal() | (said.isEmpty() ? 0 : SAYS));
    out.varint(ended);
    out.zigzag(endedAt);
    if (!said.isEmpty()) {
      said.encode(out);
    }
  }

  static Reservation decode(ByteReader in) {
    long seq = in.varint();
    int n = in.count(Integer.MAX_VALUE);
    int account = in.count(Integer.MAX_VALUE);
    long subscription = in.varint();
    long at = in.zigzag();
    int type = in.count(Integer.MAX_VALUE);
    int value = in.count(Integer.MAX_VALUE);
    long granted = in.varint();
    long left = in.varint();
    long held = in.varint();
    long until = in.zigzag();
    int end = in.u8();
    long ended = in.varint();
    long endedAt = in.zigzag();
    Attributes said = (end & SAYS) == 0 ? Attributes.NONE : Attributes.decode(in);
    End how = ENDS[end & ~SAYS];
    return new Reservation(
        seq,
        n,
        account,
        subscription,
        at,
        type,
        value,
        said,
        granted,
        left,
        held,
        until,
        how,
        ended,
        endedAt,
        0);
  }
}
