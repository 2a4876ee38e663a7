package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.mediation.SuspenseQuota;
import io.millrace.connectors.suspense.SuspenseStore;
import io.millrace.connectors.tenant.Device;
import io.millrace.processors.shard.SourceCounts;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A flood of poison is kept within its source's quota, with an alarm. */
class SuspenseQuotaTest {
  private static final int QUOTA = 10;

  @TempDir private Path folder;

  private static Map<String, Long> open(TestNode node) throws Exception {
    Node of = node.running().node();
    return new SuspenseStore(of.database().pool()).openByReason(of.tenant().id());
  }

  private static SourceCounts counts(TestNode node) throws Exception {
    return node.running().operator().counts().get("lamps");
  }

  @Test
  void floodOfPoison_isDiscardedBeyondItsQuotaAndHarmsNothingThatCanBeCharged() throws Exception {
    String database = TestNode.emptyDatabase();
    Map<String, String> properties = Map.of("suspense.quota", Integer.toString(QUOTA));
    try (TestNode node = TestNode.start(folder, database, 1, properties)) {
      SuspenseQuota quota = node.running().node().quota();
      for (int i = 0; i < 7; i++) {
        node.send("poison " + i);
      }
      assertEquals(0, quota.sweep());
      assertEquals(List.of(), quota.alarms());
      node.send("poison 7");
      assertEquals(0, quota.sweep());
      assertEquals(List.of(new SuspenseQuota.Alarm("lamps", 8, QUOTA)), quota.alarms());

      for (int i = 8; i < 40; i++) {
        node.send("poison " + i);
      }
      for (int i = 0; i < 4; i++) {
        node.send(TestNode.report(2, i, TestNode.START, "0.4"));
      }
      quota.sweep();
      assertEquals(Map.of("malformed", 6L, "unknown-device", 4L), open(node));
      assertEquals(34, quota.discarded());
      SourceCounts counts = counts(node);
      assertEquals(
          List.of(44L, 0L, 0L, 10L, 34L),
          List.of(
              counts.received(),
              counts.charged(),
              counts.duplicate(),
              counts.suspended(),
              counts.discarded()));
      String answer = node.get("/ops/suspense?state=any&limit=100").body();
      String alarms = String.valueOf(TestNode.tree(node.get("/ops/suspense")).get("alarms"));
      assertTrue(alarms.startsWith("[{source=lamps, open="), alarms);
      assertTrue(answer.contains("poison 5") && !answer.contains("poison 6"), answer);
      String metrics = node.get("/metrics").body();
      assertTrue(metrics.contains("millrace_suspense_alarms 1.0"), metrics);
      assertTrue(metrics.contains("millrace_suspense_discarded_total 34.0"), metrics);

      node.running()
          .node()
          .importDevices(
              List.of(
                  new Device(
                      "lamp-000002",
                      "city",
                      "lamp",
                      Instant.ofEpochMilli(TestNode.START),
                      Optional.empty())),
              n -> {});
      node.post("/ops/suspense/recycle", "{\"reason\": \"unknown-device\"}");
      assertEquals(Map.of("malformed", 6L), open(node));
      quota.sweep();
      assertEquals(List.of(), quota.alarms());
      assertEquals(4, counts(node).charged());
    }
    // What was discarded is so after another node has replayed the journal.
    try (TestNode node = TestNode.start(folder, database, 1, properties)) {
      assertEquals(34, counts(node).discarded());
      assertEquals(6, counts(node).suspended());
    }
  }
}
