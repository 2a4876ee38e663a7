package io.millrace.tests.bench;

import io.millrace.catalog.CatalogFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/** Cars of accounts with balances ask whether they may navigate; one of four has paid for it. */
final class EntitlementReads implements OpenLoop.Client {
  static final int RATE = 5_000;
  private static final int SECONDS = 5;
  private static final int MOST_UNLOCKED = 2_000;
  private static final int ONE_OF = 4;

  private final SplittableRandom random;
  private final int accounts;
  private int asked;

  EntitlementReads(int accounts, int n) {
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
  static void measure(Site site, Figures figures, LoadClient client, String url, int accounts)
      throws Exception {
    int asked = Math.min(accounts, MOST_UNLOCKED * ONE_OF);
    try (KeptConnection connection = ChargingClient.connect(url)) {
      for (int n = 0; n < asked; n += ONE_OF) {
        String body = "{\"device\":\"car-%d\",\"meter\":\"presses\"}".formatted(n);
        ChargingClient.good(
            connection.exchange(
                ChargingClient.request("POST", "/v1/charges", "unlock-" + n, body)));
      }
    }
    read(site, client, url, asked); // Warms up.
    for (int run = 0; run < site.scale().runs(); run++) {
      Histogram took = read(site, client, url, asked);
      ChargingBench.note(figures, "5,000 entitlement reads/s", took, Goal.atMost(1));
    }
  }

  private static Histogram read(Site site, LoadClient client, String url, int accounts)
      throws Exception {
    int requests = site.scale().atMost(SECONDS * RATE);
    return client.run(
        new LoadClient.Run(
            LoadClient.Asks.ENTITLEMENTS, "entitlements", url, accounts, requests, RATE));
  }

  @Override
  public byte[] next() {
    asked = random.nextInt(accounts);
    return ChargingClient.request(
        "GET", "/v1/accounts/a-" + asked + "/entitlements/navigation?device=car-" + asked, "", "");
  }

  @Override
  public void answered(String answer) throws IOException {
    ChargingClient.good(answer);
    if (answer.contains("\"unlocked\" : true") != (asked % ONE_OF == 0)) {
      throw new IOException("car-" + asked + " was answered " + answer);
    }
  }
}
