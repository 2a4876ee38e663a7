package io.millrace.ops.rest;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that the contract has let through: its parameters and members, typed and checked. */
public record Call(Map<String, Object> values) {

  /** Answers a call. */
  @FunctionalInterface
  public interface Handler {
    /** The answer; what it throws is answered as a problem. */
    Answer answer(Call call) throws Exception;
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
