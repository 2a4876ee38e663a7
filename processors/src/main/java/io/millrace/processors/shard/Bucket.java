package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.time.Duration;

/**
 * Something that an account has beside its main balance, under a name of its own, and that may run
 * out at a time: money in ledger units, or units of an allowance in a meter's scaled integers.
 */
abstract sealed class Bucket permits MoneyBucket, UnitBucket {
  /** So long before it ends it is told that it will. */
  static final long TOLD_BEFORE = Duration.ofDays(1).toMillis();

  final int number;
  final String name;

  /** Its first moment after, milliseconds since 1970-01-01 UTC; {@link Long#MAX_VALUE} for none. */
  long expires;

  /** Paid in, and put right. */
  long paid;

  /** What use has drawn, sealed or not. */
  long used;

  /** What ran out. */
  long expired;

  /** What came back to it after its end and was not posted as run out yet; part of that. */
  long returned;

  /** Whether it was told that it will end, or came too late for that. */
  boolean told;

  /** Whether its time is over, and what is left waits for grants that need it. */
  boolean overdue;

  Bucket(int number, String name, long expires) {
    this.number = number;
    this.name = name;
    this.expires = expires;
  }

  final long left() {
    return paid - used - expired;
  }

  /** Whether something can be paid in: its time is not over, also where that is not noted yet. */
  final boolean isOpenAt(long time) {
    return !overdue && expires > time;
  }

  /** When something is to be done with it, {@link Long#MAX_VALUE} where nothing is. */
  final long nextDue() {
    if (overdue || expires == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    return told ? expires : expires - TOLD_BEFORE;
  }

  /** Ends it then, from a time before on. */
  final void endAt(long end, long now) {
    expires = end;
    told = end - TOLD_BEFORE <= now;
  }

  /** Something is due: it is told of and then over. Gives whether there is something to tell. */
  final boolean fallsDue(long time) {
    boolean isNews = !told && left() > 0 && expires > time;
    told = true;
    overdue = expires <= time;
    return isNews;
  }

  /** Takes back what it has drawn after its end: that runs out at once. */
  final void comeBackLate(long amount) {
    used -= amount;
    expired += amount;
    returned += amount;
  }

  final void copyTo(Bucket copy) {
    copy.paid = paid;
    copy.used = used;
    copy.expired = expired;
    copy.returned = returned;
    copy.told = told;
    copy.overdue = overdue;
  }

  final void encodeSums(ByteWriter out) {
    out.zigzag(paid);
    out.zigzag(used);
    out.zigzag(expired);
    out.bool(told);
    out.bool(overdue);
    assert returned == 0 : "what came back is posted as its batch ends";
  }

  final void decodeSums(ByteReader in) {
    paid = in.zigzag();
    used = in.zigzag();
    expired = in.zigzag();
    told = in.bool();
    overdue = in.bool();
  }
}
