package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.ops.demo.generator.LoadEvents;
import io.millrace.ops.demo.manifest.Proof;
import io.millrace.tests.house.Repository;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Ten thousand events with duplicates, poison and late ones, posted in batches to a gateway that
 * dies between its commit and its answer, and elsewhere. A client that has no answer posts the same
 * again. Each event counts once.
 */
class HttpPostIT {
  private static final long SEED = Long.getLong("crash.seed", 20_261_126);
  private static final int LAMPS = 84;
  private static final int HOURS = 2;
  private static final int BATCH = 400;
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private static final Deque<String> DEATHS =
      new ArrayDeque<>(
          List.of(
              CrashPoints.AFTER_COMMIT + ":3",
              CrashPoints.AFTER_READ + ":5",
              CrashPoints.BEFORE_COMMIT + ":4",
              CrashPoints.AFTER_COMMIT + ":5",
              CrashPoints.INSIDE_COMMIT + ":4"));

  private final HttpClient http = HttpClient.newHttpClient();
  private long posted;
  private int repeated;
  private int deaths;
  private Gateway gateway;

  private record Body(String type, byte[] bytes, int events) {}

  @Test
  @Timeout(300)
  void postedUntilItIsAnswered_eachEventCountsOnce() throws Exception {
    Path folder = Path.of("target/crash/http");
    try (City city = new City(folder, LAMPS, HOURS, SEED, 1)) {
      try {
        run(city, folder);
      } catch (Throwable e) {
        System.err.println("seed " + SEED + "; " + city.complaints());
        throw e;
      }
    }
  }

  private void run(City city, Path folder) throws Exception {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.copy(
        Repository.root().resolve("routes/sources/http.camel.yaml"),
        routes.resolve("http.camel.yaml"));
    city.readFrom(routes.toAbsolutePath(), Map.of());
    gateway = next(city);
    for (Body body : bodies(city.events())) {
      post(city, body);
    }
    assertTrue(DEATHS.isEmpty(), () -> "was not come to: " + DEATHS);
    assertTrue(repeated >= deaths, "a death left nothing to repeat");
    JournalAudit audit = city.audit();
    city.awaitDrained(audit, Duration.ofSeconds(10));
    assertEquals(200, gateway.close(0));
    Awaitility.await("all is delivered")
        .atMost(Duration.ofSeconds(60))
        .until(() -> city.erpBooks().entries() == 3);
    gateway.process().kill();
    Proof proof = city.proof(audit.advance(), (long) repeated * BATCH);
    assertTrue(proof.holds(), () -> "the proof does not hold: " + City.wrong(proof));
    assertEquals(posted, city.manifest().expected().received());
    assertEquals(List.of(), city.violations());
    audit.judge();
    assertTrue(
        audit.counts().duplicate() > city.manifest().expected().duplicates(),
        "no death fell between a commit and its answer");
  }

  private Gateway next(City city) throws IOException {
    String point = DEATHS.isEmpty() ? "" : DEATHS.poll();
    Gateway started = city.startGateway("gateway", point);
    started.awaitReadyOrEnd();
    return started;
  }

  /** What has no answer is posted again, to the next gateway where this one has died. */
  private void post(City city, Body body) throws Exception {
    while (true) {
      try {
        HttpResponse<String> answer =
            http.send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + gateway.port() + "/v1/usage"))
                    .timeout(ANSWER)
                    .header("Content-Type", body.type)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body.bytes))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer::body);
        assertTrue(answer.body().startsWith("{\"events\":" + body.events + ","), answer::body);
        posted += body.events;
        return;
      } catch (IOException noAnswer) {
        repeated++;
        deaths++;
        assertTrue(gateway.process().endsWithin(ANSWER), "it lives and does not answer");
        assertEquals(Child.KILLED, gateway.process().exitCode());
        gateway = next(city);
      }
    }
  }

  /** Events in batches; what is no JSON object goes alone, as a device would send it. */
  private static List<Body> bodies(LoadEvents events) throws IOException {
    List<Body> bodies = new ArrayList<>();
    ByteArrayOutputStream batch = new ByteArrayOutputStream();
    int inBatch = 0;
    byte[] payload;
    while ((payload = events.next()) != null) {
      if (!isObject(payload)) {
        bodies.add(new Body("application/cloudevents+json", payload, 1));
        continue;
      }
      batch.write(inBatch == 0 ? '[' : ',');
      batch.write(payload);
      if (++inBatch == BATCH) {
        bodies.add(batch(batch, inBatch));
        inBatch = 0;
      }
    }
    if (inBatch > 0) {
      bodies.add(batch(batch, inBatch));
    }
    return bodies;
  }

  private static Body batch(ByteArrayOutputStream batch, int events) {
    batch.write(']');
    Body body = new Body("application/cloudevents-batch+json", batch.toByteArray(), events);
    batch.reset();
    return body;
  }

  private static boolean isObject(byte[] payload) {
    try (JsonParser in = new JsonFactory().createParser(payload)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      in.skipChildren();
      return in.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }
}
