package io.millrace.tests.crash;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/**
 * One incarnation of a gateway.
 *
 * @param process that it is
 * @param port where its REST is
 */
record Gateway(Child process, int port) {
  private static final Duration ANSWER = Duration.ofSeconds(20);

  /** Waits until it owns shards and takes events. */
  void awaitReady() {
    await("/health/ready");
  }

  /** The same for one that may die before: at a point that it comes to while it starts. */
  void awaitReadyOrEnd() {
    await(() -> !process.isAlive() || isReady());
  }

  /** Waits until it answers; it may own nothing, while another owns all. */
  void awaitLive() {
    await("/health/live");
  }

  private void await(String path) {
    await(
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("it ended: " + process.printed());
          }
          return status("GET", path) == 200;
        });
  }

  private static void await(Callable<Boolean> outcome) {
    Awaitility.await("the gateway's start")
        .atMost(City.START_WITHIN)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(50))
        .until(outcome);
  }

  /** Whether it owns shards and takes events now. */
  boolean isReady() throws InterruptedException {
    return status("GET", "/health/ready") == 200;
  }

  /** Asks for the close of a period; the connection may break when the gateway dies of it. */
  int close(int period) throws IOException, InterruptedException {
    return status("POST", "/ops/periods/" + period + "/close");
  }

  /** Adds a list of devices in CSV; what it answered, empty where it gave no good answer. */
  Optional<String> importDevices(String csv) throws InterruptedException {
    return post("/v1/devices", "text/csv", csv);
  }

  /** Activates a version of the catalog; what it answered, empty where it gave no good answer. */
  Optional<String> activate(String catalog) throws InterruptedException {
    return post("/v1/catalogs", "application/yaml", catalog);
  }

  private Optional<String> post(String path, String type, String body) throws InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .timeout(ANSWER)
                  .header("Content-Type", type)
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private int status(String method, String path) throws InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .timeout(ANSWER)
                  .header("Content-Type", "application/json")
                  .method(method, HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return -1;
    }
  }
}
