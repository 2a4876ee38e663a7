package io.millrace.ops.rest;

import io.millrace.connectors.tenant.AnswerStore;
import io.millrace.ops.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The {@code Idempotency-Key} (draft-ietf-httpapi-idempotency-key-header-07): a request that is
 * repeated under its key gets the answer that it got, without being done again; another body under
 * that key is refused with 422, a key whose first request is under way with 409. For what is safe
 * to do twice anyway: where a node dies between the work and its answer, the work is done again.
 */
public final class Repeats {
  private static final String KEY = "Idempotency-Key";

  private final AnswerStore answers;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  /** Keeps answers there. */
  public Repeats(AnswerStore answers) {
    this.answers = answers;
  }

  /** Does what a request asks for. */
  @FunctionalInterface
  interface Work {
    /** Returns the answer; reads the body to its end where that is worth repeating. */
    Answer answer(InputStream body) throws Exception;
  }

  /** Answers a call with a body that is read as it comes; only success is kept. */
  Answer once(String operation, Call call, Work work) throws Exception {
    String key = call.optionalText(KEY);
    if (key == null) {
      return work.answer(call.body().body());
    }
    if (!underWay.add(operation + ' ' + key)) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          "key-in-use",
          "the first request of this Idempotency-Key is under way",
          "wait for its answer, or repeat this one later");
    }
    try {
      return known(operation, key, call, work);
    } finally {
      underWay.remove(operation + ' ' + key);
    }
  }

  private Answer known(String operation, String key, Call call, Work work) throws Exception {
    DigestInputStream body = new DigestInputStream(call.body().body(), sha256());
    Optional<AnswerStore.Stored> stored = answers.find(operation, key);
    if (stored.isEmpty()) {
      Answer answer = work.answer(body);
      if (answer.status() < 300) {
        body.transferTo(OutputStream.nullOutputStream());
        answers.keep(
            operation,
            key,
            new AnswerStore.Stored(
                body.getMessageDigest().digest(), answer.status(), answer.type(), answer.body()));
      }
      return answer;
    }
    try {
      body.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "body-incomplete",
          "the body did not arrive whole",
          "send all of it again");
    }
    AnswerStore.Stored first = stored.get();
    if (!MessageDigest.isEqual(first.request(), body.getMessageDigest().digest())) {
      throw new Refusal(
          Refusal.Kind.OTHER_REQUEST,
          "key-of-another-request",
          "the Idempotency-Key was used for another body",
          "repeat a request with the same body, or take a new key");
    }
    return new Answer(first.status(), first.type(), first.body(), java.util.Map.of());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
