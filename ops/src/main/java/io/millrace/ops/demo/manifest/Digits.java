package io.millrace.ops.demo.manifest;

import java.math.BigDecimal;

/** Numbers for people, the same in every locale: {@code 1,234,567.89}. */
public final class Digits {
  private static final int GROUP = 3;

  private Digits() {}

  /** A count, in groups of three digits. */
  public static String of(long count) {
    return of(BigDecimal.valueOf(count));
  }

  /** An amount with all its digits, those before the point in groups of three. */
  public static String of(BigDecimal amount) {
    String plain = amount.abs().toPlainString();
    int point = plain.indexOf('.');
    int whole = point < 0 ? plain.length() : point;
    StringBuilder grouped = new StringBuilder(amount.signum() < 0 ? "-" : "");
    for (int i = 0; i < whole; i++) {
      if (i > 0 && (whole - i) % GROUP == 0) {
        grouped.append(',');
      }
      grouped.append(plain.charAt(i));
    }
    return grouped.append(plain, whole, plain.length()).toString();
  }
}
