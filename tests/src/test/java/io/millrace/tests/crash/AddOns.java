package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Accounts that buy units and use them. Which units cover what hangs on the order of all that an
 * account asks for, so one asks for all of it, and keeps book of it unit by unit.
 */
final class AddOns extends PatientClient {
  private static final int ACCOUNTS = 6;
  private static final int DEVICES_EACH = 2;
  private static final int POTS = 4;
  private static final int BATCH = 12;

  private final Instant from;
  private final List<Account> accounts = new ArrayList<>();
  private final Map<String, Long> bought = new TreeMap<>();
  private int event;

  /** Units that are drawn on in this order: what ends earlier, then what was there earlier. */
  private record Pot(String name, @Nullable Instant expires, int number, long[] left) {
    private static final Comparator<Pot> ORDER =
        Comparator.comparing((Pot p) -> p.expires == null ? Instant.MAX : p.expires)
            .thenComparingInt(p -> p.number);
  }

  private static final class Device {
    final String name;

    /** What nothing covers, and what each pot does. */
    long priced;

    final Map<Pot, Long> covered = new LinkedHashMap<>();

    Device(String name) {
      this.name = name;
    }

    long used() {
      return priced + covered.values().stream().mapToLong(n -> n).sum();
    }
  }

  private static final class Account {
    final String name;
    final List<Device> devices = new ArrayList<>();
    final List<Pot> pots = new ArrayList<>();

    Account(int number) {
      name = "u-" + number;
      for (int d = 0; d < DEVICES_EACH; d++) {
        devices.add(new Device("metered-%d-%d".formatted(number, d)));
      }
    }

    @Nullable Pot find(String pot) {
      return pots.stream().filter(p -> p.name.equals(pot)).findFirst().orElse(null);
    }

    void use(Device device, long wh) {
      long left = wh;
      if (wh < 0) { // Taken back: first of what was priced, then of what ends last.
        long back = Math.min(device.priced, -wh);
        device.priced -= back;
        left += back;
      }
      for (Pot pot : wh < 0 ? pots.reversed() : pots) {
        long covered = device.covered.getOrDefault(pot, 0L);
        long n = left < 0 ? Math.max(left, -covered) : Math.min(left, pot.left[0]);
        pot.left[0] -= n;
        device.covered.put(pot, covered + n);
        left -= n;
      }
      device.priced += left;
    }

    void buy(String pot, @Nullable Instant expires, long units) {
      Pot of = find(pot);
      if (of == null) {
        of = new Pot(pot, expires, pots.size(), new long[1]);
        pots.add(of);
        pots.sort(Pot.ORDER);
      }
      of.left[0] += units;
    }
  }

  AddOns(HttpClient http, Object books, long seed, Instant from) {
    super(http, books, seed);
    this.from = from;
    for (int a = 0; a < ACCOUNTS; a++) {
      accounts.add(new Account(a));
    }
  }

  List<String> names() {
    return accounts.stream().map(a -> a.name).toList();
  }

  /** Lines of its devices for a list in CSV. */
  String devices() {
    StringBuilder csv = new StringBuilder();
    for (Account a : accounts) {
      a.devices.forEach(d -> csv.append("%s,%s,addon,%s,\n".formatted(d.name, a.name, from)));
    }
    return csv.toString();
  }

  @Override
  Asked next(int number) {
    Account account = accounts.get(random.nextInt(ACCOUNTS));
    return random.nextInt(3) == 0 ? buy(number, account) : use(number, account);
  }

