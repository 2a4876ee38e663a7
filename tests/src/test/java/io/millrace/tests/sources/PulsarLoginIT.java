package io.millrace.tests.sources;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.source.SourceCheck;
import io.millrace.connectors.source.SourceState.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may read from whom: tokens, and brokers that somebody vouches for. */
@Timeout(120)
class PulsarLoginIT {
  private static PulsarBroker broker;
  private String topic;

  @BeforeAll
  static void start() throws Exception {
    broker = PulsarBroker.shared();
  }

  @BeforeEach
  void name(TestInfo test) {
    topic = test.getTestMethod().orElseThrow().getName();
  }

  private ParkingReader reader(String url, String options) throws Exception {
    return new ParkingReader(
        "pulsar:" + topic + "?source=lamps&drainTimeout=300&url=" + url + options);
  }

  private static void until(Callable<Boolean> outcome) {
    await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20)).until(outcome);
  }

  @Test
  void tokenThatIsRefused_isToldAndMakesNoTopic(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("token");
    try (ParkingReader reader = reader(broker.url(), "&tokenFile=" + file)) {
      isRefused("login", "can't be read", reader.test().getLast());
      Files.writeString(file, "no.to.ken");
      isRefused("login", "uthenticat", reader.test().getLast());
      assertEquals(Phase.WAITING, reader.source().phase());
      assertFalse(broker.hasTopic(topic));
      Files.writeString(file, PulsarBroker.token("gateway") + "\n");
      until(() -> reader.source().phase() == Phase.RUNNING);
      assertTrue(reader.test().stream().allMatch(SourceCheck::good), reader.test().toString());
    }
  }

  @Test
  void brokerThatNobodyVouchesFor_isNotTalkedTo() throws Exception {
    try (ParkingReader reader = reader(broker.tlsUrl(), "")) {
      isRefused("tls", "unable to find valid certification path", reader.test().getLast());
      assertEquals(Phase.WAITING, reader.source().phase());
    }
    assertFalse(broker.hasTopic(topic));
    String trust = "&trustFile=" + broker.certificate().toAbsolutePath();
    try (ParkingReader reader = reader(broker.tlsUrl(), trust)) {
      reader.open = true;
      until(() -> reader.source().phase() == Phase.RUNNING);
      broker.publish(topic, 0, 1);
      until(() -> reader.seen.equals(Map.of("0", 1)));
      assertTrue(reader.test().stream().allMatch(SourceCheck::good), reader.test().toString());
    }
  }

  @Test
  void brokerThatIsVouchedForUnderAnotherName_isToldNothing(@TempDir Path folder) throws Exception {
    KeyStore keys = ServerCertificate.write(folder, "elsewhere.invalid");
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, ServerCertificate.PASSWORD.toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(factory.getKeyManagers(), null, null);
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (ServerSocket server =
            tls.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        ParkingReader reader =
            reader(
                "pulsar+ssl://localhost:" + server.getLocalPort(),
                "&trustFile=" + folder.resolve("cert.pem"))) {
      Thread.ofVirtual().start(() -> hear(server, heard));
      assertEquals("nothing", heard.poll(30, TimeUnit.SECONDS));
      isRefused("tls", "name matching localhost", reader.test().getLast());
      assertEquals(Phase.WAITING, reader.source().phase());
      assertFalse(heard.contains("something"));
    }
  }

  /** What each client says once the handshake is over. */
  private static void hear(ServerSocket server, Queue<String> heard) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        socket.setSoTimeout(10_000);
        heard.add(socket.getInputStream().read() < 0 ? "nothing" : "something");
      } catch (SSLException e) {
        heard.add("nothing");
      } catch (IOException e) {
        heard.add("trouble");
      }
    }
  }

  private static void isRefused(String name, String why, SourceCheck check) {
    assertEquals(name, check.name());
    assertFalse(check.good());
    assertTrue(check.says().contains(why), check.says());
  }
}
