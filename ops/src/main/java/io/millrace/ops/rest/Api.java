package io.millrace.ops.rest;

import io.millrace.connectors.shard.StoreUnavailable;
import io.millrace.ops.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests as the contract says: finds the operation, checks what was sent, calls its
 * handler. Every error is a problem; none tells the text or the class of an exception. Knows no
 * HTTP server, so the command line asks it too. Safe for any thread.
 */
public final class Api {
  private static final Logger LOG = LoggerFactory.getLogger(Api.class);
  private static final String JSON = "application/json";

  private final Contract contract;
  private final Map<String, Call.Handler> handlers;

  /**
   * A face of the node.
   *
   * @param handlers by operation id; an operation without one is answered as not available here
   */
  public Api(Contract contract, Map<String, Call.Handler> handlers) {
    this.contract = contract;
    this.handlers = new LinkedHashMap<>(handlers);
    this.handlers.put(
        "contract",
        call ->
            Answer.text("application/yaml", new String(contract.text(), StandardCharsets.UTF_8)));
  }

  /**
   * A request.
   *
   * @param path with its percent signs, from the first slash on
   * @param query with its percent signs, without the question mark; empty where there is none
   * @param contentType of the body, where one was named
   */
  public record Request(
      String method, String path, String query, @Nullable String contentType, byte[] body) {

    /** One without a body. */
    public static Request get(String path, String query) {
      return new Request("GET", path, query, null, new byte[0]);
    }
  }

  /** The operations that have a handler. */
  public java.util.Set<String> implemented() {
    return java.util.Set.copyOf(handlers.keySet());
  }

  /** Answers a request. Throws nothing. */
  public Answer answer(Request request) {
    return answer(request, Map.of(), null);
  }

  /**
   * Answers a request whose body is read as it comes. Throws nothing.
   *
   * @param request has no body of its own
   * @param headers by their names in lower case
   */
  public Answer answer(Request request, Map<String, String> headers, @Nullable InputStream upload) {
    try {
      return dispatch(request, headers, upload);
    } catch (Exception | AssertionError e) {
      return failed(request, e);
    }
  }

  /**
   * Answers a request by a handler that lets no thread wait. Throws nothing.
   *
   * @param after runs what is left to do once what was waited for is there
   */
  CompletableFuture<Answer> begin(
      Request request, Map<String, String> headers, Call.Later handler, Executor after) {
    try {
      List<String> path = path(request);
      Contract.Operation operation = operation(request, path);
      if (operation == null) {
        return CompletableFuture.completedFuture(noOperation(path));
      }
      return handler
          .answer(new Call(values(operation, path, request, headers), null, after))
          .exceptionally(
              e ->
                  failed(
                      request,
                      e instanceof CompletionException && e.getCause() != null ? e.getCause() : e));
    } catch (Exception | AssertionError e) {
      return CompletableFuture.completedFuture(failed(request, e));
    }
  }

  private static Answer failed(Request request, Throwable failure) {
    return switch (failure) {
      case Refusal refusal -> {
        Answer problem = Answer.problem(refusal);
        yield refusal.kind() == Refusal.Kind.TOO_MANY ? problem.with("Retry-After", "1") : problem;
      }
      case SQLException e -> database(e);
      case StoreUnavailable e -> database(e);
      case TimeoutException e ->
          Answer.problem(503, "busy", "the shards did not answer in time", "ask again in a moment")
              .with("Retry-After", "2");
      default -> {
        LOG.error("a request to {} failed", request.method, failure);
        yield Answer.problem(
            500,
            "internal",
            "the request failed inside the node",
            "see the node's log, and report it");
      }
    };
  }

  private static Answer database(Exception e) {
    LOG.warn("a request failed at the database: {}", e.getMessage());
    return Answer.problem(Refusal.database()).with("Retry-After", "2");
  }

  private Answer dispatch(
      Request request, Map<String, String> headers, @Nullable InputStream upload) throws Exception {
    List<String> path = path(request);
    Contract.Operation operation = operation(request, path);
    if (operation == null) {
      return noOperation(path);
    }
    Call.Handler handler = handlers.get(operation.id());
    if (handler == null) {
      throw new Refusal(
          Refusal.Kind.UNAVAILABLE,
          "needs-a-node",
          "only a running node can answer that",
          "start it with `./millrace run --config FILE`, or name it with --url");
    }
    Map<String, Object> values = values(operation, path, request, headers);
    if (operation.isStreamed()) {
      InputStream body = upload == null ? new ByteArrayInputStream(request.body) : upload;
      return handler.answer(new Call(values, new Call.Upload(mediaType(request), body)));
    }
    return handler.answer(new Call(values));
  }

  private static List<String> path(Request request) throws Refusal {
    List<String> path = new ArrayList<>();
    for (String segment : Contract.segments(request.path.isEmpty() ? "/" : request.path)) {
      path.add(decode("path", segment, false));
    }
    return path;
  }

  private Contract.@Nullable Operation operation(Request request, List<String> path) {
    String method = request.method.equals("HEAD") ? "GET" : request.method;
    for (Contract.Operation each : contract.at(path)) {
      if (each.method().equals(method)) {
        return each;
      }
    }
    return null;
  }

