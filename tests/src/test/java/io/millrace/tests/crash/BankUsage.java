package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** The lamps of a bank's accounts, whose usage is posted beside all that clients ask. */
final class BankUsage {
  private static final int BATCH = 100;

  private final HttpClient http;
  private final int accounts;
  private final AtomicLongArray used;
  private final SplittableRandom random;
  private final long[] batch;
  private @Nullable String unanswered;
  private int serial;
  long events;

  BankUsage(HttpClient http, long seed, int accounts, AtomicLongArray used) {
    this.http = http;
    this.accounts = accounts;
    this.used = used;
    this.random = new SplittableRandom(seed);
    this.batch = new long[accounts];
  }

  /** Posts until the gateway is dead. */
  void post(Gateway gateway) {
    try {
      while (gateway.process().isAlive()) {
        step(gateway);
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

  private void step(Gateway gateway) throws InterruptedException {
    String body = unanswered == null ? next() : unanswered;
    unanswered = body;
    HttpResponse<String> answer =
        BankClient.post(http, gateway, "/v1/usage", "", "application/cloudevents-batch+json", body);
    if (answer == null || answer.statusCode() >= 429) {
      return; // The same events again: those that were charged are duplicates then.
    }
    assertEquals(200, answer.statusCode(), answer::body);
    unanswered = null;
    events += BATCH;
    for (int a = 0; a < accounts; a++) {
      used.addAndGet(a, batch[a]);
      batch[a] = 0;
    }
  }

  private String next() {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < BATCH; i++) {
      int lamp = BankClient.LAMP_EVERY * random.nextInt(accounts / BankClient.LAMP_EVERY);
      int wh = random.nextInt(200_000);
      batch[lamp] += wh;
      body.append(i == 0 ? '[' : ',')
          .append(
              ("{\"specversion\":\"1.0\",\"id\":\"%d\",\"source\":\"/city/lamps\","
                      + "\"type\":\"lamp.report\",\"subject\":\"lamp-%d\",\"time\":\"%s\","
                      + "\"datacontenttype\":\"application/json\",\"data\":{\"wh\":%d}}")
                  .formatted(++serial, lamp, Instant.now(), wh));
    }
    return body.append(']').toString();
  }
}
