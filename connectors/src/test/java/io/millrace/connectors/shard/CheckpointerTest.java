package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointerTest {

  @ParameterizedTest
  @CsvSource({
    "5_000, 0, 5_000", // Nothing has moved.
    "5_000, 100, 5_000", // One part in fifty.
    "5_000, 101, 5_050",
    "5_000, 500, 25_000",
    "5_000, 2_000, 60_000", // A restart reads a minute of the journal at most,
    "300_000, 2_000, 300_000", // or what was asked for.
  })
  void aRoundThatEncodesLonger_isFollowedLater(String wanted, String encoded, String pause) {
    assertEquals(nanos(pause), Checkpointer.pause(nanos(wanted), nanos(encoded)));
  }

  private static long nanos(String millis) {
    return TimeUnit.MILLISECONDS.toNanos(Long.parseLong(millis.replace("_", "")));
  }
}
