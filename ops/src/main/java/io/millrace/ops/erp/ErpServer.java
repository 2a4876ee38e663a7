package io.millrace.ops.erp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An ERP reduced to its journal, on the loopback address. It stores an entry durably before it
 * answers and honours idempotency keys (IETF draft-ietf-httpapi-idempotency-key-header-07).
 *
 * <ul>
 *   <li>{@code POST /journal-entries} with {@code Idempotency-Key} and a JSON object: 201 with
 *       {@code Location} and {@code {"id":"JE-000001"}}; the same key and body again: 200, the same
 *       id, no second entry; the same key with another body: 422; no key or no JSON: 400
 *   <li>{@code GET /journal-entries/KEY}: 200 with the entry, or 404
 *   <li>{@code GET /journal-entries}: all entries, oldest first
 * </ul>
 */
public final class ErpServer implements AutoCloseable {
  private static final String PATH = "/journal-entries";
  private static final int MAX_KEY = 255;
  private static final JsonFactory JSON = new JsonFactory();

  private final JournalFile journal;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Fault> script = new ConcurrentLinkedQueue<>();
  private final Duration delay;
  private final AtomicLong posts = new AtomicLong();

  /**
   * Starts to serve.
   *
   * @param port to listen on; 0 takes a free one
   * @param file the journal; created where it does not exist
   * @throws IOException where the port is taken or the file can't be used
   */
  public static ErpServer start(int port, Path file) throws IOException {
    return start(port, file, List.of(), Duration.ZERO);
  }

  /**
   * Starts to serve, with faults for tests.
   *
   * @param script what goes wrong with the first requests to store an entry, one each
   * @param delay how long {@link Fault#DELAY} takes
   */
  public static ErpServer start(int port, Path file, List<Fault> script, Duration delay)
      throws IOException {
    JournalFile journal = JournalFile.open(file);
    try {
      ErpServer erp = new ErpServer(port, journal, delay);
      erp.script.addAll(script);
      erp.server.start();
      return erp;
    } catch (IOException | RuntimeException e) {
      journal.close();
      throw e;
    }
  }

  private ErpServer(int port, JournalFile journal, Duration delay) throws IOException {
    this.journal = journal;
    this.delay = delay;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext(PATH, this::handle);
  }

  /** Adds a fault for a request to come. */
  public void script(Fault fault) {
    script.add(fault);
  }

  /** The port it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Where it is: {@code http://127.0.0.1:PORT}. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /** How many entries it holds. */
  public int entries() {
    return journal.all().size();
  }

  /** How many requests to store an entry have come, whatever became of them. */
  public long posts() {
    return posts.get();
  }

  @Override
  public void close() throws IOException {
    server.stop(0);
    threads.shutdownNow();
    journal.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String rest = exchange.getRequestURI().getRawPath().substring(PATH.length());
      String method = exchange.getRequestMethod();
      if (method.equals("POST") && rest.isEmpty()) {
        post(exchange);
      } else if (method.equals("GET") && rest.isEmpty()) {
        answer(exchange, 200, list(journal.all()));
      } else if (method.equals("GET") && rest.startsWith("/") && rest.length() > 1) {
        get(exchange, URLDecoder.decode(rest.substring(1), StandardCharsets.UTF_8));
      } else {
        refuse(exchange, method.equals("GET") ? 404 : 405, "there is no " + method + " here");
      }
    } catch (RuntimeException e) {
      refuse(exchange, 400, "the request can't be read");
    }
  }

  private void get(HttpExchange exchange, String key) throws IOException {
    Optional<JournalFile.Entry> entry = journal.find(key);
    if (entry.isPresent()) {
      answer(exchange, 200, json(entry.get()));
    } else {
      refuse(exchange, 404, "no entry has this key");
    }
  }

  private void post(HttpExchange exchange) throws IOException {
    posts.incrementAndGet();
    String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
    byte[] bytes;
    try (InputStream in = exchange.getRequestBody()) {
      bytes = in.readNBytes(JournalFile.MAX_BYTES + 1);
    }
    String body = new String(bytes, StandardCharsets.UTF_8);
    if (key == null || key.isBlank() || key.length() > MAX_KEY) {
      refuse(exchange, 400, "Idempotency-Key must have 1 to " + MAX_KEY + " characters");
    } else if (bytes.length > JournalFile.MAX_BYTES) {
      refuse(exchange, 413, "an entry has " + JournalFile.MAX_BYTES + " bytes at most");
    } else if (!isObject(body)) {
      refuse(exchange, 400, "the body must be a JSON object");
    } else {
      store(exchange, key, body);
    }
  }

  private void store(HttpExchange exchange, String key, String body) throws IOException {
    Fault polled = script.poll();
    Fault fault = polled == null ? Fault.NONE : polled;
    if (fault == Fault.DELAY) {
      pause();
    }
    if (fault == Fault.ERROR_BEFORE) {
      refuse(exchange, 500, "out of order");
      return;
    }
    boolean known = journal.find(key).isPresent();
    JournalFile.Entry entry;
    try {
      entry = journal.add(key, body);
    } catch (IOException e) {
      refuse(exchange, 500, "the entry can't be stored");
      return;
    }
    switch (fault) {
      case ERROR_AFTER -> refuse(exchange, 500, "out of order");
      case DROP_AFTER -> exchange.close();
      case GARBAGE_AFTER -> answer(exchange, 200, "<html>Gateway");
      case NONE, DELAY, ERROR_BEFORE -> {
        if (!entry.body().equals(body)) {
          refuse(exchange, 422, "this Idempotency-Key came with another body before");
        } else {
          Headers headers = exchange.getResponseHeaders();
          String name = URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
          headers.set("Location", PATH + "/" + name);
          answer(exchange, known ? 200 : 201, "{\"id\":\"" + entry.id() + "\"}");
        }
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isObject(String body) {
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  private static String json(JournalFile.Entry entry) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(entry, json);
    }
    return text.toString();
  }

  private static String list(List<JournalFile.Entry> entries) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartArray();
      for (JournalFile.Entry entry : entries) {
        write(entry, json);
      }
      json.writeEndArray();
    }
    return text.toString();
  }

  private static void write(JournalFile.Entry entry, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("id", entry.id());
    json.writeStringField("key", entry.key());
    json.writeFieldName("entry");
    json.writeRawValue(entry.body());
    json.writeEndObject();
  }

  private static void refuse(HttpExchange exchange, int status, String detail) throws IOException {
    answer(exchange, status, "{\"status\":" + status + ",\"detail\":\"" + detail + "\"}");
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String type = status < 400 ? "application/json" : "application/problem+json";
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
