package io.millrace.tests.crash;

import io.millrace.tests.linear.AccountOperation;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Looks what accounts have, at all gateways again and again, whether or not they answer: one that
 * wakes up finds questions that were asked while another had taken its accounts over.
 */
final class BankLooks {
  private static final long EVERY_MILLIS = 20;

  private final HttpClient http;
  private final BankHistory history;
  private final SplittableRandom random;

  BankLooks(HttpClient http, long seed, BankHistory history) {
    this.http = http;
    this.random = new SplittableRandom(seed);
    this.history = history;
  }

  /** Begins; who closes what it gives ends it, and waits for what was asked. */
  AutoCloseable at(List<Gateway> gateways) {
    ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    var looking = Executors.newVirtualThreadPerTaskExecutor();
    pace.scheduleAtFixedRate(
        () -> {
          for (Gateway gateway : gateways) {
            int account = random.nextInt(BankClient.HOT);
            looking.execute(() -> lookUnlessInterrupted(gateway, account));
          }
        },
        0,
        EVERY_MILLIS,
        TimeUnit.MILLISECONDS);
    return () -> {
      pace.close();
      looking.close();
    };
  }

  private void lookUnlessInterrupted(Gateway gateway, int account) {
    try {
      look(gateway, account);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks what an account has; whether it was told. */
  @SuppressWarnings("unchecked")
  boolean look(Gateway gateway, int account) throws InterruptedException {
    long asked = System.nanoTime();
    HttpResponse<String> answer = BankClient.get(http, gateway, "/v1/accounts/a-" + account);
    if (answer == null || answer.statusCode() != 200) {
      return false;
    }
    Map<String, Object> tree = BankClient.tree(answer.body());
    Map<String, Object> funds = (Map<String, Object>) tree.get("funds");
    history.answered(
        account,
        new AccountOperation.Read(
            BankClient.units(funds, "available"), BankClient.units(funds, "reserved")),
        asked);
    return true;
  }
}