  /** Units more; at times less, of those that are left. */
  private Asked buy(int number, Account account) {
    int n = random.nextInt(POTS);
    String name = "pot-" + n;
    Pot pot = account.find(name);
    boolean less = pot != null && pot.left[0] > 0 && random.nextInt(4) == 0;
    long units = less ? -1 - random.nextLong(pot.left[0]) : 1 + random.nextInt(4_000);
    // None of them ends before the test does.
    Instant expires = n == 0 ? null : from.plus(Duration.ofDays(9 - n));
    String body =
        "{\"units\":\"%d\",\"allowance\":\"extra\",\"bucket\":\"%s\"%s}"
            .formatted(
                units,
                name,
                less
                    ? ",\"reason\":\"too many\""
                    : expires == null ? "" : ",\"expires\":\"" + expires + "\"");
    return Asked.json(
        "/v1/accounts/" + account.name + (less ? "/adjust" : "/top-up"),
        key(number),
        body,
        () -> {
          account.buy(name, expires, units);
          bought.merge(account.name + "/" + name, less ? 0 : units, Long::sum);
        });
  }

  /** Use of windows that are over: some of it is sealed by the end. */
  private Asked use(int number, Account account) {
    Map<Device, Long> more = new LinkedHashMap<>();
    List<Runnable> all = new ArrayList<>();
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < BATCH; i++) {
      Device device = account.devices.get(random.nextInt(DEVICES_EACH));
      long there = device.used() + more.getOrDefault(device, 0L);
      long wh =
          random.nextInt(4) == 0 ? -Math.min(there, random.nextInt(600)) : random.nextInt(400);
      more.merge(device, wh, Long::sum);
      all.add(() -> account.use(device, wh));
      Instant at = Instant.now().truncatedTo(ChronoUnit.MINUTES).minusSeconds(1);
      body.append(i == 0 ? '[' : ',')
          .append(
              Fleet.event(
                  ++event,
                  "/addons",
                  "lamp.metered",
                  device.name,
                  at.minusSeconds(random.nextInt(3_000)),
                  wh));
    }
    return new Asked(
        "/v1/usage",
        key(number),
        "application/cloudevents-batch+json",
        body.append(']').toString(),
        "",
        () -> all.forEach(Runnable::run));
  }

  /**
   * Adds what each account owes.
   *
   * @param price of so many Wh that nothing covers
   * @param sponsor who pays of it
   * @param most of a device's period
   */
  void owe(Map<String, Long> owed, LongUnaryOperator price, String sponsor, long most) {
    for (Account a : accounts) {
      for (Device d : a.devices) {
        long all = price.applyAsLong(d.priced);
        owed.merge(sponsor, Math.min(all, most), Math::addExact);
        owed.merge(a.name, all - Math.min(all, most), Math::addExact);
      }
    }
  }

  /** Fails where an account's buckets, as a gateway shows them, are not what is left of them. */
  void judge(Map<String, List<Map<String, Object>>> shown) {
    long covered = 0;
    for (Account a : accounts) {
      Map<String, Long> expected = new TreeMap<>();
      a.pots.forEach(p -> expected.put(p.name, p.left[0]));
      Map<String, Long> actual = new TreeMap<>();
      for (Map<String, Object> pot : shown.getOrDefault(a.name, List.of())) {
        String left = String.valueOf(pot.get("left"));
        actual.put(String.valueOf(pot.get("name")), new BigDecimal(left).longValueExact());
      }
      assertEquals(expected, actual, a.name);
      covered += covered(a);
    }
    assertTrue(covered > 0, "nothing was covered");
    assertTrue(
        accounts.stream().flatMap(a -> a.devices.stream()).anyMatch(d -> d.priced > 0),
        "nothing was priced");
  }

  private static long covered(Account a) {
    return a.devices.stream().mapToLong(d -> d.used() - d.priced).sum();
  }

  /** What was bought in each bucket, without what was put right, as {@link Payer#paid}. */
  Map<String, Long> bought() {
    return bought;
  }

  /** What the ledger of units says of each account but for use; what is not 0. */
  Map<String, Long> posted() {
    Map<String, Long> posted = new TreeMap<>();
    for (Account a : accounts) {
      posted.put(a.name, a.pots.stream().mapToLong(p -> p.left[0]).sum() + covered(a));
    }
    posted.values().removeIf(n -> n == 0);
    return posted;
  }
}
