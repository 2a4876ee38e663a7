package io.millrace.ops.rest;

import io.millrace.ops.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a request is answered.
 *
 * @param status of HTTP
 * @param type the body's media type
 * @param headers beside that
 */
public record Answer(int status, String type, byte[] body, Map<String, String> headers) {
  private static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";

  public Answer {
    headers = Map.copyOf(headers);
  }

  /** A tree of {@link Json}. */
  static Answer json(int status, Object tree) {
    return new Answer(status, JSON, Json.write(tree), Map.of());
  }

  /** A tree of {@link Json}, with status 200. */
  static Answer json(Object tree) {
    return json(200, tree);
  }

  /** A text in UTF-8. */
  static Answer text(String type, String text) {
    return new Answer(200, type, text.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  /** A problem (RFC 9457). */
  static Answer problem(int status, String code, String title, String next) {
    return problem(status, code, title, next, Map.of());
  }

  /** A problem with more members. */
  static Answer problem(
      int status, String code, String title, String next, Map<String, Object> more) {
    Map<String, Object> members =
        Json.object(
            "type", "urn:millrace:problem:" + code,
            "title", title,
            "status", status,
            "detail", next,
            "code", code);
    members.putAll(more);
    return new Answer(status, PROBLEM, Json.write(members), Map.of());
  }

  /** A refusal as a problem. */
  static Answer problem(Refusal refusal) {
    return problem(refusal.kind().status(), refusal.code(), refusal.meaning(), refusal.next());
  }

  Answer with(String header, String value) {
    return new Answer(status, type, body, Map.of(header, value));
  }
}
