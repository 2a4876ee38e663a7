package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.rest.Json;
import io.millrace.tests.linear.AccountOperation;
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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One who asks a bank, one request after the other: pays in, transfers, reserves, commits. Every
 * amount that is moved is another, so that what arrives says by which request. Half of the moves
 * that get no answer are given up; all else is asked again under its key, of the next gateway. A
 * part of all is asked of a few accounts, so that many ask one at a time, and all is kept as a
 * {@link BankHistory}.
 */
final class BankClient {
  /** Below it an amount tells its request: 0.01 of the currency, in units of the ledger. */
  static final long UNIQUE = 10_000_000;

  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** Every so many accounts one has a lamp. */
  static final int LAMP_EVERY = 5;

  /** The first accounts, which many ask at a time. */
  static final int HOT = 8;

  /** Ledger units for a Wh: 0.00005 a kWh. */
  static final long UNITS_PER_WH = 50;

  private static final int HOT_LAMPS = (HOT + LAMP_EVERY - 1) / LAMP_EVERY;
  private static final int NO_LAMP = -1;

  /**
   * Money that is to be moved.
   *
   * @param from the account, −1 where it is paid in
   * @param units ledger units, another for each
   * @param asked when it was asked for first, of {@link System#nanoTime}
   */
  record Move(int from, int to, long units, long asked) {}

