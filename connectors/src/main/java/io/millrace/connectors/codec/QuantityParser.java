package io.millrace.connectors.codec;

/** A reading's decimal text as a scaled integer. */
@FunctionalInterface
public interface QuantityParser {

  /** What {@link #parse} returns for a reading that the meter can't hold. */
  long BAD = Long.MIN_VALUE;

  /**
   * The reading × 10^scale, exactly.
   *
   * @param text holds a JSON number: at most 64 characters
   * @param from its first character
   * @param length how many it has
   * @param scale decimal digits kept
   * @param roundsFiner whether what is finer is rounded half up, else it is bad
   * @return the scaled integer or {@link #BAD}
   */
  long parse(char[] text, int from, int length, int scale, boolean roundsFiner);
}
