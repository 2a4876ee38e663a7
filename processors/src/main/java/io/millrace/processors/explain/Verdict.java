package io.millrace.processors.explain;

import java.util.Locale;

/**
 * What one check of a charge came to.
 *
 * @param check its stable name
 * @param good whether it holds
 * @param says what was compared, or what is wrong and where
 */
public record Verdict(String check, boolean good, String says) {

  /** A format and what to put in, whatever the machine's locale. */
  static String words(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
