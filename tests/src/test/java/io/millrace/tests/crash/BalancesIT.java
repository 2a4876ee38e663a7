package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.shard.CrashPoints;
import io.millrace.ops.rest.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients pay in, reserve, commit and release while the gateway is killed: what was answered is
 * found, what was not is asked again under its key and done once, and no grant takes an account
 * below its floor. Whoever is to be told of the accounts is told of each change once, in its order.
 * Every other gateway is another node, which takes the shards over. Run another seed with {@code
 * -Dcrash.seed=N}.
 */
class BalancesIT {
  private static final long SEED = Long.getLong("crash.seed", 20_261_126);
  private static final int ACCOUNTS = 8;
  private static final int DEVICES_EACH = 2;
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** How each gateway ends: at a point, or killed at random. */
  private static final List<String> ENDS =
      List.of(
          "",
          CrashPoints.INSIDE_COMMIT + ":60",
          "",
          CrashPoints.AFTER_COMMIT + ":60",
          CrashPoints.BEFORE_COMMIT + ":60",
          CrashPoints.INSIDE_CHECKPOINT + ":2",
          CrashPoints.ERP_POSTED + ":25",
          "");

  private final HttpClient http = HttpClient.newHttpClient();

  /** A request as it is sent, and sent again. */
  private record Asked(String path, String key, String body) {}

  /** One account and who asks it, one request after the other. */
  private final class Client {
    private final String account;
    private final SplittableRandom random;
    private final ArrayDeque<String> open = new ArrayDeque<>();
    private @Nullable Asked unanswered;
    private int serial;
    private long answers;
    private long again;
    private BigDecimal paid = BigDecimal.ZERO;
    private BigDecimal used = BigDecimal.ZERO;

    Client(int n) {
      account = "account-" + n;
      random = new SplittableRandom(SEED + n);
    }

    /** Asks until the gateway is dead. */
    void ask(Gateway gateway) {
      try {
        while (gateway.process().isAlive()) {
          step(gateway);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void step(Gateway gateway) throws InterruptedException {
      Asked before = unanswered;
      Asked next = before == null ? next() : before;
      again += before == null ? 0 : 1;
      unanswered = next;
      HttpResponse<String> answer = send(gateway, next);
      if (answer == null || answer.statusCode() >= 429) {
        return; // Asked again, of this gateway or the next.
      }
      unanswered = null;
      answers++;
      try {
        take(
            next,
            answer.statusCode(),
            Json.readObject(answer.body().getBytes(StandardCharsets.UTF_8)));
      } catch (IOException e) {
        throw new AssertionError("no JSON: " + answer.body(), e);
      }
    }

    private Asked next() {
      String key = account + "/" + ++serial;
      String id = open.peek();
      int kind = random.nextInt(10);
      if (kind == 0) {
        String body = "{\"amount\":\"0.%02d\"}".formatted(1 + random.nextInt(99));
        return new Asked("/v1/accounts/" + account + "/top-up", key, body);
      }
      if (kind < 5 || id == null) {
        String device = account + "-" + random.nextInt(DEVICES_EACH);
        String body =
            "{\"device\":\"%s\",\"meter\":\"energy\",\"quantity\":\"%d\",\"partial\":%s,"
                + "\"validFor\":%d}";
        return new Asked(
            "/v1/reservations",
            key,
            body.formatted(
                device,
                1 + random.nextInt(5_000_000),
                random.nextBoolean(),
                1 + random.nextInt(30)));
      }
      if (kind < 9) {
        return new Asked(
            "/v1/reservations/" + id + "/commit",
            key,
            "{\"meter\":\"energy\",\"quantity\":\"%d\",\"last\":%s}"
                .formatted(random.nextInt(3_000_000), random.nextBoolean()));
      }
      return new Asked("/v1/reservations/" + id + "/release", key, "{}");
    }

    private void take(Asked asked, int status, Map<String, Object> answer) {
      if (status >= 300) {
        assertTrue(
            status == 409 && !asked.path().endsWith("/top-up"),
            () -> status + " " + answer.get("code") + " to " + asked);
        return;
      }
      if (asked.path().endsWith("/top-up")) {
        paid = paid.add(decimal(answer, "amount"));
      } else if (asked.path().endsWith("/commit")) {
        used = used.add(decimal(answer, "amount"));
        if (random.nextInt(3) == 0) {
          open.poll();
        }
      } else if (asked.path().endsWith("/release")) {
        open.poll();
      } else {
        assertTrue(decimal(answer, "available").signum() >= 0, () -> "I10: " + answer);
        open.add(String.valueOf(answer.get("id")));
      }
    }
  }

  private static BigDecimal decimal(Map<String, Object> tree, String member) {
    return new BigDecimal(String.valueOf(tree.get(member)));
  }

  private @Nullable HttpResponse<String> send(Gateway gateway, Asked asked)
      throws InterruptedException {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + asked.path()))
              .timeout(ANSWER)
              .header("Content-Type", "application/json")
              .header("Idempotency-Key", asked.key())
              .POST(HttpRequest.BodyPublishers.ofString(asked.body()))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      return null;
    }
  }

