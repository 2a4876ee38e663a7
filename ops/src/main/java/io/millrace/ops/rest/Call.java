package io.millrace.ops.rest;

import java.io.InputStream;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/**
 * A request that the contract has let through.
 *
 * @param values its parameters and members, typed and checked
 * @param upload a body that the handler reads by itself, where the operation has one
 * @param after runs what is left to do once something that was waited for is there
 */
public record Call(Map<String, Object> values, @Nullable Upload upload, Executor after) {

  /**
   * A body as it comes.
   *
   * @param type its media type, without parameters, one of the contract's
   * @param body read by one thread; waits for the sender
   */
  public record Upload(String type, InputStream body) {}

  /** One that a thread waits for. */
  public Call(Map<String, Object> values, @Nullable Upload upload) {
    this(values, upload, ForkJoinPool.commonPool());
  }

  /** One without such a body. */
  public Call(Map<String, Object> values) {
    this(values, null);
  }

  /** The body of an operation that has one which its handler reads. */
  Upload body() {
    Upload present = upload;
    if (present == null) {
      throw new IllegalStateException("the contract gives the operation no such body");
    }
    return present;
  }

  /** Answers a call. */
  @FunctionalInterface
  public interface Handler {
    /** The answer; what it throws is answered as a problem. */
    Answer answer(Call call) throws Exception;
  }

  /** Answers a call once the answer is there, and lets no thread wait for it. */
  @FunctionalInterface
  public interface Later {
    /** The answer; what it throws, or the future ends with, is answered as a problem. */
    CompletableFuture<Answer> answer(Call call) throws Exception;

    /** The same for a caller that waits. */
    default Handler waiting() {
      return call -> {
        try {
          return answer(call).get();
        } catch (ExecutionException e) {
          throw e.getCause() instanceof Exception cause ? cause : e;
        }
      };
    }
  }

  /** A string that the contract requires or has a default for. */
  String text(String name) {
    return (String) present(name);
  }

  /** A string, where it was sent. */
  @Nullable String optionalText(String name) {
    return (String) values.get(name);
  }

  /** An integer that the contract requires or has a default for; its bounds make it an int. */
  int number(String name) {
    return Math.toIntExact((Long) present(name));
  }

  /** An integer, where it was sent. */
  @Nullable Long optionalNumber(String name) {
    return (Long) values.get(name);
  }

  /** A boolean that the contract has a default for. */
  boolean flag(String name) {
    return (Boolean) present(name);
  }

  /** A time, where it was sent. */
  @Nullable Instant optionalTime(String name) {
    return (Instant) values.get(name);
  }

  private Object present(String name) {
    Object value = values.get(name);
    if (value == null) {
      throw new IllegalStateException(
          "the contract neither requires " + name + " nor has a default");
    }
    return value;
  }
}
