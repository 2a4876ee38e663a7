package io.millrace.tests.bench;

import io.millrace.catalog.CatalogFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/** Cars of accounts with balances ask whether they may navigate; one of four has paid for it. */
final class EntitlementReads implements OpenLoop.Client {
  static final int RATE = 5_000;
  private static final int CLIENTS = 64;
  private static final int SECONDS = 5;
  private static final int MOST_UNLOCKED = 2_000;
  private static final int ONE_OF = 4;

  private final KeptConnection connection;
  private final SplittableRandom random;
  private final int accounts;

  private EntitlementReads(String url, int accounts, int n) {
    this.connection = ChargingBench.connect(url);
    this.accounts = accounts;
    this.random = new SplittableRandom(n);
  }

  /** The catalog of the other benches, and a feature that a press of a button unlocks. */
  static byte[] catalog() {
    return new String(CatalogFile.template("smart-city.yaml"), StandardCharsets.UTF_8)
        .replaceFirst("(?m)^meters:$", "meters:\n  presses: {event: lamp.press, aggregate: count}")
        .replaceFirst(
            "(?m)^    charges:$",
            "    charges:\n      presses: {meter: presses, unit: each, per-unit: 0.01}")
        .replaceFirst(
            "(?m)^offers:$", "features:\n  navigation: {meter: presses, for: 720h}\noffers:")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Has the cars that will be asked for pay, and asks. */
  static void measure(Site site, Figures figures, String url, int accounts) throws Exception {
    int asked = Math.min(accounts, MOST_UNLOCKED * ONE_OF);
    try (KeptConnection connection = ChargingBench.connect(url)) {
      for (int n = 0; n < asked; n += ONE_OF) {
        String body = "{\"device\":\"car-%d\",\"meter\":\"presses\"}".formatted(n);
        ChargingBench.good(
            connection.exchange(ChargingBench.request("POST", "/v1/charges", "unlock-" + n, body)));
      }
    }
    read(site, url, asked); // Warms up.
    for (int run = 0; run < site.scale().runs(); run++) {
      Histogram took = read(site, url, asked);
      ChargingBench.note(figures, "5,000 entitlement reads/s", took, Goal.atMost(1));
    }
  }

  private static Histogram read(Site site, String url, int accounts) throws Exception {
    int requests = site.scale().atMost(SECONDS * RATE);
    return OpenLoop.run(
        Math.min(CLIENTS, requests), requests, RATE, n -> new EntitlementReads(url, accounts, n));
  }

  @Override
  public void next() throws IOException {
    int n = random.nextInt(accounts);
    String answer =
        ChargingBench.good(
            connection.exchange(
                ChargingBench.request(
                    "GET",
                    "/v1/accounts/a-" + n + "/entitlements/navigation?device=car-" + n,
                    "",
                    "")));
    if (answer.contains("\"unlocked\" : true") != (n % ONE_OF == 0)) {
      throw new IOException("car-" + n + " was answered " + answer);
    }
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