  /**
   * A request as it is sent, and sent again.
   *
   * @param lamp the account whose lamp it is of
   * @param wh asked for, or used
   * @param seconds that a reservation is for
   * @param at when it was asked for first
   */
  private record Asked(
      String path,
      String key,
      String body,
      @Nullable Move move,
      int lamp,
      String reservation,
      long wh,
      int seconds,
      long at) {
    static Asked move(String path, String key, String body, Move move) {
      return new Asked(path, key, body, move, NO_LAMP, "", 0, 0, move.asked);
    }
  }

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
  private final BankHistory history;
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
      AtomicLongArray used,
      BankHistory history) {
    this.http = http;
    this.name = "client-" + number;
    this.accounts = accounts;
    this.unique = unique;
    this.used = used;
    this.history = history;
    this.random = new SplittableRandom(seed + number);
  }

  /** Asks gateways, one after the other where one does not answer, for as long as it is to. */
  void ask(List<Gateway> gateways, BooleanSupplier goesOn) {
    try {
      int at = 0;
      while (goesOn.getAsBoolean()) {
        at += step(gateways.get(at % gateways.size()), true) ? 0 : 1;
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

  private boolean step(Gateway gateway, boolean mayGiveUp) throws InterruptedException {
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
      return false;
    }
    unanswered = null;
    answers++;
    if (move != null) {
      moved(move, answer);
    } else {
      take(asked, answer);
    }
    return true;
  }

  private void moved(Move move, HttpResponse<String> answer) {
    boolean taken = answer.statusCode() == 200;
    assertTrue(taken || answer.statusCode() == 409 && move.from >= 0, answer::body);
    (taken ? done : refused).add(move);
    if (!taken) {
      history.answered(move.from, new AccountOperation.Refused(move.units), move.asked);
      return;
    }
    long available = units(tree(answer.body()), "available");
    if (move.from < 0) {
      history.answered(move.to, new AccountOperation.In(move.units, available), move.asked);
      return;
    }
    assertTrue(available >= 0, () -> "I10: " + answer.body());
    history.answered(move.from, new AccountOperation.Out(move.units, available), move.asked);
    history.sent(move.to, move.units, move.asked);
  }

  private void take(Asked asked, HttpResponse<String> answer) {
    if (answer.statusCode() >= 300) {
      assertTrue(answer.statusCode() == 409, () -> answer.body() + " to " + asked);
      long least = asked.lamp < HOT ? asked.wh * UNITS_PER_WH : UNITS_PER_WH;
      history.answered(asked.lamp, new AccountOperation.Refused(least), asked.at);
      return;
    }
    Map<String, Object> tree = tree(answer.body());
    long amount = units(tree, "amount");
    long available = units(tree, "available");
    if (asked.path().endsWith("/commit")) {
      used.addAndGet(
          asked.lamp(), new BigDecimal(String.valueOf(tree.get("quantity"))).longValue());
      boolean late = String.valueOf(tree.get("outcome")).equals("late-commit");
      history.answered(
          asked.lamp,
          new AccountOperation.Committed(asked.reservation, amount, null, late, available),
          asked.at);
    } else if (asked.path().endsWith("/release")) {
      history.answered(
          asked.lamp,
          new AccountOperation.Released(asked.reservation, amount, available),
          asked.at);
    } else {
      assertTrue(available >= 0, () -> "I10: " + answer.body());
      String id = String.valueOf(tree.get("id"));
      open.add(new Open(id, asked.lamp()));
      history.granted(
          asked.lamp, new AccountOperation.Granted(id, amount, available), asked.at, asked.seconds);
      if (amount % UNITS_PER_WH != 0) {
        history.inexact(asked.lamp); // Parts of a Wh: holds beside it are rounded anew as it ends.
      }
    }
  }

  static long units(Map<String, Object> tree, String member) {
    return new BigDecimal(String.valueOf(tree.get(member))).movePointRight(9).longValueExact();
  }

  static Map<String, Object> tree(String body) {
    try {
      return Json.readObject(body.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + body, e);
    }
  }

  private int account() {
    return random.nextInt(random.nextInt(4) == 0 ? HOT : accounts);
  }

  private Asked next() {
    String key = name + "/" + ++serial;
    long now = System.nanoTime();
    int kind = random.nextInt(10);
    if (kind < 5) {
      int from = account();
      int to = (from + 1 + random.nextInt(accounts - 1)) % accounts;
      Move move = new Move(from, to, amount(60), now);
      String body =
          "{\"from\":\"a-%d\",\"to\":\"a-%d\",\"amount\":\"%s\"}"
              .formatted(from, to, decimal(move.units));
      return Asked.move("/v1/transfers", key, body, move);
    }
    if (kind < 7) {
      Move move = new Move(-1, account(), amount(100), now);
      String body = "{\"amount\":\"%s\"}".formatted(decimal(move.units));
      return Asked.move("/v1/accounts/a-" + move.to + "/top-up", key, body, move);
    }
    Open held = open.size() > 2 ? open.poll() : null;
    return held == null ? reserve(key, now) : end(key, held, now);
  }

  private Asked reserve(String key, long now) {
    int lamps = random.nextInt(4) == 0 ? HOT_LAMPS : accounts / LAMP_EVERY;
    int lamp = LAMP_EVERY * random.nextInt(lamps);
    int wh = 1 + random.nextInt(4_000_000);
    int seconds = 1 + random.nextInt(20);
    String body =
        "{\"device\":\"lamp-%d\",\"meter\":\"energy\",\"quantity\":\"%d\",\"partial\":%s,"
            + "\"validFor\":%d}";
    return new Asked(
        "/v1/reservations",
        key,
        body.formatted(lamp, wh, lamp >= HOT, seconds),
        null,
        lamp,
        "",
        wh,
        seconds,
        now);
  }

  private Asked end(String key, Open held, long now) {
    String path = "/v1/reservations/" + held.id;
    if (random.nextInt(4) == 0) {
      return new Asked(path + "/release", key, "{}", null, held.lamp, held.id, 0, 0, now);
    }
    int wh = random.nextInt(3_000_000);
    String body = "{\"meter\":\"energy\",\"quantity\":\"%d\"}".formatted(wh);
    return new Asked(path + "/commit", key, body, null, held.lamp, held.id, wh, 0, now);
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

  /** Gets; null where no answer comes. */
  static @Nullable HttpResponse<String> get(HttpClient http, Gateway gateway, String path)
      throws InterruptedException {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
              .timeout(ANSWER)
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      return null;
    }
  }
}