  /** The parameters and members of a request, typed and checked. */
  private static Map<String, Object> values(
      Contract.Operation operation, List<String> path, Request request, Map<String, String> headers)
      throws Refusal {
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, String> sent = operation.values(path);
    sent.putAll(query(operation, request.query));
    for (Contract.Parameter p : operation.parameters()) {
      String value = headers.get(p.name().toLowerCase(Locale.ROOT));
      if (p.in() == Contract.Place.HEADER && value != null) {
        sent.put(p.name(), value);
      }
    }
    for (Contract.Parameter p : operation.parameters()) {
      String text = sent.get(p.name());
      Object value = text == null ? p.schema().otherwise() : p.schema().read(p.name(), text);
      if (value != null) {
        values.put(p.name(), value);
      } else if (p.required()) {
        throw misuse("`" + p.name() + "` is missing", "add it; see /openapi.yaml");
      }
    }
    if (operation.isStreamed()) {
      String type = mediaType(request);
      if (!operation.streams().contains(type)) {
        throw new Refusal(
            Refusal.Kind.MEDIA_TYPE,
            "content-type",
            "the body is not of a type that is taken here",
            "send one of " + new TreeSet<>(operation.streams()));
      }
    } else if (operation.method().equals("POST")) {
      Map<String, Object> body = new LinkedHashMap<>(body(operation, request));
      // An open body may name anything: not what the path, the query or a header says.
      operation.parameters().forEach(p -> body.remove(p.name()));
      values.putAll(body);
    }
    return values;
  }

  private Answer noOperation(List<String> path) {
    String allowed = contract.allowed(path);
    if (allowed.isEmpty()) {
      return Answer.problem(404, "not-found", "there is no such path", "see /openapi.yaml");
    }
    return Answer.problem(
            405, "method-not-allowed", "the path does not take this method", "use " + allowed)
        .with("Allow", allowed);
  }

  private static Map<String, String> query(Contract.Operation operation, String query)
      throws Refusal {
    Map<String, String> values = new LinkedHashMap<>();
    for (String pair : query.isEmpty() ? new String[0] : query.split("&")) {
      int equals = pair.indexOf('=');
      String name = decode("query", equals < 0 ? pair : pair.substring(0, equals), true);
      String value = equals < 0 ? "" : decode("query", pair.substring(equals + 1), true);
      if (operation.parameters().stream().noneMatch(p -> isQuery(p) && p.name().equals(name))) {
        List<String> known =
            operation.parameters().stream()
                .filter(Api::isQuery)
                .map(Contract.Parameter::name)
                .toList();
        throw misuse(
            "a query parameter is not known here",
            known.isEmpty() ? "leave it out: this path takes none" : "use those of " + known);
      }
      if (values.put(name, value) != null) {
        throw misuse("`" + name + "` is there twice", "name it once");
      }
    }
    return values;
  }

  private static boolean isQuery(Contract.Parameter p) {
    return p.in() == Contract.Place.QUERY;
  }

  /** The body's media type without parameters; empty where none is named. */
  private static String mediaType(Request request) {
    String type = request.contentType;
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> body(Contract.Operation operation, Request request)
      throws Refusal {
    if (!mediaType(request).equals(JSON)) {
      throw new Refusal(
          Refusal.Kind.MEDIA_TYPE,
          "content-type",
          "a POST has the content type " + JSON,
          "send `Content-Type: " + JSON + "`, also where there is no body");
    }
    Schema schema = operation.body();
    try {
      Map<String, Object> object =
          request.body.length == 0
              ? Map.of()
              : schema != null && schema.isOpen()
                  ? Json.readOpenObject(request.body)
                  : Json.readObject(request.body);
      if (schema == null) {
        if (!object.isEmpty()) {
          throw misuse("this path takes no body", "send none, or {}");
        }
        return Map.of();
      }
      return castToMap(schema.check("body", object));
    } catch (IOException e) {
      throw misuse("the body is not a JSON object that can be read", "see /openapi.yaml");
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> castToMap(Object checked) {
    return (Map<String, Object>) checked;
  }

  private static Refusal misuse(String meaning, String next) {
    return new Refusal(Refusal.Kind.MISUSE, "bad-request", meaning, next);
  }

  /** Percent-decoding (RFC 3986 §2.1) into strict UTF-8; in a query a plus sign is a space. */
  private static String decode(String where, String text, boolean plus) throws Refusal {
    if (text.chars().allMatch(c -> c > 0 && c < 0x80 && c != '%' && c != '+')) {
      return text; // As most are.
    }
    byte[] bytes = new byte[text.length() * 3];
    int n = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        int high = i + 2 <= text.length() - 1 ? Character.digit(text.charAt(i + 1), 16) : -1;
        int low = i + 2 <= text.length() - 1 ? Character.digit(text.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          throw misuse("the " + where + " has a percent sign that is no escape", "write it %25");
        }
        bytes[n++] = (byte) (high << 4 | low);
        i += 2;
      } else if (c == '+' && plus) {
        bytes[n++] = ' ';
      } else {
        for (byte b : String.valueOf(c).getBytes(StandardCharsets.UTF_8)) {
          bytes[n++] = b;
        }
      }
    }
    try {
      String decoded =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, n)).toString();
      if (decoded.indexOf('\0') >= 0) {
        throw misuse("the " + where + " has a zero byte", "leave it out");
      }
      return decoded;
    } catch (CharacterCodingException e) {
      throw misuse("the " + where + " is not UTF-8", "encode it in UTF-8");
    }
  }
}
