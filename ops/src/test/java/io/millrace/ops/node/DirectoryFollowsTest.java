package io.millrace.ops.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.shard.SourceCounts;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes on one database: what one of them imports, the other knows. */
class DirectoryFollowsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path folder;

  @Test
  void deviceThatAnotherNodeImported_isKnownWithoutARestart() throws Exception {
    String database = TestNode.emptyDatabase();
    try (TestNode first = TestNode.start(folder.resolve("first"), database, 1);
        TestNode second = TestNode.beside("second", folder.resolve("second"), database)) {
      assertEquals(1, second.running().node().devices());
      String device =
          """
          [{"subject": "lamp-000007", "account": "city", "offer": "lamp",
            "from": "2026-11-01T23:00:00Z"}]
          """;
      assertEquals(200, first.post("/v1/devices", device).statusCode());
      await().atMost(PATIENCE).until(() -> second.running().node().devices() == 2);

      first.running().node().close();
      await().atMost(PATIENCE).until(() -> second.running().isReady());
      second.send(TestNode.report(7, 1, TestNode.START, "0.4"));
      SourceCounts counts = second.running().operator().counts().get("/city/lamps");
      assertEquals(1, counts.charged());
      assertEquals(0, counts.suspended());
    }
  }
}
