package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Pays in: to balances, to buckets of money, to sponsors; and what ends before the test does. */
final class Payer extends PatientClient {
  /** A sponsor that has too little. */
  static final String POOR = "uncle";

  /** An account without devices. */
  static final String KEEPER = "keeper";

  private static final String NO_BUCKET = "";
  private static final int KEPT_SECONDS = 4;

  private final HttpClient http;
  private final List<String> balances;

  /** In ledger units, or in Wh: by account, then by bucket, empty for the balance. */
  private final Map<String, Map<String, Long>> paid = new TreeMap<>();

  private final Map<String, Long> ended = new TreeMap<>();

  /**
   * Pays.
   *
   * @param balances of accounts that sponsor nobody
   */
  Payer(HttpClient http, Object books, long seed, List<String> balances) {
    super(http, books, seed);
    this.http = http;
    this.balances = balances;
  }

  /** All that have balances. */
  List<String> accounts() {
    List<String> all = new ArrayList<>(balances);
    all.addAll(List.of("maker", "patron", POOR, KEEPER));
    return all;
  }

  /** Pays what an account begins with. */
  void payFirst(Gateway gateway, String account, long units) throws InterruptedException {
    HttpResponse<String> answer =
        BankClient.post(
            http,
            gateway,
            "/v1/accounts/" + account + "/top-up",
            "first-" + account,
            "application/json",
            "{\"amount\":\"" + decimal(units) + "\"}");
    assertTrue(answer != null, account);
    assertEquals(200, answer.statusCode(), answer::body);
    note(account, NO_BUCKET, units);
  }

  private static String decimal(long units) {
    return BigDecimal.valueOf(units, 9).toPlainString();
  }

  private void note(String account, String bucket, long n) {
    paid.computeIfAbsent(account, a -> new TreeMap<>()).merge(bucket, n, Long::sum);
  }

  @Override
  Asked next(int number) {
    if (random.nextInt(8) == 0) {
      return brief(number);
    }
    int n = random.nextInt(balances.size() + 6) - balances.size();
    String account =
        n < 0 ? balances.get(n + balances.size()) : List.of("maker", "patron", POOR).get(n / 2);
    // What is for one type of use alone is never lent.
    int gifts = n < 2 ? 3 : 2;
    String bucket = random.nextInt(3) == 0 ? NO_BUCKET : "gift-" + random.nextInt(gifts);
    long units = 1 + random.nextInt(account.equals(POOR) ? 200_000_000 : 2_000_000_000);
    String into =
        bucket.isEmpty()
            ? ""
            : ",\"bucket\":\""
                + bucket
                + "\""
                + (bucket.endsWith("2") ? ",\"for\":\"lamp.report\"" : "");
    return Asked.json(
        "/v1/accounts/" + account + "/top-up",
        key(number),
        "{\"amount\":\"" + decimal(units) + "\"" + into + "}",
        () -> note(account, bucket, units));
  }

  /** Money or units that nobody uses, and that are gone while gateways are. */
  private Asked brief(int number) {
    long n = 1 + random.nextInt(1_000_000);
    String bucket = "brief-" + number;
    String what =
        random.nextBoolean()
            ? "\"amount\":\"" + decimal(n) + "\""
            : "\"units\":\"" + n + "\",\"allowance\":\"extra\"";
    Instant expires = Instant.now().plusSeconds(KEPT_SECONDS);
    return new Asked(
        "/v1/accounts/" + KEEPER + "/top-up",
        key(number),
        "application/json",
        "{%s,\"bucket\":\"%s\",\"expires\":\"%s\"}".formatted(what, bucket, expires),
        "bucket-terms", // It was over before it was asked for.
        () -> {
          note(KEEPER, bucket, n);
          ended.put(KEEPER + "/" + bucket, -n);
        });
  }

  /** What an account has been paid in all. */
  long had(String account) {
    return paid.getOrDefault(account, Map.of()).values().stream().mapToLong(n -> n).sum();
  }

  /** What was paid in, by account and bucket as {@code a-1/gift}; those without a bucket too. */
  Map<String, Long> paid() {
    Map<String, Long> all = new TreeMap<>();
    paid.forEach((account, buckets) -> buckets.forEach((b, n) -> all.put(account + "/" + b, n)));
    return all;
  }

  /** What is gone of what ended, less than 0, by account and bucket. */
  Map<String, Long> ended() {
    return ended;
  }
}
