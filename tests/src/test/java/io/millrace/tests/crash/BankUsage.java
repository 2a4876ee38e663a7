package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.tests.linear.AccountOperation;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The lamps of a bank's accounts, whose usage is posted beside all that clients ask. */
final class BankUsage {
  private static final int BATCH = 100;

  private final HttpClient http;
  private final int accounts;
  private final AtomicLongArray used;
  private final SplittableRandom random;
  private final BankHistory history;
  private final int[] lamps = new int[BATCH];
  private final int[] wh = new int[BATCH];
  private long asked;
  private @Nullable String unanswered;
  private int serial;
  long events;

  BankUsage(HttpClient http, long seed, int accounts, AtomicLongArray used, BankHistory history) {
    this.http = http;
    this.accounts = accounts;
    this.used = used;
    this.random = new SplittableRandom(seed);
    this.history = history;
  }

  /** Posts to gateways, one after the other where one does not answer, for as long as it is to. */
  void post(List<Gateway> gateways, BooleanSupplier goesOn) {
    try {
      int at = 0;
      while (goesOn.getAsBoolean()) {
        at += step(gateways.get(at % gateways.size())) ? 0 : 1;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has what is not answered answered. */
  void finish(Gateway gateway) throws InterruptedException {
    while (unanswered != null) {
      step(gateway);
    }
  }

  private boolean step(Gateway gateway) throws InterruptedException {
    String body = unanswered;
    if (body == null) {
      asked = System.nanoTime();
      body = next();
    }
    unanswered = body;
    HttpResponse<String> answer =
        BankClient.post(http, gateway, "/v1/usage", "", "application/cloudevents-batch+json", body);
    if (answer == null || answer.statusCode() >= 429) {
      return false; // The same events again: those that were charged are duplicates then.
    }
    assertEquals(200, answer.statusCode(), answer::body);
    unanswered = null;
    events += BATCH;
    for (int i = 0; i < BATCH; i++) {
      used.addAndGet(lamps[i], wh[i]);
      history.answered(lamps[i], new AccountOperation.Used(wh[i] * BankClient.UNITS_PER_WH), asked);
    }
    return true;
  }

  private String next() {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < BATCH; i++) {
      lamps[i] = BankClient.LAMP_EVERY * random.nextInt(accounts / BankClient.LAMP_EVERY);
      wh[i] = random.nextInt(200_000);
      body.append(i == 0 ? '[' : ',')
          .append(
              ("{\"specversion\":\"1.0\",\"id\":\"%d\",\"source\":\"/city/lamps\","
                      + "\"type\":\"lamp.report\",\"subject\":\"lamp-%d\",\"time\":\"%s\","
                      + "\"datacontenttype\":\"application/json\",\"data\":{\"wh\":%d}}")
                  .formatted(++serial, lamps[i], Instant.now(), wh[i]));
    }
    return body.append(']').toString();
  }
}
