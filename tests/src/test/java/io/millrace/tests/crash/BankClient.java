package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.rest.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * One who asks a bank, one request after the other: pays in, transfers, reserves, commits. Every
 * amount that is moved is another, so that what arrives says by which request. Half of the moves
 * that get no answer are given up; all else is asked again under its key.
 */
final class BankClient {
  /** Below it an amount tells its request: 0.01 of the currency, in units of the ledger. */
  static final long UNIQUE = 10_000_000;

  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** Every so many accounts one has a lamp. */
  static final int LAMP_EVERY = 5;

  /**
   * Money that is to be moved.
   *
   * @param from the account, −1 where it is paid in
   * @param units ledger units, another for each
   */
  record Move(int from, int to, long units) {}

  private record Asked(String path, String key, String body, @Nullable Move move, int lamp) {}

  private record Open(String id, int lamp) {}

  final List<Move> done = new ArrayList<>();
  final List<Move> refused = new ArrayList<>();
  final List<Move> givenUp = new ArrayList<>();
  long answers;

  private final HttpClient http;
  private final String name;
  private final int accounts;
  private final AtomicLong unique;
  private final AtomicLongArray used;
  private final SplittableRandom random;
  private final ArrayDeque<Open> open = new ArrayDeque<>();
  private @Nullable Asked unanswered;
  private int serial;

  /**
   * A client.
   *
   * @param unique numbers the moves of all clients
   * @param used Wh of each account's lamp, of all clients
   */
  BankClient(
      HttpClient http,
      int number,
      long seed,
      int accounts,
      AtomicLong unique,
      AtomicLongArray used) {
    this.http = http;
    this.name = "client-" + number;
    this.accounts = accounts;
    this.unique = unique;
    this.used = used;
    this.random = new SplittableRandom(seed + number);
  }

  /** Asks until the gateway is dead. */
  void ask(Gateway gateway) {
    try {
      while (gateway.process().isAlive()) {
        step(gateway, true);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has what is not answered answered. */
  void finish(Gateway gateway) throws InterruptedException {
    while (unanswered != null) {
      step(gateway, false);
    }
  }

  private void step(Gateway gateway, boolean mayGiveUp) throws InterruptedException {
    Asked before = unanswered;
    Asked asked = before == null ? next() : before;
    unanswered = asked;
    HttpResponse<String> answer = send(gateway, asked);
    Move move = asked.move();
    if (answer == null || answer.statusCode() >= 429) {
      if (answer == null && move != null && mayGiveUp && random.nextBoolean()) {
        givenUp.add(move);
        unanswered = null;
      }
      return;
    }
    unanswered = null;
    answers++;
    if (move != null) {
      boolean taken = answer.statusCode() == 200;
      assertTrue(taken || answer.statusCode() == 409 && move.from >= 0, answer::body);
      (taken ? done : refused).add(move);
    }
    take(asked, answer);
  }

  private void take(Asked asked, HttpResponse<String> answer) {
    if (answer.statusCode() >= 300) {
      assertTrue(answer.statusCode() == 409, () -> answer.body() + " to " + asked);
      return;
    }
    Map<String, Object> tree = tree(answer.body());
    if (asked.path().endsWith("/commit")) {
      used.addAndGet(
          asked.lamp(), new BigDecimal(String.valueOf(tree.get("quantity"))).longValue());
    } else if (!asked.path().endsWith("/top-up") && !asked.path().endsWith("/release")) {
      BigDecimal available = new BigDecimal(String.valueOf(tree.get("available")));
      assertTrue(available.signum() >= 0, () -> "I10: " + answer.body());
      if (asked.lamp() >= 0) {
        open.add(new Open(String.valueOf(tree.get("id")), asked.lamp()));
      }
    }
  }

  static Map<String, Object> tree(String body) {
    try {
      return Json.readObject(body.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + body, e);
    }
  }

  private Asked next() {
    String key = name + "/" + ++serial;
    int kind = random.nextInt(10);
    if (kind < 5) {
      int from = random.nextInt(accounts);
      int to = (from + 1 + random.nextInt(accounts - 1)) % accounts;
      Move move = new Move(from, to, amount(60));
      String body =
          "{\"from\":\"a-%d\",\"to\":\"a-%d\",\"amount\":\"%s\"}"
              .formatted(from, to, decimal(move.units));
      return new Asked("/v1/transfers", key, body, move, -1);
    }
    if (kind < 7) {
      Move move = new Move(-1, random.nextInt(accounts), amount(100));
      String body = "{\"amount\":\"%s\"}".formatted(decimal(move.units));
      return new Asked("/v1/accounts/a-" + move.to + "/top-up", key, body, move, -1);
    }
    Open held = open.size() > 2 ? open.poll() : null;
    if (held == null) {
      int lamp = LAMP_EVERY * random.nextInt(accounts / LAMP_EVERY);
      String body =
          "{\"device\":\"lamp-%d\",\"meter\":\"energy\",\"quantity\":\"%d\",\"partial\":true,"
              + "\"validFor\":%d}";
      return new Asked(
          "/v1/reservations",
          key,
          body.formatted(lamp, 1 + random.nextInt(4_000_000), 1 + random.nextInt(20)),
          null,
          lamp);
    }
    String path = "/v1/reservations/" + held.id;
    if (random.nextInt(4) == 0) {
      return new Asked(path + "/release", key, "{}", null, held.lamp);
    }
    String body = "{\"meter\":\"energy\",\"quantity\":\"%d\"}".formatted(random.nextInt(3_000_000));
    return new Asked(path + "/commit", key, body, null, held.lamp);
  }

  private long amount(int mostCents) {
    return UNIQUE * random.nextInt(mostCents) + unique.incrementAndGet();
  }

  private static String decimal(long units) {
    return BigDecimal.valueOf(units, 9).toPlainString();
  }

  private @Nullable HttpResponse<String> send(Gateway gateway, Asked asked)
      throws InterruptedException {
    return post(http, gateway, asked.path(), asked.key(), "application/json", asked.body());
  }

  /** Posts; null where no answer comes. */
  static @Nullable HttpResponse<String> post(
      HttpClient http, Gateway gateway, String path, String key, String type, String body)
      throws InterruptedException {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
              .timeout(ANSWER)
              .header("Content-Type", type)
              .header("Idempotency-Key", key)
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      return null;
    }
  }
}
