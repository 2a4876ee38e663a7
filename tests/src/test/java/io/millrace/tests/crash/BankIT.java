package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.shard.CrashPoints;
import io.millrace.tests.house.Repository;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The bank: 32 clients move money among 1,000 accounts, reserve and commit, beside usage that comes
 * over a source, while the gateway is killed and another node takes the shards over. What was
 * answered is found; what was not is done wholly or not at all; nothing is lost or made, and no
 * balance is ever below its floor. Run another seed with {@code -Dcrash.seed=N}.
 */
class BankIT {
  private static final long SEED = Long.getLong("crash.seed", 20_261_126);
  private static final int ACCOUNTS = 1_000;
  private static final int CLIENTS = 32;

  /** How each gateway ends: at a point, or killed at random. A transfer's two commits differ. */
  private static final List<String> ENDS =
      List.of("", CrashPoints.AFTER_COMMIT + ":150", CrashPoints.INSIDE_COMMIT + ":200", "");

  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicLongArray used = new AtomicLongArray(ACCOUNTS);
  private final List<BankClient> clients = new ArrayList<>();
  private final BankUsage usage = new BankUsage(http, SEED, ACCOUNTS, used);

  @Test
  @Timeout(300)
  void moneyMovedUnderKills_isConservedAndEachMoveIsAllOrNothing() throws Exception {
    Path folder = Path.of("target/crash/bank");
    try (City city = new City(folder, 1, 1, SEED, ENDS.size())) {
      try {
        run(city, folder);
      } catch (Throwable e) {
        System.err.println("seed " + SEED + ", logs in " + folder);
        System.err.println(city.complaints());
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
    AtomicLong unique = new AtomicLong();
    for (int n = 0; n < CLIENTS; n++) {
      clients.add(new BankClient(http, n, SEED, ACCOUNTS, unique, used));
    }
    Gateway first = city.startGateway("gateway", "");
    first.awaitReady();
    open(first);
    first.process().kill();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < ENDS.size(); i++) {
      String end = ENDS.get(i);
      live(city.startGateway("gateway" + (i % 2 == 0 ? "" : "-2"), end), end, random);
    }
    Gateway last = city.startGateway("gateway", "");
    last.awaitReady();
    for (BankClient c : clients) {
      c.finish(last);
    }
    usage.finish(last);
    BankBooks books = new BankBooks(city.database(), ACCOUNTS);
    books.awaitArrived();
    for (int a = 0; a < ACCOUNTS; a += BankClient.LAMP_EVERY) {
      judgeUse(last, a);
    }
    last.process().kill();
    int without = books.judge(clients);
    books.judgeFloors();
    assertEquals(List.of(), city.violations());
    JournalAudit audit = city.audit();
    audit.advance();
    audit.judge();
    long answers = clients.stream().mapToLong(c -> c.answers).sum();
    int givenUp = clients.stream().mapToInt(c -> c.givenUp.size()).sum();
    System.out.printf(
        "%d answers, %d events beside; of %d moves without an answer %d were done%n",
        answers, usage.events, givenUp, without);
    assertTrue(answers > 1_000 && givenUp > 0 && usage.events > 1_000, "too little was done");
    assertTrue(clients.stream().anyMatch(c -> !c.refused.isEmpty()), "no floor was come to");
  }

  private void live(Gateway gateway, String end, SplittableRandom random) throws Exception {
    gateway.awaitReadyOrEnd();
    List<CompletableFuture<Void>> asking = new ArrayList<>();
    for (BankClient c : clients) {
      asking.add(CompletableFuture.runAsync(() -> c.ask(gateway), Thread::startVirtualThread));
    }
    asking.add(CompletableFuture.runAsync(() -> usage.post(gateway), Thread::startVirtualThread));
    int millis = end.isEmpty() ? random.nextInt(1_000, 2_000) : 15_000;
    if (!gateway.process().endsWithin(Duration.ofMillis(millis))) {
      gateway.process().kill();
    }
    asking.forEach(CompletableFuture::join);
  }

  private void open(Gateway gateway) throws Exception {
    AtomicInteger next = new AtomicInteger();
    List<CompletableFuture<Void>> opening = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      opening.add(
          CompletableFuture.runAsync(() -> openSome(gateway, next), Thread::startVirtualThread));
    }
    opening.forEach(CompletableFuture::join);
    StringBuilder csv = new StringBuilder("subject,account,offer,from,to\n");
    String from = Instant.now().minus(Duration.ofHours(2)).toString();
    for (int a = 0; a < ACCOUNTS; a += BankClient.LAMP_EVERY) {
      csv.append("lamp-%d,a-%d,lamp,%s,\n".formatted(a, a, from));
    }
    assertTrue(gateway.importDevices(csv.toString()).isPresent());
  }

  private void openSome(Gateway gateway, AtomicInteger next) {
    try {
      int n;
      while ((n = next.getAndIncrement()) < ACCOUNTS) {
        String kind =
            n % 2 == 0 ? "\"kind\":\"prepaid\"" : "\"kind\":\"postpaid\",\"creditLimit\":\"1\"";
        String body = "{\"account\":\"a-%d\",%s}".formatted(n, kind);
        HttpResponse<String> answer =
            BankClient.post(http, gateway, "/v1/accounts", "open-" + n, "application/json", body);
        assertTrue(answer != null && answer.statusCode() == 201, () -> "not opened: " + body);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An account's lamp was charged all that was used, once; beyond the floor it is overrun. */
  @SuppressWarnings("unchecked")
  private void judgeUse(Gateway gateway, int a) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + gateway.port() + "/v1/accounts/a-" + a))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    Map<String, Object> account = BankClient.tree(answer.body());
    BigDecimal energy = BigDecimal.ZERO;
    for (Map<String, Object> line : (List<Map<String, Object>>) account.get("usage")) {
      energy =
          energy.add(line.get("name").equals("energy") ? decimal(line, "amount") : BigDecimal.ZERO);
    }
    BigDecimal expected = BigDecimal.valueOf(used.get(a) * 50, 9); // 0.00005 a kWh
    assertEquals(0, expected.compareTo(energy), () -> "a-" + a + ": " + expected + " of energy");
    Map<String, Object> funds = (Map<String, Object>) account.get("funds");
    // Usage may take what reservations hold; below the floor it is overrun.
    BigDecimal left = decimal(funds, "available").add(decimal(funds, "reserved"));
    BigDecimal overrun = decimal(funds, "overrun");
    assertTrue(left.signum() >= 0 || overrun.signum() > 0, answer::body);
    assertTrue(overrun.signum() == 0 || funds.get("blocked").equals(true), answer::body);
  }

  private static BigDecimal decimal(Map<String, Object> tree, String member) {
    return new BigDecimal(String.valueOf(tree.get(member)));
  }
}
