package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Devices of which a maker pays for a part, and others that share what they use, which a council
 * pays for; accounts with money in buckets, and others without a balance. Everything that is asked
 * is asked until it is answered, so that in the end it is known what all of it comes to.
 */
final class Fleet {
  /** The first so many have balances; the others' devices are wherever their own numbers say. */
  private static final int ROOTED = 16;

  private static final int ACCOUNTS = 32;
  private static final int BATCH = 50;
  private static final String BY_NOBODY = "";

  /** What a maker pays of a device's day at most, 3 EUR, and what a device costs once, 1 EUR. */
  private static final long MOST_PAID = 3_000_000_000L;

  private static final long START = 1_000_000_000;

  /** Ledger units for a Wh up to 2,000, and beyond; what a pool has included, in Wh. */
  private static final long FIRST = 1_000_000;

  private static final long BEYOND = 500_000;
  private static final long TIER = 2_000;
  private static final long INCLUDED = 5_000;

  static final String CATALOG =
      """
      catalog: fleet
      effective: %s
      currency: EUR
      zone: UTC
      period: PT24H
      meters:
        energy: {event: lamp.report, value: data.wh, unit: Wh, scale: 0, aggregate: sum}
        shared: {event: lamp.shared, value: data.wh, unit: Wh, scale: 0, aggregate: sum}
      offers:
        lamp:
          scope: device
          window: 1m
          paid-by: {account: maker, up-to: 3}
          charges:
            start: {one-off: 1}
            energy: {meter: energy, unit: Wh, graduated: [{to: 2000, per-unit: 0.001}, {per-unit: 0.0005}]}
        fleet:
          scope: account
          window: 1m
          paid-by: council
          allowances:
            - {allowance: together, included: 5000, unit: Wh, of: shared}
          charges:
            shared: {meter: shared, unit: Wh, per-unit: 0.001}
      """;

  private final HttpClient http = HttpClient.newHttpClient();
  private final String from = Instant.now().minus(Duration.ofMinutes(90)).toString();

  /** Wh of each device that is known, and of the pool of each account. */
  private final Map<String, Long> used = new TreeMap<>();

  private final Map<String, Integer> owners = new TreeMap<>();
  private final Map<Integer, Long> pools = new TreeMap<>();

  /** What was paid in, in ledger units: by account, then by bucket, empty for the balance. */
  private final Map<String, Map<String, Long>> paid = new TreeMap<>();

  private final List<Client> clients;
  long answers;
  long again;

  /** Before any gateway is started. */
  Fleet(City city, Path folder, long seed) throws IOException {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.copy(
        Repository.root().resolve("routes/sources/http.camel.yaml"),
        routes.resolve("http.camel.yaml"));
    city.readFrom(routes.toAbsolutePath(), Map.of());
    // The period that is running began two hours ago.
    Instant effective = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(26, ChronoUnit.HOURS);
    Files.writeString(folder.resolve("catalog.yaml"), CATALOG.formatted(effective));
    Files.writeString(folder.resolve("devices.csv"), "subject,account,offer,from,to\n");
    clients = List.of(new Reporter(seed), new Payer(seed + 1), new Buyer(seed + 2));
  }

  private static String name(int account) {
    return (account < ROOTED ? "a-" : "s-") + account;
  }

  /** Opens the balances, the maker's too, and puts the first devices at each account. */
  void open(Gateway gateway) throws InterruptedException {
    List<String> opened = new ArrayList<>(List.of("maker"));
    for (int a = 0; a < ROOTED; a++) {
      opened.add(name(a));
    }
    for (String account : opened) {
      String body = "{\"account\":\"" + account + "\",\"kind\":\"prepaid\"}";
      HttpResponse<String> answer =
          post(gateway, "/v1/accounts", "open-" + account, "application/json", body);
      assertTrue(answer != null && answer.statusCode() == 201, () -> "not opened: " + account);
    }
    StringBuilder csv = new StringBuilder("subject,account,offer,from,to\n");
    for (int a = 0; a < ACCOUNTS; a++) {
      csv.append("shared-%d,%s,fleet,%s,\n".formatted(a, name(a), from));
      csv.append("shared-%d,%s,fleet,%s,\n".formatted(a + ACCOUNTS, name(a), from));
      csv.append("first-%d,%s,lamp,%s,\n".formatted(a, name(a), from));
      owners.put("first-" + a, a);
    }
    assertTrue(gateway.importDevices(csv.toString()).isPresent());
  }

