package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.tests.house.Repository;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;
import java.util.function.IntToLongFunction;

/**
 * A bank's accounts at gateways, its clients, and the lamps whose usage is charged to them beside.
 */
final class Bank {
  private static final int ACCOUNTS = 1_000;

  /** Answers and events that a run must have, however slow its machine and long its pauses. */
  private static final int FEWEST = 200;

  private static final int CLIENTS = 32;

  /** 0.10 for each day on which a lamp is in service. */
  private static final long LEASE = 100_000_000;

  /** Begun by the lamps' first day, by this one, and by one that begins meanwhile. */
  private static final int MOST_DAYS = 3;

  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicLongArray used = new AtomicLongArray(ACCOUNTS);
  private final BankHistory history = new BankHistory(ACCOUNTS);
  private final List<BankClient> clients = new ArrayList<>();
  private final BankUsage usage;
  private final BankLooks looks;
  private final City city;

  /** Before any gateway is started. */
  Bank(City city, Path folder, long seed) throws IOException {
    this.city = city;
    this.looks = new BankLooks(http, seed, history);
    this.usage = new BankUsage(http, seed, ACCOUNTS, used, history);
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.copy(
        Repository.root().resolve("routes/sources/http.camel.yaml"),
        routes.resolve("http.camel.yaml"));
    city.readFrom(routes.toAbsolutePath(), Map.of());
    AtomicLong unique = new AtomicLong();
    for (int n = 0; n < CLIENTS; n++) {
      clients.add(new BankClient(http, n, seed, ACCOUNTS, unique, used, history));
    }
  }

  /** Has all ask, use and look until this is to end; who closes it knows that all have stopped. */
  AutoCloseable ask(List<Gateway> gateways, BooleanSupplier goesOn) {
    List<CompletableFuture<Void>> asking = new ArrayList<>();
    for (BankClient c : clients) {
      asking.add(inBackground(() -> c.ask(gateways, goesOn)));
    }
    asking.add(inBackground(() -> usage.post(gateways, goesOn)));
    AutoCloseable looking = looks.at(gateways);
    return () -> {
      asking.forEach(CompletableFuture::join);
      looking.close();
    };
  }

  private static CompletableFuture<Void> inBackground(Runnable what) {
    return CompletableFuture.runAsync(what, Thread::startVirtualThread);
  }

  /**
   * Has all answered by a gateway and ends it; then what was answered is in the books and in the
   * journal, what was not is there wholly or not at all, and each account did one thing after the
   * other.
   */
  void judge(Gateway last) throws Exception {
    for (BankClient c : clients) {
      c.finish(last);
    }
    usage.finish(last);
    BankBooks books = new BankBooks(city.database(), ACCOUNTS);
    books.awaitArrived();
    final long arrived = System.nanoTime();
    for (int a = 0; a < ACCOUNTS; a++) {
      assertTrue(looks.look(last, a), "an account is not answered for");
    }
    for (int a = 0; a < ACCOUNTS; a += BankClient.LAMP_EVERY) {
      judgeUse(last, a);
    }
    last.process().kill();
    int without = books.judge(clients, history);
    books.judgeFloors();
    assertEquals(List.of(), city.violations());
    JournalAudit audit = city.audit();
    audit.advance();
    audit.judge();
    BankBooks.moveToTheWrongAccount(city.database());
    assertThrows(AssertionError.class, audit::judge, "books that balance, and are wrong");
    int calls = judgeHistory(arrived);
    long answers = clients.stream().mapToLong(c -> c.answers).sum();
    int givenUp = clients.stream().mapToInt(c -> c.givenUp.size()).sum();
    System.out.printf(
        "%d answers, %d events beside; of %d moves without an answer %d were done; %d calls, each"
            + " account one after the other%n",
        answers, usage.events, givenUp, without, calls);
    assertTrue(answers > FEWEST && usage.events > FEWEST, "too little was done");
    assertTrue(clients.stream().anyMatch(c -> !c.refused.isEmpty()), "no floor was come to");
  }

  private int judgeHistory(long arrived) {
    for (int a = 0; a < ACCOUNTS; a += BankClient.LAMP_EVERY) {
      for (int day = 0; day < MOST_DAYS; day++) {
        history.mayCost(a, LEASE);
      }
    }
    IntToLongFunction initial = a -> a % 2 == 0 ? 0 : 1_000_000_000;
    int calls = history.judge(arrived, initial);
    history.plantStaleRead(1); // A judge that can't fail proves nothing.
    assertThrows(AssertionError.class, () -> history.judge(arrived, initial));
    return calls;
  }

  /** Opens the accounts, prepaid ones and ones with a credit of 1, and puts lamps at some. */
  void open(Gateway gateway) throws Exception {
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
    HttpResponse<String> answer = BankClient.get(http, gateway, "/v1/accounts/a-" + a);
    assertTrue(answer != null && answer.statusCode() == 200, "a-" + a + " is not answered for");
    Map<String, Object> account = BankClient.tree(answer.body());
    BigDecimal energy = BigDecimal.ZERO;
    for (Map<String, Object> line : (List<Map<String, Object>>) account.get("usage")) {
      energy =
          energy.add(line.get("name").equals("energy") ? decimal(line, "amount") : BigDecimal.ZERO);
    }
    BigDecimal expected = BigDecimal.valueOf(used.get(a) * BankClient.UNITS_PER_WH, 9);
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
