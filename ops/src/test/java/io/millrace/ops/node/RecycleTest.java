package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.connectors.tenant.Device;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecycleTest {
  private static final int ROUNDS = 8;

  @TempDir private Path folder;

  @Test
  void twoWhoRecycleAtOnce_takeEachEventOutOnce() throws Exception {
    try (TestNode node = TestNode.start(folder, 1);
        ExecutorService operators = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int lamp = 2; lamp < 2 + ROUNDS; lamp++) {
        node.send(TestNode.report(lamp, 1, TestNode.START, "0.4"));
        node.running()
            .node()
            .importDevices(
                List.of(
                    new Device(
                        "lamp-%06d".formatted(lamp),
                        "city",
                        "lamp",
                        Instant.ofEpochMilli(TestNode.START),
                        Optional.empty())),
                n -> {});
        CyclicBarrier together = new CyclicBarrier(2);
        List<CompletableFuture<Integer>> both = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          both.add(
              CompletableFuture.supplyAsync(
                  () -> {
                    try {
                      together.await(20, TimeUnit.SECONDS);
                      return node.post("/ops/suspense/recycle", "{\"reason\": \"unknown-device\"}")
                          .statusCode();
                    } catch (Exception e) {
                      throw new IllegalStateException(e);
                    }
                  },
                  operators));
        }
        for (CompletableFuture<Integer> one : both) {
          assertEquals(200, one.get(60, TimeUnit.SECONDS));
        }
      }
      Map<String, ?> sources = TestNode.tree(node.get("/ops/sources"));
      for (Object each : (List<?>) sources.get("events")) {
        Map<?, ?> counts = (Map<?, ?>) each;
        assertEquals("lamps", counts.get("source"), "the source that they were received from");
        assertEquals((long) ROUNDS, counts.get("received"));
        assertEquals((long) ROUNDS, counts.get("charged"));
        assertEquals(0L, counts.get("duplicate"));
        assertEquals(0L, counts.get("suspended"));
      }
    }
  }
}
