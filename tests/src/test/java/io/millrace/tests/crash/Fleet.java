package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.tests.house.Repository;
import java.io.IOException;
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
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Devices of which a sponsor pays for a part: a maker, a patron as far as its balance reaches, and
 * one that has too little for all of them. Others share what they use, which a council pays for.
 * Accounts with money in buckets, with units that they buy, and without a balance. Everything that
 * is asked is asked until it is answered, so that in the end it is known what all of it comes to.
 */
final class Fleet {
  /** The first so many have balances; the others' devices are wherever their own numbers say. */
  private static final int ROOTED = 16;

  private static final int ACCOUNTS = 32;
  private static final int BATCH = 50;

  /** What a sponsor pays of a device's day at most, 3 EUR, and what a device costs once, 1 EUR. */
  private static final long MOST_PAID = 3_000_000_000L;

  private static final long START = 1_000_000_000;

  /** What the patron has at first, more than all that it is asked for; and who has too little. */
  private static final long RICH = 1_000_000_000_000_000L;

  /** Ledger units for a Wh up to 2,000, and beyond; what a pool has included, in Wh. */
  static final long FIRST = 1_000_000;

  private static final long BEYOND = 500_000;
  private static final long TIER = 2_000;
  private static final long INCLUDED = 5_000;

  private static final String CATALOG =
      """
      catalog: fleet
      effective: %s
      currency: EUR
      zone: UTC
      period: PT24H
      meters:
        energy: {event: lamp.report, value: data.wh, unit: Wh, scale: 0, aggregate: sum}
        shared: {event: lamp.shared, value: data.wh, unit: Wh, scale: 0, aggregate: sum}
        metered: {event: lamp.metered, value: data.wh, unit: Wh, scale: 0, aggregate: sum}
      offers:
        fleet:
          scope: account
          window: 1m
          paid-by: council
          allowances:
            - {allowance: together, included: 5000, unit: Wh, of: shared}
          charges:
            shared: {meter: shared, unit: Wh, per-unit: 0.001}
        addon:
          scope: device
          window: 1m
          paid-by: {account: patron, up-to: 3, within: balance}
          allowances:
            - {allowance: extra, bought: true, unit: Wh, of: metered}
          charges:
            metered: {meter: metered, unit: Wh, per-unit: 0.001}
      """;

  /** An offer of lamps that somebody pays for. */
  private static final String PAID =
      """
        %s:
          scope: device
          window: 1m
          paid-by: {account: %s, up-to: 3%s}
          charges:
            start: {one-off: 1}
            energy: {meter: energy, unit: Wh, graduated: [{to: 2000, per-unit: 0.001}, {per-unit: 0.0005}]}
      """;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Instant from = Instant.now().minus(Duration.ofMinutes(90));

  /** Wh of each device that is known, and of the pool of each account. */
  private final Map<String, Long> used = new TreeMap<>();

  private final Map<String, Integer> owners = new TreeMap<>();
  private final Map<Integer, Long> pools = new TreeMap<>();

  private final Payer payer;
  private final AddOns addOns;
  private final List<PatientClient> clients;

  /** Before any gateway is started. */
  Fleet(City city, Path folder, long seed) throws IOException {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.copy(
        Repository.root().resolve("routes/sources/http.camel.yaml"),
        routes.resolve("http.camel.yaml"));
    city.readFrom(routes.toAbsolutePath(), Map.of());
    // The period that is running began two hours ago.
    Instant effective = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(26, ChronoUnit.HOURS);
    Files.writeString(folder.resolve("catalog.yaml"), catalog(effective));
    Files.writeString(folder.resolve("devices.csv"), "subject,account,offer,from,to\n");
    addOns = new AddOns(http, this, seed + 3, from);
    List<String> balances = new ArrayList<>();
    for (int a = 0; a < ROOTED; a++) {
      balances.add(name(a));
    }
    payer = new Payer(http, this, seed + 1, balances);
    clients = List.of(new Reporter(seed), payer, new Buyer(seed + 2), addOns);
  }

  private static String catalog(Instant effective) {
    return CATALOG.formatted(effective)
        + PAID.formatted("lamp", "maker", "")
        + PAID.formatted("app", "patron", ", within: balance")
        + PAID.formatted("toy", Payer.POOR, ", within: balance");
  }

