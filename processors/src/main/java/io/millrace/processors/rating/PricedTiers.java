package io.millrace.processors.rating;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * What a charge is made of, as its record keeps it: the tiers that it moved, each with its units
 * and flats, as varints. Empty where the charge's quantity says it.
 */
public final class PricedTiers {
  private static final byte[] NONE = new byte[0];

  private PricedTiers() {}

  /**
   * A tier's part of a charge.
   *
   * @param tier from 0
   * @param units priced in it, in the meter's scaled integers; negative where they are taken back
   * @param flats how often its flat was added; negative where it is taken back
   */
  public record Part(int tier, long units, long flats) {}

  /** The bytes of the numbers that {@link PriceCurve#explain} makes. */
  public static byte[] encode(long[] slots) {
    if (slots.length == 0) {
      return NONE;
    }
    ByteWriter out = new ByteWriter(16);
    for (int k = 0; k < slots.length / 2; k++) {
      if (slots[2 * k] != 0 || slots[2 * k + 1] != 0) {
        out.varint(k);
        out.zigzag(slots[2 * k]);
        out.zigzag(slots[2 * k + 1]);
      }
    }
    return out.toByteArray();
  }

  /**
   * The parts in the order of the tiers.
   *
   * @throws IllegalArgumentException where the bytes are none
   */
  public static List<Part> decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    List<Part> parts = new ArrayList<>();
    while (in.remaining() > 0) {
      parts.add(new Part(in.count(Integer.MAX_VALUE), in.zigzag(), in.zigzag()));
    }
    return parts;
  }
}
