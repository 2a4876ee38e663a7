package io.millrace.tests.sources;

import io.millrace.tests.house.FreePort;
import io.millrace.tests.house.Repository;
import io.millrace.tests.pulsar.PulsarBrokerMain;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClient;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A real Pulsar broker, in a process of its own since its jars go with nobody else's, durable in a
 * folder, on loopback. It ends with this process, whose end of a pipe it reads.
 */
public final class PulsarBroker implements AutoCloseable {
  private static final String TLS_NAME = "localhost";
  private static final Duration START_WITHIN = Duration.ofSeconds(90);

  private static final byte[] SECRET =
      "of no use but for this broker, which is up for a minute".getBytes(StandardCharsets.UTF_8);

  private static @Nullable PulsarBroker shared;

  private final Path folder;
  private final Path log;
  private final int[] ports = new int[4];
  private final HttpClient http = HttpClient.newHttpClient();
  private final PulsarClient client;
  private Process process;

  private PulsarBroker(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder);
    log = folder.resolve("broker.log");
    for (int i = 0; i < ports.length; i++) {
      ports[i] = FreePort.next();
    }
    ServerCertificate.write(Files.createDirectories(folder.resolve("data")), TLS_NAME);
    process = startProcess();
    client =
        PulsarClient.builder()
            .serviceUrl(url())
            .maxBackoffInterval(500, TimeUnit.MILLISECONDS)
            .build();
  }

  /** One that tests share, each with a topic of its own; it ends with this process. */
  public static synchronized PulsarBroker shared() throws IOException {
    PulsarBroker broker = shared;
    if (broker == null) {
      Path target = Files.createDirectories(Path.of("target"));
      broker = start(Files.createTempDirectory(target, "pulsar"));
      shared = broker;
    }
    return broker;
  }

  /** Starts one on free ports. */
  public static PulsarBroker start(Path folder) throws IOException {
    return new PulsarBroker(folder);
  }

  private Process startProcess() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Repository.root().resolve("ops/jvm.options"));
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx320m",
            "-XX:MaxDirectMemorySize=256m",
            "-Dlogback.configurationFile=pulsar-broker-logback.xml",
            "-cp",
            classPath(),
            PulsarBrokerMain.class.getName(),
            folder.resolve("data").toString()));
    for (int port : ports) {
      command.add(Integer.toString(port));
    }
    command.add(Base64.getEncoder().encodeToString(SECRET));
    long before = Files.exists(log) ? Files.size(log) : 0;
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    AtomicReference<String> printed = new AtomicReference<>("");
    try {
      Awaitility.await("the broker's start")
          .atMost(START_WITHIN)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                boolean ended = !started.isAlive();
                String all = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
                printed.set(all.substring((int) before));
                return ended || printed.get().lines().anyMatch(line -> line.startsWith("ready "));
              });
    } catch (ConditionTimeoutException e) {
      started.destroyForcibly();
      throw new IllegalStateException("the broker did not get ready: " + printed, e);
    }
    if (!started.isAlive()) {
      throw new IllegalStateException("the broker ended: " + printed);
    }
    return started;
  }

  /** Its own classes and the jars that its module names, and nothing of ours. */
  private static String classPath() throws IOException {
    try (var in = PulsarBrokerMain.class.getResourceAsStream("/pulsar-broker.classpath")) {
      String jars = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      Path own =
          Path.of(
              PulsarBrokerMain.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return own + File.pathSeparator + jars;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where clients connect. */
  public String url() {
    return "pulsar://127.0.0.1:" + ports[0];
  }

  /** Where clients connect with TLS. */
  String tlsUrl() {
    return "pulsar+ssl://" + TLS_NAME + ':' + ports[3];
  }

  /** Who vouches for it there. */
  Path certificate() {
    return folder.resolve("data/cert.pem");
  }

  /** A token that lets somebody in: a JWT, signed HS256 (RFC 7519). */
  static String token(String subject) throws GeneralSecurityException {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String signed =
        base64.encodeToString("{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8))
            + '.'
            + base64.encodeToString(
                ("{\"sub\":\"" + subject + "\"}").getBytes(StandardCharsets.UTF_8));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
    return signed
        + '.'
        + base64.encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
  }

  /** For producers and consumers of the test's own; it connects again after a restart. */
  public PulsarClient client() {
    return client;
  }

  /** Publishes them in batches, and waits until the broker has all. */
  public void publish(String topic, List<byte[]> payloads) throws Exception {
    try (Producer<byte[]> producer =
        client
            .newProducer()
            .topic(topic)
            .blockIfQueueFull(true)
            // What is published together is a batch together, however slow the machine is.
            .batchingMaxPublishDelay(1, TimeUnit.MINUTES)
            .create()) {
      List<CompletableFuture<MessageId>> sent = new ArrayList<>();
      payloads.forEach(each -> sent.add(producer.sendAsync(each)));
      producer.flush();
      CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    }
  }

  /** Publishes the numbers in this range as text. */
  public void publish(String topic, int from, int to) throws Exception {
    List<byte[]> payloads = new ArrayList<>();
    for (int i = from; i < to; i++) {
      payloads.add(Integer.toString(i).getBytes(StandardCharsets.UTF_8));
    }
    publish(topic, payloads);
  }

  /**
   * What the broker counts of a topic's subscriptions, each added up: {@code msgBacklog} is in
   * entries, each one message or a batch of them; {@code unackedMessages} in messages.
   */
  public long count(String topic, String counter) {
    String stats = admin("GET", topic + "/stats?getPreciseBacklog=true");
    int subscriptions = stats.indexOf("\"subscriptions\":");
    if (subscriptions < 0) {
      throw new IllegalStateException(stats);
    }
    // Each subscription says it before its consumers do.
    return Pattern.compile("\"" + counter + "\":(\\d+)[^\\[]*\"consumers\":")
        .matcher(stats.substring(subscriptions))
        .results()
        .mapToLong(found -> Long.parseLong(found.group(1)))
        .sum();
  }

  /** Entries that some subscription of the topic has not acknowledged. */
  public long backlog(String topic) {
    return count(topic, "msgBacklog");
  }

  /** Whether there is such a topic. */
  public boolean hasTopic(String topic) {
    return admin("GET", "").contains("public/default/" + topic + '"');
  }

  /** Makes one of that many partitions. */
  public void createPartitions(String topic, int partitions) {
    send(
        HttpRequest.newBuilder(admin(topic + "/partitions"))
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(Integer.toString(partitions))));
  }

  private String admin(String method, String path) {
    return send(
        HttpRequest.newBuilder(admin(path)).method(method, HttpRequest.BodyPublishers.noBody()));
  }

  private URI admin(String path) {
    return URI.create(
        "http://127.0.0.1:" + ports[1] + "/admin/v2/persistent/public/default/" + path);
  }

  private String send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** SIGKILL, and gone when this returns; what it had acknowledged is there after a restart. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Starts it again after its end, at the same ports. */
  public void restart() throws IOException {
    process = startProcess();
  }

  @Override
  public void close() throws Exception {
    client.shutdown();
    kill();
    http.close();
  }
}
