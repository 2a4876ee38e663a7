package io.millrace.ops.cli;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who gets no answer is told the key to ask again under. */
class OnceKeyTest {
  @Test
  void requestWithoutAnAnswer_tellsItsKey() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  while (true) {
                    server.accept().close();
                  }
                } catch (IOException e) {
                  // The test is over.
                }
              });
      RestDesk desk = new RestDesk("http://127.0.0.1:" + server.getLocalPort());
      Refusal refusal =
          assertThrows(
              Refusal.class,
              () -> desk.once("/v1/accounts/a/top-up", "key-of-mine", Map.of("amount", "1")));
      assertTrue(refusal.next().endsWith("ask again with --key key-of-mine"), refusal.next());
      desk.close();
    }
  }
}
