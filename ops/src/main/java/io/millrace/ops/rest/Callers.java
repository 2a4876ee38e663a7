package io.millrace.ops.rest;

import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Set;

/**
 * Whose requests a node answers.
 *
 * @param loopback whether it listens on loopback only: it then answers requests to loopback's names
 *     only, so that no web page can reach it by a name of its own (DNS rebinding)
 */
public record Callers(boolean loopback) {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  boolean isForUs(HttpServerRequest request) {
    String host = request.getHeader("Host");
    if (host == null && request.authority() != null) {
      host = request.authority().toString(); // In HTTP/2 it is no header.
    }
    if (!loopback || host == null) {
      return true;
    }
    int port = host.lastIndexOf(':');
    String name = port > host.lastIndexOf(']') ? host.substring(0, port) : host;
    return LOOPBACK.contains(name.toLowerCase(Locale.ROOT));
  }

  static Answer misdirected() {
    return Answer.problem(
        421,
        "misdirected",
        "this node answers requests to loopback's names only",
        "use http://127.0.0.1 or http://localhost, or configure `http: {expose: true}`");
  }
}
