package io.millrace.connectors.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The options of a codec as its route gave them, taken one by one; every refusal names the option
 * and says what to write. {@link #end} refuses those that nobody took.
 */
final class Options {
  private static final int MOST_ENTRIES = 64;

  private final String format;
  private final Map<String, String> left;
  private final List<String> known = new ArrayList<>();

  Options(CodecSpec spec) {
    format = spec.format();
    left = new TreeMap<>(spec.options());
  }

  IllegalArgumentException refused(String why) {
    return new IllegalArgumentException("usage:" + format + ": " + why);
  }

  /** An option that may be absent. */
  @Nullable String optional(String name) {
    known.add(name);
    String value = left.remove(name);
    return value == null || value.isBlank() ? null : value;
  }

  /** An option, or what it is where it is absent. */
  String text(String name, String absent) {
    String value = optional(name);
    return value == null ? absent : value;
  }

  /** An option that must be there. */
  String required(String name, String what) {
    String value = optional(name);
    if (value == null) {
      throw refused("lacks `" + name + "`: " + what);
    }
    return value;
  }

  /** An option that is one of a few words. */
  String oneOf(String name, String absent, List<String> words) {
    String value = text(name, absent);
    if (!words.contains(value)) {
      throw refused("`" + name + "` is `" + value + "`; write one of " + words);
    }
    return value;
  }

  /** Text of every event, written in the route; null where the events say it themselves. */
  byte @Nullable [] constant(String name) {
    String value = optional(name);
    if (value == null) {
      return null;
    }
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 512 || !Plain.isText(bytes, 0, bytes.length)) {
      throw refused("`" + name + "` must have 512 bytes at most and no control characters");
    }
    return bytes;
  }

  /**
   * Pairs {@code name=where}, with semicolons between them, in their order.
   *
   * @param what says what they are
   */
  Map<String, String> pairs(String name, String what) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String each : text(name, "").split(";")) {
      if (each.isBlank()) {
        continue;
      }
      int at = each.lastIndexOf('=');
      String left = at < 1 ? "" : each.substring(0, at).strip();
      String right = at < 1 ? "" : each.substring(at + 1).strip();
      if (left.isEmpty() || right.isEmpty() || pairs.put(left, right) != null) {
        throw refused("`" + name + "`: `" + each.strip() + "` is no pair of its own; " + what);
      }
    }
    if (pairs.size() > MOST_ENTRIES) {
      throw refused("`" + name + "` has more than " + MOST_ENTRIES + " pairs");
    }
    return pairs;
  }

  /** Refuses options that the format does not have. */
  void end() {
    if (!left.isEmpty()) {
      throw refused("no such option: " + left.keySet() + "; there are " + known);
    }
  }
}
