package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointerTest {

  @ParameterizedTest
  @CsvSource({
    "5_000, 0, 0, 5_000", // Nothing has moved.
    "5_000, 100, 150, 5_000", // One part in fifty.
    "5_000, 101, 150, 5_050",
    "5_000, 500, 1_000, 25_000",
    "5_000, 101, 4_000, 16_000", // One part in four is written.
    "5_000, 2_000, 3_000, 60_000", // A restart reads a minute of the journal at most,
    "5_000, 101, 20_000, 60_000",
    "300_000, 2_000, 3_000, 300_000", // or what was asked for.
  })
  void aRoundThatTakesLonger_isFollowedLater(
      String wanted, String encoded, String lasted, String pause) {
    assertEquals(nanos(pause), Checkpointer.pause(nanos(wanted), nanos(encoded), nanos(lasted)));
  }

  private static long nanos(String millis) {
    return TimeUnit.MILLISECONDS.toNanos(Long.parseLong(millis.replace("_", "")));
  }
}
