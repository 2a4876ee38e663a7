package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.Comparator;

/** Money, which may be for the use of one event type alone. Amounts are in ledger units. */
final class MoneyBucket extends Bucket {
  /** Stands for the event types of a bucket that is for any use. */
  static final int ANY = -1;

  /**
   * What is drawn on first: what is for one event type, then what ends earlier, then what was there
   * earlier.
   */
  static final Comparator<MoneyBucket> BURN_ORDER =
      Comparator.<MoneyBucket>comparingInt(b -> b.type == ANY ? 1 : 0)
          .thenComparingLong(b -> b.expires)
          .thenComparingInt(b -> b.number);

  final int type;

  /** What the main balance had paid for in all as this was last drawn on. */
  long mainBefore;

  MoneyBucket(int number, String name, int type, long expires) {
    super(number, name, expires);
    this.type = type;
  }

  boolean isFor(int eventType) {
    return type == ANY || type == eventType;
  }

  MoneyBucket copy() {
    MoneyBucket copy = new MoneyBucket(number, name, type, expires);
    copyTo(copy);
    copy.mainBefore = mainBefore;
    return copy;
  }

  void encode(ByteWriter out) {
    out.varint(number);
    out.string(name);
    out.zigzag(type);
    out.zigzag(expires);
    encodeSums(out);
    out.zigzag(mainBefore);
  }

  static MoneyBucket decode(ByteReader in) {
    MoneyBucket bucket =
        new MoneyBucket(
            in.count(Integer.MAX_VALUE), in.string(), Math.toIntExact(in.zigzag()), in.zigzag());
    bucket.decodeSums(in);
    bucket.mainBefore = in.zigzag();
    return bucket;
  }
}
