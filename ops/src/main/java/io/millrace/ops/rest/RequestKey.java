package io.millrace.ops.rest;

import io.millrace.processors.shard.AccountRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.TreeMap;

/**
 * The {@code Idempotency-Key} of a request to an account, and what it asks, as hashes. It is a key
 * of that operation on that account, device or reservation: each of them is in one shard, which
 * alone knows its keys.
 */
final class RequestKey {
  private static final String NAME = "Idempotency-Key";

  private RequestKey() {}

  /**
   * Of a call that the contract requires one of; the order of its members says nothing.
   *
   * @param of what it is asked of: the account's id, the device's or the reservation's
   */
  static AccountRequest.Key of(String operation, Object of, Call call) {
    TreeMap<String, Object> asked = new TreeMap<>(call.values());
    asked.remove(NAME);
    return of(operation + ' ' + of + ' ' + call.text(NAME), operation + ' ' + Json.line(asked));
  }

  /** Of a request that has a name of its own, and of what it asks. */
  static AccountRequest.Key of(String name, String asked) {
    ByteBuffer key = hash(name);
    ByteBuffer body = hash(asked);
    return new AccountRequest.Key(key.getLong(), key.getLong(), body.getLong(), body.getLong());
  }

  private static ByteBuffer hash(String text) {
    try {
      return ByteBuffer.wrap(
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
