package io.millrace.ops.erp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErpServerTest {
  private static final String BODY = "{\"total\":\"200.09\"}";

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  private ErpServer erp(Fault... faults) throws IOException {
    return ErpServer.start(0, folder.resolve("erp"), List.of(faults), Duration.ofMillis(50));
  }

  private HttpResponse<String> post(URI erp, String key, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(erp.resolve("/journal-entries"))
            .timeout(Duration.ofSeconds(10))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!key.isEmpty()) {
      request.header("Idempotency-Key", key);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(URI erp, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(erp.resolve("/journal-entries" + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void anEntry_isCreatedAndCanBeReadByItsKey() throws Exception {
    try (ErpServer erp = erp()) {
      HttpResponse<String> created = post(erp.uri(), "0-customer 1", BODY);
      assertEquals(201, created.statusCode());
      assertEquals("{\"id\":\"JE-000001\"}", created.body());
      String location = created.headers().firstValue("Location").orElseThrow();
      assertEquals("/journal-entries/0-customer%201", location);
      String entry = "{\"id\":\"JE-000001\",\"key\":\"0-customer 1\",\"entry\":" + BODY + "}";
      assertEquals(entry, get(erp.uri(), "/0-customer%201").body());
      assertEquals("[" + entry + "]", get(erp.uri(), "").body());
      assertEquals(404, get(erp.uri(), "/other").statusCode());
    }
  }

  @Test
  void sameKeySameBody_isOneEntry() throws Exception {
    try (ErpServer erp = erp()) {
      assertEquals(201, post(erp.uri(), "a", BODY).statusCode());
      HttpResponse<String> again = post(erp.uri(), "a", BODY);
      assertEquals(200, again.statusCode());
      assertEquals("{\"id\":\"JE-000001\"}", again.body());
      assertEquals(1, erp.entries());
      assertEquals(2, erp.posts());
    }
  }

  @Test
  void sameKeyOtherBody_isRefused() throws Exception {
    try (ErpServer erp = erp()) {
      post(erp.uri(), "a", BODY);
      assertEquals(422, post(erp.uri(), "a", "{}").statusCode());
      assertEquals(1, erp.entries());
    }
  }

  @Test
  void noKey_isRefused() throws Exception {
    try (ErpServer erp = erp()) {
      assertEquals(400, post(erp.uri(), "", BODY).statusCode());
      assertEquals(400, post(erp.uri(), "k".repeat(256), BODY).statusCode());
      assertEquals(0, erp.entries());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{}{}", "7", "{\"a\":NaN}"})
  void whatIsNoJsonObject_isRefused(String body) throws Exception {
    try (ErpServer erp = erp()) {
      assertEquals(400, post(erp.uri(), "a", body).statusCode());
      assertEquals(0, erp.entries());
    }
  }

  @Test
  void sameKeyFromManyAtOnce_isOneEntry() throws Exception {
    try (ErpServer erp = erp();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> answers =
          IntStream.range(0, 20)
              .mapToObj(i -> threads.submit(() -> post(erp.uri(), "a", BODY).body()))
              .toList();
      Set<String> ids = new HashSet<>();
      for (Future<String> answer : answers) {
        ids.add(answer.get());
      }
      assertEquals(Set.of("{\"id\":\"JE-000001\"}"), ids);
      assertEquals(1, erp.entries());
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void whateverGoesWrong_aRetryFindsOrMakesOneEntry(Fault fault) throws Exception {
    try (ErpServer erp = erp(fault)) {
      switch (fault) {
        case NONE, DELAY -> assertEquals(201, post(erp.uri(), "a", BODY).statusCode());
        case ERROR_BEFORE, ERROR_AFTER ->
            assertEquals(500, post(erp.uri(), "a", BODY).statusCode());
        case DROP_AFTER -> assertThrows(IOException.class, () -> post(erp.uri(), "a", BODY));
        case GARBAGE_AFTER -> {
          HttpResponse<String> garbage = post(erp.uri(), "a", BODY);
          assertEquals(200, garbage.statusCode());
          assertEquals("<html>Gateway", garbage.body());
        }
      }
      boolean stored = fault != Fault.ERROR_BEFORE;
      assertEquals(stored ? 200 : 404, get(erp.uri(), "/a").statusCode());
      assertEquals(stored ? 200 : 201, post(erp.uri(), "a", BODY).statusCode());
      assertEquals(1, erp.entries());
    }
  }

  @Test
  void aRestart_keepsEntriesAndGoesOnCounting() throws Exception {
    try (ErpServer erp = erp()) {
      post(erp.uri(), "a", BODY);
      post(erp.uri(), "b", "{\"text\":\"Straße\"}");
    }
    try (ErpServer erp = erp()) {
      assertEquals(2, erp.entries());
      assertEquals("{\"id\":\"JE-000002\"}", post(erp.uri(), "b", "{\"text\":\"Straße\"}").body());
      assertEquals("{\"id\":\"JE-000003\"}", post(erp.uri(), "c", BODY).body());
    }
  }

  @Test
  void aTornLastRecord_isCutOffWhereverItWasTorn() throws Exception {
    Path file = folder.resolve("erp");
    try (ErpServer erp = erp()) {
      post(erp.uri(), "a", BODY);
    }
    byte[] one = Files.readAllBytes(file);
    try (ErpServer erp = erp()) {
      post(erp.uri(), "b", BODY);
    }
    byte[] two = Files.readAllBytes(file);
    for (int length = one.length; length < two.length; length++) {
      Files.write(file, Arrays.copyOf(two, length));
      try (JournalFile journal = JournalFile.open(file)) {
        assertEquals(1, journal.all().size());
        assertEquals("JE-000002", journal.add("c", BODY).id());
      }
      try (JournalFile journal = JournalFile.open(file)) {
        assertEquals(2, journal.all().size());
      }
    }
  }

  @Test
  void aFlippedByteAtTheEnd_isNotTakenForAnEntry() throws Exception {
    Path file = folder.resolve("erp");
    try (ErpServer erp = erp()) {
      post(erp.uri(), "a", BODY);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {'!'}), channel.size() - 3);
    }
    try (JournalFile journal = JournalFile.open(file)) {
      assertEquals(0, journal.all().size());
    }
  }

  @Test
  void aFileInUse_isRefused() throws Exception {
    try (ErpServer erp = erp()) {
      IOException refused = assertThrows(IOException.class, this::erp);
      assertTrue(refused.getMessage().endsWith("is in use by another ERP"), erp::toString);
    }
  }

  @Test
  void aKilledProcess_losesNothingItAnswered() throws Exception {
    Path file = folder.resolve("erp");
    Process first = process(file);
    try {
      URI uri = ready(first);
      assertEquals(201, post(uri, "a", BODY).statusCode());
    } finally {
      first.destroyForcibly().waitFor();
    }
    Process second = process(file);
    try {
      URI uri = ready(second);
      assertEquals(200, post(uri, "a", BODY).statusCode());
    } finally {
      second.destroyForcibly().waitFor();
    }
  }

  private static Process process(Path file) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            ErpMain.class.getName(),
            "--file",
            file.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static URI ready(Process process) throws IOException {
    BufferedReader lines = process.inputReader();
    String line = lines.readLine();
    assertTrue(line != null && line.startsWith("ready "), "the ERP said: " + line);
    return URI.create("http://127.0.0.1:" + line.substring("ready ".length()));
  }
}