  /** Asks a gateway for as long as it lives. */
  void ask(Gateway gateway, Runnable meanwhile) {
    List<CompletableFuture<Void>> asking = new ArrayList<>();
    for (Client c : clients) {
      asking.add(CompletableFuture.runAsync(() -> c.ask(gateway), Thread::startVirtualThread));
    }
    meanwhile.run();
    asking.forEach(CompletableFuture::join);
  }

  /** Has what is not answered answered. */
  void finish(Gateway gateway) throws InterruptedException {
    for (Client c : clients) {
      while (c.unanswered != null) {
        c.step(gateway);
      }
      answers += c.answers;
      again += c.again;
    }
  }

  /** What each account and each sponsor owes by a gateway's view is what it all comes to. */
  void judge(Gateway gateway) throws InterruptedException {
    Map<String, Long> owed = new TreeMap<>();
    owners.forEach(
        (device, account) -> {
          long wh = used.getOrDefault(device, 0L);
          long price = START + FIRST * Math.min(wh, TIER) + BEYOND * Math.max(0, wh - TIER);
          long part = Math.min(price, MOST_PAID);
          owed.merge("maker", part, Math::addExact);
          owed.merge(name(account), price - part, Math::addExact);
        });
    pools.forEach(
        (account, wh) -> {
          owed.merge("council", FIRST * Math.max(0, wh - INCLUDED), Math::addExact);
          owed.merge(name(account), 0L, Math::addExact);
        });
    assertTrue(owed.getOrDefault("council", 0L) > 0, "no pool was used up");
    for (Map.Entry<String, Long> each : owed.entrySet()) {
      Map<String, Object> account = account(gateway, each.getKey());
      assertEquals(
          BigDecimal.valueOf(each.getValue(), 9),
          new BigDecimal(String.valueOf(account.get("balance"))),
          () -> each.getKey() + ": " + account);
    }
  }

  private Map<String, Object> account(Gateway gateway, String name) throws InterruptedException {
    HttpResponse<String> answer = BankClient.get(http, gateway, "/v1/accounts/" + name);
    assertTrue(answer != null && answer.statusCode() == 200, name + " is not answered for");
    return BankClient.tree(answer.body());
  }

  /** What was paid in, by account and bucket as {@code a-1/gift}; those without a bucket too. */
  Map<String, Long> paid() {
    Map<String, Long> all = new TreeMap<>();
    paid.forEach(
        (account, buckets) -> buckets.forEach((b, units) -> all.put(account + "/" + b, units)));
    return all;
  }

  private @Nullable HttpResponse<String> post(
      Gateway gateway, String path, String key, String type, String body)
      throws InterruptedException {
    return BankClient.post(http, gateway, path, key, type, body);
  }

  /** A request, sent again until it is answered, and what is true once it is. */
  private record Asked(String path, String key, String type, String body, Runnable then) {}

  /** Asks for one thing after the other. */
  private abstract class Client {
    final SplittableRandom random;
    private final String name = getClass().getSimpleName();
    private int serial;
    private @Nullable Asked unanswered;
    long answers;
    long again;

    Client(long seed) {
      this.random = new SplittableRandom(seed);
    }

    abstract Asked next(int number);

    String key(int number) {
      return name + "/" + number;
    }

