package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.time.Duration;
import java.util.Comparator;

/**
 * Money that an account has beside its main balance, under a name of its own: it may run out at a
 * time, and may be for the use of one event type alone. Amounts are in ledger units.
 */
final class MoneyBucket {
  /** Stands for the event types of a bucket that is for any use. */
  static final int ANY = -1;

  /** So long before it ends it is told that it will. */
  static final long TOLD_BEFORE = Duration.ofDays(1).toMillis();

  /**
   * What is drawn on first: what is for one event type, then what ends earlier, then what was there
   * earlier.
   */
  static final Comparator<MoneyBucket> BURN_ORDER =
      Comparator.<MoneyBucket>comparingInt(b -> b.type == ANY ? 1 : 0)
          .thenComparingLong(b -> b.expires)
          .thenComparingInt(b -> b.number);

  final int number;
  final String name;
  final int type;

  /** Its first moment after, milliseconds since 1970-01-01 UTC; {@link Long#MAX_VALUE} for none. */
  long expires;

  /** Paid in, and put right. */
  long paid;

  /** What use has drawn, sealed or not. */
  long used;

  /** What ran out. */
  long expired;

  /** What the main balance had paid for in all as this was last drawn on. */
  long mainBefore;

  /** Whether it was told that it will end, or came too late for that. */
  boolean told;

  /** Whether its time is over, and what is left waits for grants that need it. */
  boolean overdue;

  MoneyBucket(int number, String name, int type, long expires) {
    this.number = number;
    this.name = name;
    this.type = type;
    this.expires = expires;
  }

  long left() {
    return paid - used - expired;
  }

  boolean isFor(int eventType) {
    return type == ANY || type == eventType;
  }

  /** When something is to be done with it, {@link Long#MAX_VALUE} where nothing is. */
  long nextDue() {
    if (overdue || expires == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    return told ? expires : expires - TOLD_BEFORE;
  }

  /** Ends it then, from a time before on. */
  void endAt(long end, long now) {
    expires = end;
    told = end - TOLD_BEFORE <= now;
  }

  MoneyBucket copy() {
    MoneyBucket copy = new MoneyBucket(number, name, type, expires);
    copy.paid = paid;
    copy.used = used;
    copy.expired = expired;
    copy.mainBefore = mainBefore;
    copy.told = told;
    copy.overdue = overdue;
    return copy;
  }

  void encode(ByteWriter out) {
    out.varint(number);
    out.string(name);
    out.zigzag(type);
    out.zigzag(expires);
    out.zigzag(paid);
    out.zigzag(used);
    out.zigzag(expired);
    out.zigzag(mainBefore);
    out.bool(told);
    out.bool(overdue);
  }

  static MoneyBucket decode(ByteReader in) {
    MoneyBucket bucket =
        new MoneyBucket(
            in.count(Integer.MAX_VALUE), in.string(), Math.toIntExact(in.zigzag()), in.zigzag());
    bucket.paid = in.zigzag();
    bucket.used = in.zigzag();
    bucket.expired = in.zigzag();
    bucket.mainBefore = in.zigzag();
    bucket.told = in.bool();
    bucket.overdue = in.bool();
    return bucket;
  }
}
