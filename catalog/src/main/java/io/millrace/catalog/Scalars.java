package io.millrace.catalog;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values from their text, exactly. Each method returns null after adding a problem, and null
 * without one where it is given null.
 */
final class Scalars {

  /** Digits of a number before its point. */
  static final int MAX_INTEGER_DIGITS = 12;

  /** Digits of a price after its point. */
  static final int MAX_FRACTION_DIGITS = 18;

  static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern NUMBER = Pattern.compile("(-?)([0-9]+)(?:\\.([0-9]+))?");
  private static final Pattern LENGTH = Pattern.compile("([0-9]{1,4})([hm])");

  private final Problems problems;

  Scalars(Problems problems) {
    this.problems = problems;
  }

  /** A name: it becomes part of accounts, routes and keys, so its letters are few. */
  @Nullable String name(Yaml.@Nullable Scalar at) {
    if (at == null || NAME.matcher(at.text()).matches()) {
      return at == null ? null : at.text();
    }
    problems.add(
        at,
        "bad-name",
        Problems.quote(at.text()) + " is not a name",
        "Use letters, digits, '.', '_' and '-', 63 at most, the first a letter or digit");
    return null;
  }

  /** A decimal of at most this many digits after its point, zero or more. */
  @Nullable BigDecimal decimal(Yaml.@Nullable Scalar at, int maxFractionDigits) {
    if (at == null) {
      return null;
    }
    Matcher number = NUMBER.matcher(at.text());
    if (!number.matches()) {
      return reject(
          at, "bad-number", "is not a decimal number", "Write digits with a point, like 0.10");
    }
    String fraction = number.group(3);
    if (fraction != null && fraction.length() > maxFractionDigits) {
      return reject(
          at,
          "number-too-fine",
          "has " + fraction.length() + " digits after the point",
          "Write " + maxFractionDigits + " at most");
    }
    if (number.group(2).length() > MAX_INTEGER_DIGITS) {
      return reject(
          at,
          "number-too-large",
          "has " + number.group(2).length() + " digits before the point",
          "Write " + MAX_INTEGER_DIGITS + " at most");
    }
    if (!number.group(1).isEmpty()) {
      return reject(at, "negative-number", "is negative", "Write it without the minus");
    }
    return new BigDecimal(at.text());
  }

  /** A decimal of either sign, of at most as many digits as a price has. */
  @Nullable BigDecimal signed(Yaml.@Nullable Scalar at) {
    if (at == null || !at.text().startsWith("-")) {
      return decimal(at, MAX_FRACTION_DIGITS);
    }
    BigDecimal magnitude =
        decimal(
            new Yaml.Scalar(at.line(), at.column(), at.text().substring(1)), MAX_FRACTION_DIGITS);
    return magnitude == null ? null : magnitude.negate();
  }

  /** A length like {@code 15m}, {@code 24h} or {@code PT36H}, of whole seconds. */
  @Nullable Duration length(Yaml.Scalar at, String orWords) {
    Matcher length = LENGTH.matcher(at.text());
    if (length.matches()) {
      long count = Long.parseLong(length.group(1));
      return length.group(2).equals("h") ? Duration.ofHours(count) : Duration.ofMinutes(count);
    }
    try {
      Duration duration = Duration.parse(at.text());
      if (duration.getNano() == 0) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // Falls through to the same words as a broken second.
    }
    return reject(
        at,
        "bad-length",
        "is not a length of whole seconds",
        "Write a length like 15m, 24h or PT36H, or " + orWords);
  }

  /** One of a few words. */
  <T> @Nullable T oneOf(Yaml.@Nullable Scalar at, String code, Map<String, T> words) {
    if (at == null) {
      return null;
    }
    T value = words.get(at.text());
    return value != null
        ? value
        : reject(
            at,
            code,
            "is not known here",
            Spelling.fix(at.text(), words.keySet().stream().sorted().toList()));
  }

  /** Adds a problem about a value. */
  <T> @Nullable T reject(Yaml.Scalar at, String code, String message, String fix) {
    problems.add(at, code, Problems.quote(at.text()) + " " + message, fix);
    return null;
  }
}