  @Test
  @Timeout(300)
  void clientsChargeUnderKills_everyAnswerIsFoundAndEveryRequestDoneOnce() throws Exception {
    Path folder = Path.of("target/crash/balances");
    try (City city = new City(folder, 1, 1, SEED, ENDS.size());
        NoticeReceiver receiver = new NoticeReceiver()) {
      try {
        city.set(receiver.properties());
        run(city, receiver);
      } catch (Throwable e) {
        System.err.println("seed " + SEED + ", logs in " + folder);
        System.err.println(city.complaints());
        throw e;
      }
    }
  }

  private void run(City city, NoticeReceiver receiver) throws Exception {
    List<Client> clients = new ArrayList<>();
    for (int n = 0; n < ACCOUNTS; n++) {
      clients.add(new Client(n));
    }
    SplittableRandom random = new SplittableRandom(SEED);
    Gateway first = city.startGateway("gateway", "");
    first.awaitReady();
    open(first);
    first.process().kill();
    for (int i = 0; i < ENDS.size(); i++) {
      String end = ENDS.get(i);
      Gateway gateway = city.startGateway("gateway" + (i % 2 == 0 ? "" : "-2"), end);
      gateway.awaitReadyOrEnd();
      List<CompletableFuture<Void>> asking =
          clients.stream()
              .map(
                  c -> CompletableFuture.runAsync(() -> c.ask(gateway), Thread::startVirtualThread))
              .toList();
      int millis = end.isEmpty() ? random.nextInt(1_000, 2_500) : 15_000;
      if (!gateway.process().endsWithin(Duration.ofMillis(millis))) {
        gateway.process().kill();
      }
      asking.forEach(CompletableFuture::join);
    }
    Gateway last = city.startGateway("gateway", "");
    last.awaitReady();
    for (Client c : clients) {
      while (c.unanswered != null) {
        c.step(last);
      }
      found(last, c, city);
    }
    int told = receiver.awaitAllTold(city.database());
    for (Client c : clients) {
      same(c.paid, receiver.toppedUp(c.account), "told as paid in, of " + c.account);
    }
    assertTrue(receiver.count("reservation-expired") > 0 && receiver.count("low-balance") > 0);
    last.process().kill();
    assertEquals(List.of(), city.violations());
    JournalAudit audit = city.audit();
    audit.advance();
    audit.judge();
    long answers = clients.stream().mapToLong(c -> c.answers).sum();
    long again = clients.stream().mapToLong(c -> c.again).sum();
    System.out.println(
        answers + " answers, " + again + " requests asked again, " + told + " notices");
    assertTrue(answers > 500 && again > ENDS.size(), answers + " answers, " + again + " again");
  }

  private void open(Gateway gateway) throws Exception {
    StringBuilder csv = new StringBuilder("subject,account,offer,from,to\n");
    String from = Instant.now().minus(Duration.ofHours(2)).toString();
    for (int n = 0; n < ACCOUNTS; n++) {
      String kind =
          n % 2 == 0 ? "\"kind\":\"prepaid\"" : "\"kind\":\"postpaid\",\"creditLimit\":\"1.5\"";
      Asked asked =
          new Asked(
              "/v1/accounts",
              "open/" + n,
              "{\"account\":\"account-%d\",\"lowBalance\":\"0.2\",%s}".formatted(n, kind));
      HttpResponse<String> answer = send(gateway, asked);
      assertTrue(answer != null && answer.statusCode() == 201, () -> "not opened: " + asked);
      for (int d = 0; d < DEVICES_EACH; d++) {
        csv.append("account-%d-%d,account-%d,lamp,%s,\n".formatted(n, d, n, from));
      }
    }
    assertTrue(gateway.importDevices(csv.toString()).isPresent());
  }

  /** What a client was answered is what its account says, and what the ledger has. */
  @SuppressWarnings("unchecked")
  private void found(Gateway gateway, Client client, City city) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(
                    URI.create(
                        "http://127.0.0.1:" + gateway.port() + "/v1/accounts/" + client.account))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    Map<String, Object> account = Json.readObject(answer.body().getBytes(StandardCharsets.UTF_8));
    Map<String, Object> funds = (Map<String, Object>) account.get("funds");
    BigDecimal energy = BigDecimal.ZERO;
    for (Map<String, Object> line : (List<Map<String, Object>>) account.get("usage")) {
      energy =
          energy.add(line.get("name").equals("energy") ? decimal(line, "amount") : BigDecimal.ZERO);
    }
    same(client.used, energy, "committed, of " + client.account);
    same(client.paid, ledger(city, client.account), "paid in, of " + client.account);
    same(
        client
            .paid
            .subtract(decimal(funds, "floor"))
            .subtract(decimal(account, "balance"))
            .subtract(decimal(funds, "reserved")),
        decimal(funds, "available"),
        "available, of " + client.account);
  }

  private static void same(BigDecimal expected, BigDecimal actual, String what) {
    assertEquals(0, expected.compareTo(actual), () -> what + ": " + expected + ", not " + actual);
  }

  private static BigDecimal ledger(City city, String account) throws SQLException {
    try (Connection c = city.database().connection();
        PreparedStatement ps =
            c.prepareStatement(
                "select coalesce(-sum(p.amount), 0) / 10::numeric ^ 9 from posting p join account a"
                    + " on a.tenant = p.tenant and a.id = p.account where a.kind = 'balance'"
                    + " and a.name = ? and p.name = 'top-up'")) {
      ps.setString(1, account);
      try (ResultSet rs = ps.executeQuery()) {
        rs.next();
        return rs.getBigDecimal(1);
      }
    }
  }
}