    void ask(Gateway gateway) {
      try {
        while (gateway.process().isAlive()) {
          step(gateway);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void step(Gateway gateway) throws InterruptedException {
      Asked asked = unanswered;
      if (asked == null) {
        asked = next(++serial);
        unanswered = asked;
      } else {
        again++;
      }
      HttpResponse<String> answer = post(gateway, asked.path, asked.key, asked.type, asked.body);
      if (answer == null || answer.statusCode() >= 429) {
        return;
      }
      assertEquals(200, answer.statusCode(), answer::body);
      unanswered = null;
      answers++;
      synchronized (Fleet.this) {
        asked.then.run();
      }
    }
  }

  /** Posts usage; some of it takes back what was posted before. */
  private final class Reporter extends Client {
    private int event;

    Reporter(long seed) {
      super(seed);
    }

    @Override
    Asked next(int number) {
      StringBuilder body = new StringBuilder();
      Map<String, Long> more = new TreeMap<>();
      Map<Integer, Long> pooled = new TreeMap<>();
      List<String> devices;
      synchronized (Fleet.this) {
        devices = List.copyOf(owners.keySet());
      }
      for (int i = 0; i < BATCH; i++) {
        boolean shared = random.nextInt(3) == 0;
        int n = random.nextInt(shared ? 2 * ACCOUNTS : devices.size());
        String device = shared ? "shared-" + n : devices.get(n);
        long wh = random.nextInt(400);
        if (shared) {
          pooled.merge(n % ACCOUNTS, wh, Long::sum);
        } else {
          wh = random.nextInt(4) == 0 ? -Math.min(wh, back(device, more)) : wh;
          more.merge(device, wh, Long::sum);
        }
        body.append(i == 0 ? '[' : ',')
            .append(
                ("{\"specversion\":\"1.0\",\"id\":\"%d\",\"source\":\"/fleet\",\"type\":\"%s\","
                        + "\"subject\":\"%s\",\"time\":\"%s\","
                        + "\"datacontenttype\":\"application/json\",\"data\":{\"wh\":%d}}")
                    .formatted(
                        ++event,
                        shared ? "lamp.shared" : "lamp.report",
                        device,
                        Instant.now().minusSeconds(random.nextInt(3_600)),
                        wh));
      }
      return new Asked(
          "/v1/usage",
          key(number),
          "application/cloudevents-batch+json",
          body.append(']').toString(),
          () -> {
            more.forEach((device, wh) -> used.merge(device, wh, Long::sum));
            pooled.forEach((account, wh) -> pools.merge(account, wh, Long::sum));
          });
    }

    /** What may be taken back of a device's use. */
    private long back(String device, Map<String, Long> more) {
      synchronized (Fleet.this) {
        return Math.max(0, used.getOrDefault(device, 0L) + more.getOrDefault(device, 0L));
      }
    }
  }

  /** Pays in: to balances, to buckets, and the maker. */
  private final class Payer extends Client {
    Payer(long seed) {
      super(seed);
    }

    @Override
    Asked next(int number) {
      int n = random.nextInt(ROOTED + 4);
      String account = n < ROOTED ? name(n) : "maker";
      String bucket = random.nextInt(3) == 0 ? BY_NOBODY : "gift-" + random.nextInt(3);
      long units = 1 + random.nextInt(2_000_000_000);
      String into =
          bucket.isEmpty()
              ? ""
              : ",\"bucket\":\""
                  + bucket
                  + "\""
                  + (bucket.endsWith("2") ? ",\"for\":\"lamp.report\"" : "");
      return new Asked(
          "/v1/accounts/" + account + "/top-up",
          key(number),
          "application/json",
          "{\"amount\":\"" + BigDecimal.valueOf(units, 9).toPlainString() + "\"" + into + "}",
          () ->
              paid.computeIfAbsent(account, a -> new TreeMap<>()).merge(bucket, units, Long::sum));
    }
  }

  /** Puts devices into service, for each of which something is due at once. */
  private final class Buyer extends Client {
    Buyer(long seed) {
      super(seed);
    }

    @Override
    Asked next(int number) {
      StringBuilder csv = new StringBuilder("subject,account,offer,from,to\n");
      Map<String, Integer> bought = new TreeMap<>();
      for (int i = 0; i < 3; i++) {
        int account = random.nextInt(ACCOUNTS);
        String device = "lamp-%d-%d".formatted(number, i);
        csv.append("%s,%s,lamp,%s,\n".formatted(device, name(account), from));
        bought.put(device, account);
      }
      return new Asked(
          "/v1/devices", key(number), "text/csv", csv.toString(), () -> owners.putAll(bought));
    }
  }
}
