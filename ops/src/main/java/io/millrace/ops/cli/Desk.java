package io.millrace.ops.cli;

import io.millrace.ops.Refusal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a command asks: a node over REST, or its database where no node runs. */
interface Desk extends AutoCloseable {

  /**
   * Asks what the contract names.
   *
   * @param path from the first slash on, with its percent signs
   * @param query likewise; empty where there is none
   * @param body of a POST; null for a GET
   * @return the answer's JSON
   */
  Map<String, Object> ask(String path, String query, @Nullable Map<String, Object> body)
      throws Refusal;

  /**
   * Asks for something that is done once, however often it is asked under its key.
   *
   * @param key the {@code Idempotency-Key}
   */
  default Map<String, Object> once(String path, String key, Map<String, Object> body)
      throws Refusal {
    return ask(path, "", body); // Where no node runs, nothing can be done that needs one.
  }

  /**
   * Sends a file to what the contract names.
   *
   * @param type its media type
   * @return the answer's JSON
   */
  Map<String, Object> upload(String path, String type, Path file) throws Refusal;

  @Override
  void close();

  /** A text as a part of a path or query. */
  static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** A query of those parts that are there. */
  static String query(@Nullable Object... namesAndValues) {
    StringBuilder query = new StringBuilder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Object value = namesAndValues[i + 1];
      if (value != null) {
        query.append(query.isEmpty() ? "" : "&").append(namesAndValues[i]).append('=');
        query.append(escaped(value.toString()));
      }
    }
    return query.toString();
  }
}