  /** Which offer an account's devices are on. */
  private static String offer(int account) {
    return switch (account % 4) {
      case 1 -> "app";
      case 3 -> "toy";
      default -> "lamp";
    };
  }

  /** Who pays for a part of it. */
  private static String sponsor(int account) {
    return switch (account % 4) {
      case 1 -> "patron";
      case 3 -> Payer.POOR;
      default -> "maker";
    };
  }

  private static String name(int account) {
    return (account < ROOTED ? "a-" : "s-") + account;
  }

  /** Opens the balances, the sponsors' too, and puts the first devices at each account. */
  void open(Gateway gateway) throws InterruptedException {
    List<String> opened = new ArrayList<>(addOns.names());
    opened.addAll(payer.accounts());
    for (String account : opened) {
      String body = "{\"account\":\"" + account + "\",\"kind\":\"prepaid\"}";
      HttpResponse<String> answer =
          BankClient.post(
              http, gateway, "/v1/accounts", "open-" + account, "application/json", body);
      assertTrue(answer != null && answer.statusCode() == 201, () -> "not opened: " + account);
    }
    payer.payFirst(gateway, "patron", RICH);
    payer.payFirst(gateway, Payer.POOR, 2 * START);
    StringBuilder csv = new StringBuilder("subject,account,offer,from,to\n");
    for (int a = 0; a < ACCOUNTS; a++) {
      csv.append("shared-%d,%s,fleet,%s,\n".formatted(a, name(a), from));
      csv.append("shared-%d,%s,fleet,%s,\n".formatted(a + ACCOUNTS, name(a), from));
      csv.append("first-%d,%s,%s,%s,\n".formatted(a, name(a), offer(a), from));
      owners.put("first-" + a, a);
    }
    assertTrue(gateway.importDevices(csv + addOns.devices()).isPresent());
  }

  /** Asks a gateway for as long as it lives. */
  void ask(Gateway gateway, Runnable meanwhile) {
    List<CompletableFuture<Void>> asking = new ArrayList<>();
    for (PatientClient c : clients) {
      asking.add(CompletableFuture.runAsync(() -> c.ask(gateway), Thread::startVirtualThread));
    }
    meanwhile.run();
    asking.forEach(CompletableFuture::join);
  }

  /** Has what is not answered answered. */
  void finish(Gateway gateway) throws InterruptedException {
    for (PatientClient c : clients) {
      c.finish(gateway);
    }
  }

  long answers() {
    return clients.stream().mapToLong(c -> c.answers).sum();
  }

  long again() {
    return clients.stream().mapToLong(c -> c.again).sum();
  }

  /** What each account and each sponsor owes by a gateway's view is what it all comes to. */
  void judge(Gateway gateway) throws InterruptedException {
    Map<String, Long> owed = new TreeMap<>();
    Map<String, Long> wanted = new TreeMap<>(); // Of the one that has too little.
    owners.forEach(
        (device, account) -> {
          long wh = used.getOrDefault(device, 0L);
          long price = START + FIRST * Math.min(wh, TIER) + BEYOND * Math.max(0, wh - TIER);
          long part = Math.min(price, MOST_PAID);
          boolean isPoor = sponsor(account).equals(Payer.POOR);
          (isPoor ? wanted : owed)
              .merge(isPoor ? name(account) : sponsor(account), part, Math::addExact);
          owed.merge(name(account), isPoor ? price : price - part, Math::addExact);
        });
    pools.forEach(
        (account, wh) -> {
          owed.merge("council", FIRST * Math.max(0, wh - INCLUDED), Math::addExact);
          owed.merge(name(account), 0L, Math::addExact);
        });
    addOns.owe(owed, wh -> FIRST * wh, "patron", MOST_PAID);
    assertTrue(owed.getOrDefault("council", 0L) > 0, "no pool was used up");
    long given = 0;
    for (Map.Entry<String, Long> each : owed.entrySet()) {
      Map<String, Object> account = account(gateway, each.getKey());
      long less = each.getValue() - BankClient.units(account, "balance");
      long most = wanted.getOrDefault(each.getKey(), 0L);
      assertTrue(
          less >= 0 && less <= most,
          () -> each + " and another pays up to " + most + ", but: " + account);
      given += less;
    }
    judgePoor(gateway, given, wanted.values().stream().mapToLong(n -> n).sum());
    Map<String, List<Map<String, Object>>> shown = new TreeMap<>();
    for (String account : addOns.names()) {
      shown.put(account, list(funds(gateway, account), "units"));
    }
    addOns.judge(shown);
    for (String kind : List.of("buckets", "units")) {
      assertEquals(List.of(), list(funds(gateway, Payer.KEEPER), kind), "what ended is gone");
    }
  }

