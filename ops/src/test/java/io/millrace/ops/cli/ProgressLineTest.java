package io.millrace.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final AtomicLong nanos = new AtomicLong();
  private final StringWriter shown = new StringWriter();

  private ProgressLine line(int size, int known) {
    return new ProgressLine(
        new ByteArrayInputStream(new byte[size]), known, new PrintWriter(shown), nanos::get);
  }

  private String last() {
    return shown.toString().substring(shown.toString().lastIndexOf('\r') + 1);
  }

  @Test
  void fileOfKnownSize_showsHowFarItIsAndHowLongItTakes() throws IOException {
    try (ProgressLine line = line(400, 400)) {
      line.lines(0);
      assertEquals("", shown.toString());
      assertEquals(100, line.readNBytes(100).length);
      nanos.set(30_000_000_000L);
      line.lines(3_000);
      assertEquals("[#######" + " ".repeat(23) + "] 3,000 lines, 100 a second, 1:30 left", last());
      nanos.addAndGet(1);
      line.lines(3_001);
      assertTrue(last().contains("3,000 lines"), "it is not shown more than twice a second");
    }
    assertEquals("", last(), "it is wiped at the end");
  }

  @Test
  void streamOfUnknownSize_showsItsLines() throws IOException {
    try (ProgressLine line = line(10, 0)) {
      assertEquals(0, line.read());
      nanos.set(2_000_000_000L);
      line.lines(10_000);
      assertEquals("10,000 lines, 5,000 a second", last());
    }
  }

  @Test
  void shortFile_showsNothing() throws IOException {
    try (ProgressLine line = line(10, 10)) {
      line.lines(10);
    }
    assertEquals("", shown.toString());
  }
}
