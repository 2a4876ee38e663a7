package io.millrace.connectors.erp;

import io.millrace.processors.settlement.Answer;
import io.millrace.processors.settlement.Delivery;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;

/**
 * A receiver over HTTP that keeps what it is sent under a key: {@code POST url} stores it under its
 * {@code Idempotency-Key}, {@code GET url/KEY} tells whether it is there. It never follows a
 * redirect, never tries again by itself, and tells what it knows of the outcome from what it
 * doesn't (which Camel's HTTP component does not: its client sends a POST again after a 503).
 */
public abstract class KeyedHttp implements AutoCloseable {

  /** The header with the delivery's key. */
  public static final String KEY = "MillraceDeliveryKey";

  /** The header with the {@link Delivery.Step}. */
  public static final String STEP = "MillraceDeliveryStep";

  /** Bytes of an answer that are read; a longer one makes no sense here. */
  static final int MAX_ANSWER = 1 << 20;

  private @Nullable URI url;
  private String token = "";
  private Duration connectTimeout = Duration.ofSeconds(5);
  private Duration answerTimeout = Duration.ofSeconds(30);
  private @Nullable HttpClient client;

  /** Where is posted to: an absolute http or https URL without query. */
  public void setUrl(String url) {
    URI uri = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!web || uri.getHost() == null || uri.getRawQuery() != null || uri.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "the receiver's url must be http(s)://HOST[:PORT]/PATH without user or query");
    }
    this.url = uri;
  }

  /** The bearer token; a secret. */
  public void setToken(String token) {
    if (token.isBlank()) {
      throw new IllegalArgumentException(
          "the receiver's token is empty: give the secret that it checks");
    }
    this.token = token.strip();
  }

  /** How long a connection may take, milliseconds. */
  public void setConnectTimeout(long millis) {
    this.connectTimeout = Duration.ofMillis(millis);
  }

  /** How long the answer may take, milliseconds; after it the outcome is unknown. */
  public void setAnswerTimeout(long millis) {
    this.answerTimeout = Duration.ofMillis(millis);
  }

  /** Posts or reads; never throws for what the receiver or the network did. */
  public Answer call(
      @Body String payload, @Header(KEY) String key, @Header(STEP) Delivery.Step step)
      throws InterruptedException {
    URI target = Objects.requireNonNull(url, "url");
    HttpRequest.Builder request =
        HttpRequest.newBuilder()
            .timeout(answerTimeout)
            .header("Accept", "application/json")
            .header("Authorization", "Bearer " + token);
    HttpRequest built =
        switch (step) {
          case POST ->
              request
                  .uri(target)
                  .header("Content-Type", "application/json")
                  .header("Idempotency-Key", key)
                  .POST(HttpRequest.BodyPublishers.ofString(payload))
                  .build();
          case READ ->
              request
                  .uri(URI.create(target + "/" + URLEncoder.encode(key, StandardCharsets.UTF_8)))
                  .GET()
                  .build();
        };
    try {
      HttpResponse<InputStream> response = client().send(built, BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        return judge(step, key, payload, response, body);
      }
    } catch (HttpConnectTimeoutException | ConnectException e) {
      return new Answer.Unreachable(e.getClass().getSimpleName());
    } catch (HttpTimeoutException e) {
      return new Answer.Lost("timed-out");
    } catch (IOException e) {
      return new Answer.Lost("connection-dropped");
    }
  }

  private Answer judge(
      Delivery.Step step,
      String key,
      String payload,
      HttpResponse<InputStream> response,
      InputStream body)
      throws IOException {
    int status = response.statusCode();
    if (step == Delivery.Step.READ && isAbsent(status)) {
      return new Answer.Absent();
    }
    if (status < 200 || status >= 300) {
      return new Answer.Status(status, retryAfter(response).orElse(null));
    }
    byte[] bytes = body.readNBytes(MAX_ANSWER + 1);
    return bytes.length > MAX_ANSWER
        ? new Answer.Lost("garbled-answer")
        : taken(step, key, payload, bytes);
  }

  /** Whether a status says that nothing is there under the key. */
  abstract boolean isAbsent(int status);

  /** What a 2xx answer of these bytes says. */
  abstract Answer taken(Delivery.Step step, String key, String payload, byte[] answer);

  /** Seconds, or a date against the answer's own clock. */
  private static Optional<Duration> retryAfter(HttpResponse<?> response) {
    Optional<String> text = response.headers().firstValue("Retry-After").map(String::strip);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (text.get().matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text.get())));
    }
    try {
      ZonedDateTime until = httpDate(text.get());
      ZonedDateTime from = httpDate(response.headers().firstValue("Date").orElse(""));
      return Optional.of(Duration.between(from, until)).filter(d -> !d.isNegative());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static ZonedDateTime httpDate(String text) {
    return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
  }

  private synchronized HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(connectTimeout)
              .build();
    }
    return client;
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.shutdownNow();
      client = null;
    }
  }
}
