package io.millrace.catalog;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** Reads moments: a date, a time of the catalog's zone, or an instant with its offset. */
final class MomentReader {
  private static final int DATE_LENGTH = "2026-11-02".length();

  private final Scalars scalars;
  private final ZoneId zone;

  MomentReader(Problems problems, ZoneId zone) {
    this.scalars = new Scalars(problems);
    this.zone = zone;
  }

  /** The moment; null after adding a problem, and null without one where it is given null. */
  @Nullable Instant read(Yaml.@Nullable Scalar at) {
    if (at == null) {
      return null;
    }
    String text = at.text();
    try {
      if (text.length() == DATE_LENGTH) {
        return LocalDate.parse(text).atStartOfDay(zone).toInstant();
      }
      boolean local =
          text.indexOf('Z') < 0 && text.lastIndexOf('+') < 0 && text.lastIndexOf('-') < DATE_LENGTH;
      return local
          ? LocalDateTime.parse(text).atZone(zone).toInstant()
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return scalars.reject(
          at,
          "bad-moment",
          "is not a moment",
          "Write a date, a time like 2026-11-02T10:00, or an instant like 2026-11-02T10:00:00Z");
    }
  }
}
