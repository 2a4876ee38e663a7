package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Asks for one thing after the other, each until it is answered: so what was done is known, and in
 * which order.
 */
abstract class PatientClient {
  final SplittableRandom random;
  private final HttpClient http;

  /** Held while what is known changes. */
  private final Object books;

  private final String name = getClass().getSimpleName();
  private int serial;
  private @Nullable Asked unanswered;
  long answers;
  long again;

  /**
   * A request, sent again under its key until it is answered.
   *
   * @param refusal the code that it may be refused with, where it came too late; empty where none
   * @param then what is true once it is done
   */
  record Asked(String path, String key, String type, String body, String refusal, Runnable then) {

    /** One of JSON that is never refused. */
    static Asked json(String path, String key, String body, Runnable then) {
      return new Asked(path, key, "application/json", body, "", then);
    }
  }

  PatientClient(HttpClient http, Object books, long seed) {
    this.http = http;
    this.books = books;
    this.random = new SplittableRandom(seed);
  }

  /** What is asked next, of the numbers from 1 on. */
  abstract Asked next(int number);

  String key(int number) {
    return name + "/" + number;
  }

  /** Asks a gateway for as long as it lives. */
  void ask(Gateway gateway) {
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
    Asked asked = unanswered;
    if (asked == null) {
      asked = next(++serial);
      unanswered = asked;
    } else {
      again++;
    }
    HttpResponse<String> answer =
        BankClient.post(http, gateway, asked.path, asked.key, asked.type, asked.body);
    if (answer == null || answer.statusCode() >= 429) {
      return;
    }
    unanswered = null;
    answers++;
    if (answer.statusCode() != 200) {
      assertFalse(asked.refusal.isEmpty(), answer::body);
      assertEquals(asked.refusal, BankClient.tree(answer.body()).get("code"), answer::body);
      return;
    }
    synchronized (books) {
      asked.then.run();
    }
  }
}
