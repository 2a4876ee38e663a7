package io.millrace.connectors.dedupe;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.UUID;

/** Two members on loopback, the second of which can outlive the first. */
final class TestCluster implements AutoCloseable {

  final HazelcastNode first;
  final HazelcastNode second;

  TestCluster() {
    String name = "test-" + UUID.randomUUID();
    int one = freePort();
    int two = freePort();
    List<String> peers = List.of("127.0.0.1:" + one, "127.0.0.1:" + two);
    first = HazelcastNode.start(new HazelcastNode.Settings(name, "127.0.0.1", one, peers));
    second = HazelcastNode.start(new HazelcastNode.Settings(name, "127.0.0.1", two, peers));
    await().until(() -> size(first) == 2 && size(second) == 2);
  }

  /** Ends the first member as a killed process would: nothing is handed on. */
  void killFirst() {
    first.instance().getLifecycleService().terminate();
    await().until(() -> size(second) == 1);
  }

  private static int size(HazelcastNode node) {
    return node.instance().getCluster().getMembers().size();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    first.instance().getLifecycleService().terminate();
    second.instance().getLifecycleService().terminate();
  }
}
