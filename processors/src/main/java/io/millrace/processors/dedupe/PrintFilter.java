package io.millrace.processors.dedupe;

/**
 * A Bloom filter of eight bits a fingerprint, all bits of one in one word: it tells in one read of
 * memory that a print is in none of the sealed days, which else takes a search in each of them.
 * Says yes in error for about one in twenty.
 */
final class PrintFilter {

  static final PrintFilter NOTHING = new PrintFilter(new long[0][]);

  private final long[] words;

  PrintFilter(long[][] sealed) {
    long count = 0;
    for (long[] prints : sealed) {
      count += prints.length;
    }
    words = new long[(int) Math.min((count + 7) / 8, 1 << 27)];
    for (long[] prints : sealed) {
      for (long print : prints) {
        long mixed = mix(print);
        words[word(mixed)] |= bits(mixed);
      }
    }
  }

  boolean mayContain(long print) {
    if (words.length == 0) {
      return false;
    }
    long mixed = mix(print);
    long bits = bits(mixed);
    return (words[word(mixed)] & bits) == bits;
  }

  int bytes() {
    return this == NOTHING ? 0 : 16 + DedupeWindow.ARRAY_HEADER + 8 * words.length;
  }

  private int word(long mixed) {
    return (int) Math.unsignedMultiplyHigh(mixed, words.length);
  }

  /** Three bits, by the lowest eighteen of the hash; the word is chosen by the highest ones. */
  private static long bits(long mixed) {
    return 1L << mixed | 1L << (mixed >>> 6) | 1L << (mixed >>> 12);
  }

  private static long mix(long print) {
    long mixed = print * 0x9E3779B97F4A7C15L;
    return mixed ^ (mixed >>> 32);
  }
}
