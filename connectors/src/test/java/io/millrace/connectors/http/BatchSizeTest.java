package io.millrace.connectors.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchSizeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|1",
        "[1]|1",
        "[1,2,3]|3",
        "[{\"a\":1,\"b\":[1,2]},{\"c\":\",,,\"}]|2",
        "[\"\\\",\\\\\",2]|2",
        "[1,2,3,4,5,6,7]|6",
        "[[1,2,3,4,5,6,7]|1",
        "1,2,3|3",
        "\"\\|1",
        "``|1"
      })
  void elements_areCountedUpToTheMost(String json, int count) {
    byte[] bytes = (json == null ? "" : json).getBytes(StandardCharsets.UTF_8);
    assertEquals(count, BatchSize.of(bytes, 5));
  }
}
