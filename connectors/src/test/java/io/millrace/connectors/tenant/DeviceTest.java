package io.millrace.connectors.tenant;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the database would refuse in the commit, and so for ever, is refused before. */
class DeviceTest {
  private static final Instant NOW = Instant.parse("2026-11-02T00:00:00Z");

  private static Device device(String subject, String account, String from, String to) {
    return new Device(
        subject, account, "lamp", Instant.parse(from), Optional.ofNullable(to).map(Instant::parse));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-02T00:00:00Z,",
    "0001-01-01T00:00:00Z, 9999-12-31T23:59:59Z",
    "2026-11-02T00:00:00Z, 2026-11-02T00:00:01Z",
  })
  void timesOfThisEra_areTaken(String from, String to) {
    assertDoesNotThrow(() -> device("lamp-1", "city", from, to));
  }

  @ParameterizedTest
  @CsvSource({
    "+300000-01-01T00:00:00Z,",
    "-5000-01-01T00:00:00Z,",
    "2026-11-02T00:00:00Z, +300000-01-01T00:00:00Z",
    "2026-11-02T00:00:00Z, 2026-11-02T00:00:00Z",
  })
  void timesThatCantBeStored_areRefused(String from, String to) {
    assertThrows(IllegalArgumentException.class, () -> device("lamp-1", "city", from, to));
  }

  @Test
  void textThatCantBeStored_isRefused() {
    for (String text : new String[] {"lamp\0", "la\nmp", "", " ", "x".repeat(257)}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new Device(text, "city", "lamp", NOW, Optional.empty()));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> new Device("lamp-1", "ci\0ty", "lamp", NOW, Optional.empty()));
  }
}
