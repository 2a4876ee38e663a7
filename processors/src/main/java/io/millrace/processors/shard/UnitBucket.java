package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.Comparator;

/**
 * Units of an allowance that an account has bought, for all its devices whose offers have that
 * allowance. Quantities are in the scaled integers of the allowance's meter.
 */
final class UnitBucket extends Bucket {
  /** What is drawn on first: what ends earlier, then what was there earlier. */
  static final Comparator<UnitBucket> BURN_ORDER =
      Comparator.<UnitBucket>comparingLong(b -> b.expires).thenComparingInt(b -> b.number);

  /** The allowance's name. */
  final String allowance;

  UnitBucket(int number, String name, String allowance, long expires) {
    super(number, name, expires);
    this.allowance = allowance;
  }

  UnitBucket copy() {
    UnitBucket copy = new UnitBucket(number, name, allowance, expires);
    copyTo(copy);
    return copy;
  }

  void encode(ByteWriter out) {
    out.varint(number);
    out.string(name);
    out.string(allowance);
    out.zigzag(expires);
    encodeSums(out);
  }

  static UnitBucket decode(ByteReader in) {
    UnitBucket bucket =
        new UnitBucket(in.count(Integer.MAX_VALUE), in.string(), in.string(), in.zigzag());
    bucket.decodeSums(in);
    return bucket;
  }
}
