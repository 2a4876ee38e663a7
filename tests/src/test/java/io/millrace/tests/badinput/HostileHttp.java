package io.millrace.tests.badinput;

import io.millrace.ops.rest.Json;
import io.millrace.tests.house.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Who posts to the node. */
final class HostileHttp extends Hostile {
  private static final String ONE = "application/cloudevents+json";
  private static final String BATCH = "application/cloudevents-batch+json";

  private House house;

  HostileHttp(Lamps lamps) {
    super(lamps);
  }

  @Override
  String name() {
    return "http";
  }

  @Override
  String route() {
    try {
      return Files.readString(Repository.root().resolve("routes/sources/http.camel.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  Map<String, String> properties() {
    return Map.of();
  }

  @Override
  void connect(House node) {
    house = node;
  }

  @Override
  String send(byte[] payload) throws Exception {
    return post(payload, "Content-Type", ONE);
  }

  /** Posts, and compares what the answer says of each event with what it says of all. */
  private String post(byte[] body, String... headers) throws Exception {
    HttpResponse<String> answer =
        house.send(
            HttpRequest.newBuilder(URI.create(house.url() + "/v1/usage"))
                .headers(headers)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build());
    Map<String, Object> said = Json.readObject(answer.body().getBytes(StandardCharsets.UTF_8));
    if (answer.statusCode() != 200) {
      return "refused:" + said.get("code");
    }
    long events = House.list(said, "verdicts").size();
    if (events != (long) said.get("events")) {
      throw new AssertionError(answer.body());
    }
    return "";
  }

  @Override
  Map<String, String> otherOutcomes() {
    return Map.of(
        "18 a message of 10 MB", "refused:too-large", "18 a string of 10 MB", "refused:too-large");
  }

  @Override
  Map<Integer, String> excused() {
    return excuses(
        40,
        40,
        "the path is the route's",
        42,
        49,
        "a matter of MQTT",
        51,
        51,
        "a body is bytes",
        53,
        57,
        "a matter of messages",
        58,
        64,
        "there are no files");
  }

  @Override
  void ownRows() {
    batch("37 a batch of none", "", () -> "[]");
    batch("37 a batch of two", "charged charged", () -> batch(text(), text()));
    batch("37 10,000 events", all("charged", 10_000), () -> batch(reports()));
    batch("37 10,001 events", "refused:too-many-events", () -> batch(reports(), "7"));
    answered("38 an id twice", "malformed", () -> binary("ce-id", "7", "ce-id", "8"));
    answered("38 an id in capitals", "charged", () -> binary("CE-ID", "9"));
    answered("39 a form", "refused:content-type", () -> typed("multipart/form-data"));
    answered("39 text that is none", "charged", () -> typed("image/png"));
    answered("39 no type", "refused:content-type", () -> typed(""));
    answered("41 over 4 MiB", "refused:too-large", () -> post(new byte[5 << 20], type(BATCH)));
    answered(
        "50 a serialized object",
        "malformed",
        () -> post(Serialized.MAP, type("application/x-java-serialized-object")));
    answered(
        "52 headers that mean something elsewhere",
        "charged",
        () ->
            post(
                lamps().report(),
                "Content-Type",
                ONE,
                "CamelHttpUri",
                "http://127.0.0.1:1",
                "CamelFileName",
                "../x"));
    batch(
        "poison between two",
        "charged malformed charged",
        () -> batch(text(), "{\"x\":1}", text()));
    batch("a batch that is cut", "charged malformed", () -> "[" + text() + "," + text(40));
  }

  private interface Body {
    String text();
  }

  private void batch(String what, String outcome, Body body) {
    answered(
        what,
        outcome,
        () -> post(body.text().getBytes(StandardCharsets.UTF_8), "Content-Type", BATCH));
  }

  private static String all(String word, int times) {
    return String.join(" ", Collections.nCopies(times, word));
  }

  private static String batch(String... events) {
    return "[" + String.join(",", events) + "]";
  }

  private String text() {
    return new String(lamps().report(), StandardCharsets.UTF_8);
  }

  private String text(int cutAt) {
    return text().substring(0, cutAt);
  }

  /** 10,000 of one lamp. */
  private String reports() {
    int lamp = lamps().lamp(400);
    return IntStream.range(0, 10_000)
        .mapToObj(i -> Lamps.report(lamp, i, Lamps.NOW, "0.412"))
        .collect(Collectors.joining(","));
  }

  private String[] type(String type) {
    return new String[] {"Content-Type", type};
  }

  private String typed(String type) throws Exception {
    return type.isEmpty()
        ? post(lamps().report(), "X-Nothing", "x")
        : post(lamps().report(), type(type));
  }

  private String binary(String... more) throws Exception {
    List<String> headers =
        new java.util.ArrayList<>(
            List.of(
                "Content-Type",
                "application/json",
                "ce-specversion",
                "1.0",
                "ce-source",
                "/city/lamps",
                "ce-type",
                "lamp.report",
                "ce-subject",
                Lamps.subject(lamps().lamp(401)),
                "ce-time",
                java.time.Instant.ofEpochMilli(Lamps.NOW).toString()));
    headers.addAll(List.of(more));
    return post("{\"wh\":0.412}".getBytes(StandardCharsets.UTF_8), headers.toArray(String[]::new));
  }

  @Override
  public void close() {}
}
