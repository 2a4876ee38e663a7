package io.millrace.connectors.erp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A small ERP over real HTTP whose next answers a test scripts, for posts and reads alike. */
public final class ScriptedErp implements AutoCloseable {

  /** What it does with one request. */
  public enum Fault {
    NONE,
    ERROR_BEFORE,
    ERROR_AFTER,
    DROP_BEFORE,
    DROP_AFTER,
    SILENT_AFTER,
    GARBAGE_AFTER,
    EMPTY_AFTER,
    REFUSE,
    BUSY,
    BUSY_UNTIL,
    UNAVAILABLE,
    REDIRECT
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Fault> script = new ConcurrentLinkedQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** What it holds, by key. */
  public final Map<String, String> entries = Collections.synchronizedMap(new LinkedHashMap<>());

  /** Its requests in order: {@code POST KEY}, {@code GET KEY}. */
  public final List<String> requests = Collections.synchronizedList(new ArrayList<>());

  /** The bearer tokens and bodies that came. */
  public final List<String> authorizations = Collections.synchronizedList(new ArrayList<>());

  public ScriptedErp() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/journal-entries", this::handle);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/journal-entries";
  }

  public void script(Fault... faults) {
    script.addAll(List.of(faults));
  }

  private void handle(HttpExchange exchange) throws IOException {
    authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    boolean post = exchange.getRequestMethod().equals("POST");
    String path = exchange.getRequestURI().getRawPath();
    String key =
        post
            ? exchange.getRequestHeaders().getFirst("Idempotency-Key")
            : URLDecoder.decode(
                path.substring("/journal-entries/".length()), StandardCharsets.UTF_8);
    requests.add(exchange.getRequestMethod() + " " + key);
    Fault fault = script.isEmpty() ? Fault.NONE : script.remove();
    switch (fault) {
      case ERROR_BEFORE -> answer(exchange, 500, "{}");
      case DROP_BEFORE -> exchange.close();
      case REFUSE -> answer(exchange, 422, "{\"detail\":\"period locked\"}");
      case BUSY -> answer(exchange, 429, "{}", "Retry-After", "7");
      case BUSY_UNTIL ->
          answer(exchange, 429, "{}", "Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT");
      case UNAVAILABLE -> answer(exchange, 503, "{}", "Retry-After", "3");
      case REDIRECT -> answer(exchange, 307, "", "Location", url() + "-elsewhere");
      case NONE, ERROR_AFTER, DROP_AFTER, SILENT_AFTER, GARBAGE_AFTER, EMPTY_AFTER -> {
        if (post) {
          entries.putIfAbsent(key, body);
        }
        after(exchange, fault, key, post);
      }
    }
  }

  private void after(HttpExchange exchange, Fault fault, String key, boolean post)
      throws IOException {
    switch (fault) {
      case ERROR_AFTER -> answer(exchange, 502, "<html>");
      case DROP_AFTER -> exchange.close();
      case SILENT_AFTER -> {
        try {
          closed.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      case GARBAGE_AFTER -> answer(exchange, 200, "<html>Gateway");
      case EMPTY_AFTER -> answer(exchange, 200, "");
      default -> {
        String entry = entries.get(key);
        if (entry == null) {
          answer(exchange, 404, "{}");
        } else {
          String id = "JE-" + (new ArrayList<>(entries.keySet()).indexOf(key) + 1);
          answer(
              exchange,
              post ? 201 : 200,
              post
                  ? "{\"id\":\"" + id + "\"}"
                  : "{\"id\":\"" + id + "\",\"key\":\"" + key + "\",\"entry\":" + entry + "}");
        }
      }
    }
  }

  private static void answer(HttpExchange exchange, int status, String body, String... header)
      throws IOException {
    if (header.length > 0) {
      exchange.getResponseHeaders().set(header[0], header[1]);
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