  /**
   * The one with too little has paid what accounts did not: all of that, and no more than it has.
   */
  private void judgePoor(Gateway gateway, long given, long wanted) throws InterruptedException {
    long had = payer.had(Payer.POOR);
    assertEquals(
        given,
        BankClient.units(account(gateway, Payer.POOR), "balance"),
        "what accounts were given");
    assertTrue(given > 0 && given <= had, () -> given + " of " + had);
    assertTrue(wanted > had, () -> "it had enough: " + had + " of " + wanted);
    for (String sponsor : List.of("patron", Payer.POOR)) {
      // Not its overrun: what was taken back is there again before it is sealed.
      long available = BankClient.units(funds(gateway, sponsor), "available");
      assertTrue(available >= 0, () -> sponsor + " pays more than it has: " + available);
    }
  }

  /** See {@link Payer#paid}, with what units were bought. */
  Map<String, Long> paid() {
    Map<String, Long> all = new TreeMap<>(payer.paid());
    all.putAll(addOns.bought());
    return all;
  }

  /** See {@link Payer#ended}. */
  Map<String, Long> ended() {
    return payer.ended();
  }

  AddOns addOns() {
    return addOns;
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> funds(Gateway gateway, String account) throws InterruptedException {
    return (Map<String, Object>) account(gateway, account).get("funds");
  }

  private Map<String, Object> account(Gateway gateway, String name) throws InterruptedException {
    HttpResponse<String> answer = BankClient.get(http, gateway, "/v1/accounts/" + name);
    assertTrue(answer != null && answer.statusCode() == 200, name + " is not answered for");
    return BankClient.tree(answer.body());
  }

  /** An event of a device, as JSON. */
  static String event(long id, String source, String type, String device, Instant at, long wh) {
    return ("{\"specversion\":\"1.0\",\"id\":\"%d\",\"source\":\"%s\",\"type\":\"%s\","
            + "\"subject\":\"%s\",\"time\":\"%s\","
            + "\"datacontenttype\":\"application/json\",\"data\":{\"wh\":%d}}")
        .formatted(id, source, type, device, at, wh);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> list(Map<String, Object> tree, String member) {
    return (List<Map<String, Object>>) tree.get(member);
  }

  /** Posts usage; some of it takes back what was posted before. */
  private final class Reporter extends PatientClient {
    private int event;

    Reporter(long seed) {
      super(http, Fleet.this, seed);
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
        // Half of it is of windows that are open: it accrues, and what is lent for it is out.
        Instant at = Instant.now().minusSeconds(random.nextInt(i % 2 == 0 ? 3_600 : 20));
        body.append(i == 0 ? '[' : ',')
            .append(
                event(++event, "/fleet", shared ? "lamp.shared" : "lamp.report", device, at, wh));
      }
      return new Asked(
          "/v1/usage",
          key(number),
          "application/cloudevents-batch+json",
          body.append(']').toString(),
          "",
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

  /** Puts devices into service, for each of which something is due at once. */
  private final class Buyer extends PatientClient {
    Buyer(long seed) {
      super(http, Fleet.this, seed);
    }

    @Override
    Asked next(int number) {
      StringBuilder csv = new StringBuilder("subject,account,offer,from,to\n");
      Map<String, Integer> bought = new TreeMap<>();
      for (int i = 0; i < 3; i++) {
        int account = random.nextInt(ACCOUNTS);
        String device = "lamp-%d-%d".formatted(number, i);
        csv.append("%s,%s,%s,%s,\n".formatted(device, name(account), offer(account), from));
        bought.put(device, account);
      }
      return new Asked(
          "/v1/devices", key(number), "text/csv", csv.toString(), "", () -> owners.putAll(bought));
    }
  }
}
