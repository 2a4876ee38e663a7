package io.millrace.connectors.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {

  private static long millis(String text) {
    byte[] bytes = ("??" + text + "??").getBytes(StandardCharsets.UTF_8);
    return Rfc3339.millis(bytes, 2, bytes.length - 4);
  }

  /** 0000-01-01 to 9999-12-31, any offset, any fraction: as java.time reads it. */
  @Property(tries = 2_000)
  void any_time_reads_as_the_library_does(
      @ForAll @LongRange(min = -62_167_132_800L, max = 253_402_214_400L) long second,
      @ForAll @IntRange(max = 999_999_999) int nano,
      @ForAll @IntRange(min = -1_079, max = 1_079) int offset) {
    Instant instant = Instant.ofEpochSecond(second, nano);
    OffsetDateTime time = instant.atOffset(ZoneOffset.ofTotalSeconds(offset * 60));
    String text = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time);
    assertEquals(instant.toEpochMilli(), millis(text), text);
  }

  @ParameterizedTest
  @CsvSource({
    "1970-01-01T00:00:00Z, 0",
    "1970-01-01T00:00:00.9999Z, 999",
    "1969-12-31T23:59:59.999Z, -1",
    "2038-01-19T03:14:08Z, 2147483648000",
    "2026-11-02t10:01:07z, 1793613667000",
    "2026-11-02T10:01:07+14:00, 1793563267000",
    "2026-11-02T10:01:07-00:00, 1793613667000",
    "2024-02-29T00:00:00Z, 1709164800000",
    "2000-02-29T00:00:00Z, 951782400000",
    "9999-12-31T23:59:59.999Z, 253402300799999",
    "2026-11-02T10:01:07.123456789Z, 1793613667123",
  })
  void a_time_of_the_standard_is_taken(String text, long expected) {
    assertEquals(expected, millis(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-11-02",
        "2026-11-02T10:01:07",
        "2026-11-02T10:01Z",
        "2026-11-02 10:01:07Z",
        "2026-11-02T10:01:60Z",
        "2026-11-02T24:00:00Z",
        "2026-11-02T10:60:00Z",
        "2026-13-02T10:01:07Z",
        "2026-00-02T10:01:07Z",
        "2026-11-31T10:01:07Z",
        "2026-11-00T10:01:07Z",
        "2025-02-29T10:01:07Z",
        "1900-02-29T10:01:07Z",
        "2026-11-02T10:01:07.Z",
        "2026-11-02T10:01:07.123456789012Z",
        "2026-11-02T10:01:07,5Z",
        "2026-11-02T10:01:07+24:00",
        "2026-11-02T10:01:07+01:60",
        "2026-11-02T10:01:07+0100",
        "2026-11-02T10:01:07+01",
        "2026-11-02T10:01:07ZZ",
        "2026-11-02T10:01:07Z ",
        "12026-11-02T10:01:07Z",
        "-026-11-02T10:01:07Z",
        "2026-11-02T+1:01:07Z",
        "1793613667000-------",
      })
  void what_is_no_time_is_told(String text) {
    assertEquals(Rfc3339.NOT_A_TIME, millis(text));
  }

  @Test
  void digits_of_another_script_are_no_digits() {
    assertEquals(Rfc3339.NOT_A_TIME, millis("202\u0666-11-02T10:01:07Z"));
  }
}
