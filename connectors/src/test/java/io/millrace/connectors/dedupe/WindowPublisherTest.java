package io.millrace.connectors.dedupe;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.config.Config;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.partition.Partition;
import io.millrace.processors.dedupe.DedupeWindow;
import java.io.Serializable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WindowPublisherTest {

  private static final WindowKey LAMP = new WindowKey(1, 3, 9, 1_000_000_007L);

  private TestCluster cluster;

  @BeforeAll
  void start() {
    cluster = new TestCluster();
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  @Test
  void whatTheOwnerMarked_isSeenFromAnotherNodeWithinHalfASecond() {
    try (WindowPublisher publisher = publisher(cluster.first)) {
      publisher.start();
      PublishedWindows elsewhere = new PublishedWindows(cluster.second.instance());
      WindowKey key = new WindowKey(1, 5, 9, 77);
      assertFalse(elsewhere.isDuplicate(key, 41, true, 60_000));
      DedupeWindow window = new DedupeWindow();
      window.mark(41, true, 60_000);
      window.mark(-5, false, 60_000);
      publisher.offer(key, 1, 1, window.snapshot());
      await().until(() -> elsewhere.isDuplicate(key, 41, true, 60_000));
      assertTrue(elsewhere.isDuplicate(key, -5, false, 60_000));
      assertFalse(elsewhere.isDuplicate(key, 42, true, 120_000));
      assertFalse(elsewhere.isDuplicate(key, 41, true, 90_000_000), "reused: the owner tells");
      assertEquals(0, publisher.failures());
    }
  }

  @Test
  void aStaleOwner_replacesNothingNewer() {
    publishOnce(cluster.first, LAMP, 2, 10, 1);
    publishOnce(cluster.second, LAMP, 1, 99, 2);
    assertEquals("2/10", published(LAMP));
    publishOnce(cluster.first, LAMP, 2, 9, 3);
    assertEquals("2/10", published(LAMP));
    publishOnce(cluster.second, LAMP, 2, 11, 4);
    assertEquals("2/11", published(LAMP));
    publishOnce(cluster.first, LAMP, 3, 1, 5);
    assertEquals("3/1", published(LAMP));
  }

  @Test
  void manyChangesOfOneWindow_arePublishedOnceARound() throws InterruptedException {
    WindowKey key = new WindowKey(1, 6, 9, 78);
    CountDownLatch open = new CountDownLatch(1);
    CountDownLatch atWork = new CountDownLatch(1);
    WindowPublisher publisher =
        new WindowPublisher(
            cluster.first.instance(),
            all -> {
              atWork.countDown();
              awaitQuietly(open);
            });
    publisher.start();
    atWork.await();
    DedupeWindow window = new DedupeWindow();
    for (int n = 0; n < 1_000; n++) {
      window.mark(n, true, n);
      publisher.offer(key, 1, n, window.snapshot());
    }
    open.countDown();
    publisher.close();
    assertEquals(1, publisher.published());
    assertEquals("1/999", published(key));
  }

  @Test
  void moreThanTheBound_isLeftOutAndCounted() {
    WindowPublisher publisher = publisher(cluster.first);
    DedupeWindow.Snapshot none = new DedupeWindow().snapshot();
    for (int i = 0; i < WindowPublisher.MAX_PENDING + 5; i++) {
      publisher.offer(new WindowKey(2, i & 63, 1, i), 1, 1, none);
    }
    assertEquals(5, publisher.leftOut());
    publisher.close();
    assertEquals(WindowPublisher.MAX_PENDING, publisher.published());
    assertEquals(0, publisher.failures());
  }

  @Test
  void aShardsWindows_lieInOnePartition() {
    Partition one = partition(new WindowKey(1, 3, 9, 1));
    assertEquals(one, partition(new WindowKey(1, 3, 2, 99)));
  }

  @Test
  void aClusterThatIsGone_stopsNobody() {
    HazelcastNode gone = HazelcastNode.start(HazelcastNode.Settings.alone());
    WindowPublisher publisher = publisher(gone);
    gone.instance().getLifecycleService().terminate();
    publisher.start();
    publisher.offer(LAMP, 1, 1, new DedupeWindow().snapshot());
    await().until(() -> publisher.failures() > 0);
    publisher.offer(LAMP, 1, 2, new DedupeWindow().snapshot());
    publisher.close();
  }

  /** A class on the class path that would do harm when it is read. */
  record Gadget(String command) implements Serializable {}

  @Test
  void javaSerialization_isRefused() {
    IMap<String, Object> map = cluster.first.instance().getMap("anything");
    map.set("a", new Gadget("rm"));
    assertThrows(HazelcastSerializationException.class, () -> map.get("a"));
  }

  @Test
  void aMember_isClosedToWhatIsNotAskedFor() {
    Config config = cluster.first.instance().getConfig();
    assertFalse(config.getJetConfig().isEnabled());
    assertFalse(config.getNetworkConfig().getJoin().getMulticastConfig().isEnabled());
    assertFalse(config.getNetworkConfig().getJoin().getAutoDetectionConfig().isEnabled());
    assertEquals("false", config.getProperty("hazelcast.phone.home.enabled"));
    assertNotNull(config.getSerializationConfig().getJavaSerializationFilterConfig());
    assertTrue(
        cluster
            .first
            .instance()
            .getCluster()
            .getLocalMember()
            .getSocketAddress()
            .getAddress()
            .isLoopbackAddress());
  }

  private static WindowPublisher publisher(HazelcastNode node) {
    return new WindowPublisher(node.instance(), all -> {});
  }

  private static void publishOnce(
      HazelcastNode node, WindowKey key, int epoch, long seq, long number) {
    try (WindowPublisher publisher = publisher(node)) {
      DedupeWindow window = new DedupeWindow();
      window.mark(number, true, 0);
      publisher.offer(key, epoch, seq, window.snapshot());
    }
  }

  private String published(WindowKey key) {
    IMap<WindowKey, PublishedWindow> map = cluster.second.instance().getMap(HazelcastNode.WINDOWS);
    PublishedWindow window = map.get(key);
    return window == null ? "none" : window.epoch() + "/" + window.seq();
  }

  private Partition partition(WindowKey key) {
    return cluster.first.instance().getPartitionService().getPartition(key);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
