package io.millrace.tests.crash;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that all post at once, and what is refused for lack of room again until it is taken. */
final class HttpSender implements Sender {
  private static final int BODY = 20;
  private static final int CLIENTS = 32;
  private static final int TOO_MANY = 429;

  private final HttpClient http = HttpClient.newHttpClient();
  private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);

  /** Answers that there is no room. */
  final AtomicInteger refused = new AtomicInteger();

  private String url = "";

  /** Where it posts to. */
  void node(String of) {
    url = of;
  }

  @Override
  public String route() {
    return "../sources/http.camel.yaml";
  }

  @Override
  public Map<String, String> properties() {
    return Map.of();
  }

  @Override
  public void publish(List<byte[]> payloads) throws Exception {
    List<Future<?>> posts = new ArrayList<>();
    for (int i = 0; i < payloads.size(); i += BODY) {
      byte[] body = batch(payloads.subList(i, Math.min(payloads.size(), i + BODY)));
      posts.add(
          clients.submit(
              () -> {
                post(body);
                return null;
              }));
    }
    for (Future<?> each : posts) {
      each.get();
    }
  }

  private static byte[] batch(List<byte[]> events) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    char before = '[';
    for (byte[] each : events) {
      body.write(before);
      body.write(each);
      before = ',';
    }
    body.write(']');
    return body.toByteArray();
  }

  /** At once, whatever Retry-After says: a burst that waits is none. */
  private void post(byte[] body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/v1/usage/http"))
            .header("Content-Type", "application/cloudevents-batch+json")
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    while (answer.statusCode() == TOO_MANY) {
      refused.incrementAndGet();
      answer = http.send(request, BodyHandlers.ofString());
    }
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
  }

  @Override
  public void close() {
    clients.shutdownNow();
    http.close();
  }
}
