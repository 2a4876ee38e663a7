package io.millrace.ops.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiveTableTest {
  private static final Instant START = Instant.parse("2026-11-01T23:00:00Z");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicReference<LiveFigures> now = new AtomicReference<>(at(0, 0, ""));

  private static LiveFigures at(int minutes, long received, String trouble) {
    return new LiveFigures(
        received,
        received / 100,
        received / 500,
        received * 98 / 100,
        new BigDecimal("50.022219999"),
        1234,
        START.plusSeconds(60L * minutes),
        minutes,
        1440,
        trouble);
  }

  private LiveTable table(Face face, Charset charset) {
    return new LiveTable(
        new PrintStream(bytes, true, charset),
        face,
        ZoneId.of("Europe/Madrid"),
        "EUR",
        now::get,
        nanos::get);
  }

  @Test
  void plainScreen_getsALineWithRateAndTimeLeft() {
    LiveTable table = table(new Face(false, false), StandardCharsets.US_ASCII);
    table.draw();
    now.set(at(360, 1_000_000, "nobody subscribes"));
    nanos.set(TimeUnit.SECONDS.toNanos(20));
    table.draw();
    assertEquals(
        """
        2026-11-02 00:00  0 %  received 0  charged 0  duplicates 0  suspended 0  EUR 50.0222  0/s  lag 1,234  left ?
        2026-11-02 06:00  25 %  received 1,000,000  charged 980,000  duplicates 10,000  suspended 2,000  EUR 50.0222  50,000/s  lag 1,234  left 1:00  waiting: nobody subscribes
        """,
        bytes.toString(StandardCharsets.US_ASCII).replace(System.lineSeparator(), "\n"));
  }

  @Test
  void terminal_isDrawnOver() {
    LiveTable table = table(new Face(true, true), StandardCharsets.UTF_8);
    table.draw();
    String first = bytes.toString(StandardCharsets.UTF_8);
    assertEquals(5, first.lines().count());
    assertFalse(first.contains("\u001b"));
    bytes.reset();
    now.set(at(720, 1000, "a broker"));
    nanos.set(TimeUnit.SECONDS.toNanos(1));
    table.draw();
    String second = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(second.startsWith("\u001b[5A\u001b[J"));
    assertTrue(second.contains("█".repeat(15) + "░".repeat(15) + "  50 %   2026-11-02 12:00"));
    assertTrue(second.endsWith("waiting: a broker\n"));
    bytes.reset();
    table.draw();
    assertTrue(bytes.toString(StandardCharsets.UTF_8).startsWith("\u001b[6A"));
  }

  @Test
  void closing_drawsTheEnd() {
    LiveTable table = table(new Face(false, false), StandardCharsets.US_ASCII);
    table.start();
    now.set(at(1440, 2000, ""));
    table.close();
    String[] lines = bytes.toString(StandardCharsets.US_ASCII).split(System.lineSeparator());
    assertTrue(lines[lines.length - 1].contains("100 %"));
    assertTrue(lines[lines.length - 1].endsWith("left 0:00"));
  }

  @ParameterizedTest
  @CsvSource({"PT0S, 0:00", "PT7S, 0:07", "PT2M5S, 2:05", "PT1H, 1:00:00", "PT26H3M9S, 26:03:09"})
  void durations_readLikeAClock(Duration duration, String clock) {
    assertEquals(clock, LiveTable.clock(duration));
  }
}
