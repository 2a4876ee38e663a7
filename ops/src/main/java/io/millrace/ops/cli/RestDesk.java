package io.millrace.ops.cli;

import io.millrace.ops.Refusal;
import io.millrace.ops.rest.Json;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a running node over REST. */
final class RestDesk implements Desk {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofMinutes(5);
  private static final Duration UPLOAD = Duration.ofHours(1);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final String url;

  RestDesk(String url) throws Refusal {
    String bare = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    if (!bare.matches("https?://[^/?#\\s]+")) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "bad-url",
          "--url is not the address of a node",
          "write it like http://127.0.0.1:8080");
    }
    this.url = bare;
  }

  @Override
  public Map<String, Object> ask(String path, String query, @Nullable Map<String, Object> body)
      throws Refusal {
    return send(
        path + (query.isEmpty() ? "" : "?" + query),
        ANSWER,
        "application/json",
        "",
        body == null ? null : HttpRequest.BodyPublishers.ofByteArray(Json.write(body)));
  }

  @Override
  public Map<String, Object> once(String path, String key, Map<String, Object> body)
      throws Refusal {
    try {
      return send(
          path,
          ANSWER,
          "application/json",
          key,
          HttpRequest.BodyPublishers.ofByteArray(Json.write(body)));
    } catch (Refusal e) {
      if (e.kind() != Refusal.Kind.UNAVAILABLE) {
        throw e;
      }
      // It may be done all the same: under another key it would be done twice.
      throw new Refusal(
          e.kind(), e.code(), e.meaning(), e.next() + "; then ask again with --key " + key);
    }
  }

  @Override
  public Map<String, Object> upload(String path, String type, Path file) throws Refusal {
    try {
      return send(path, UPLOAD, type, "", HttpRequest.BodyPublishers.ofFile(file));
    } catch (FileNotFoundException e) {
      throw new Refusal(
          Refusal.Kind.MISUSE, "unreadable", file + " can't be read", "check its name");
    }
  }

  private Map<String, Object> send(
      String pathAndQuery,
      Duration patience,
      String type,
      String key,
      HttpRequest.@Nullable BodyPublisher body)
      throws Refusal {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(url + pathAndQuery))
              .version(HttpClient.Version.HTTP_1_1)
              .timeout(patience);
      if (body != null) {
        request.header("Content-Type", type).POST(body);
      }
      if (!key.isEmpty()) {
        request.header("Idempotency-Key", key);
      }
      HttpResponse<byte[]> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      Map<String, Object> tree = Json.readObject(answer.body());
      if (answer.statusCode() >= 400) {
        throw refusal(answer.statusCode(), tree);
      }
      return tree;
    } catch (IllegalArgumentException e) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "bad-url",
          "--url has no such host",
          "write it like http://127.0.0.1:8080");
    } catch (ConnectException e) {
      throw new Refusal(
          Refusal.Kind.UNAVAILABLE,
          "no-node",
          "no node answers at " + url,
          "start one with `./millrace run --config FILE`, or name one with --url");
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.UNAVAILABLE,
          "no-answer",
          url + " did not answer as a node does",
          "check --url; GET " + url + "/health/ready tells how the node is");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal(
          Refusal.Kind.UNAVAILABLE, "interrupted", "the command was interrupted", "ask again");
    }
  }

  static Refusal refusal(int status, Map<String, Object> problem) {
    Refusal.Kind kind =
        switch (status) {
          case 400, 405, 413, 415, 421, 422 -> Refusal.Kind.MISUSE;
          case 404 -> Refusal.Kind.UNKNOWN;
          case 409 -> Refusal.Kind.REFUSED;
          default -> Refusal.Kind.UNAVAILABLE;
        };
    return new Refusal(
        kind,
        String.valueOf(problem.getOrDefault("code", "http-" + status)),
        String.valueOf(problem.getOrDefault("title", "the node answered " + status)),
        String.valueOf(problem.getOrDefault("detail", "see the node's log")));
  }

  @Override
  public void close() {
    http.close();
  }
}
