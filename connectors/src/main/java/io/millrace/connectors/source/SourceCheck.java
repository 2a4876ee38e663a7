package io.millrace.connectors.source;

/**
 * One thing that a source needs of what it reads from, as it was found.
 *
 * @param name what was looked at: {@code host}, {@code login}, {@code topic}, {@code queue}, …
 * @param good whether it is as it should be
 * @param says what was found, one line; never a secret
 */
public record SourceCheck(String name, boolean good, String says) {
  /** It is as it should be. */
  public static SourceCheck good(String name, String says) {
    return new SourceCheck(name, true, says);
  }

  /** It isn't; {@code says} names how to fix it. */
  public static SourceCheck bad(String name, String says) {
    return new SourceCheck(name, false, says);
  }
}
