package io.millrace.ops.rest;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What network functions ask, ahead of the route that REST comes in by: as {@link AccountRequests},
 * with problems that say their {@code cause} as 3GPP names it.
 */
public final class NchfRequests {
  private static final int BEFORE_ALL_OTHERS = -1;

  /** By the code of a problem: TS 32.291 table 6.1.7.3-1 and TS 29.500 table 5.2.7.2-1. */
  private static final Map<String, String> CAUSES =
      Map.ofEntries(
          Map.entry("bad-request", "INVALID_MSG_FORMAT"),
          Map.entry("bad-parameter", "MANDATORY_IE_INCORRECT"),
          Map.entry(Schema.MISSING_MEMBER, "MANDATORY_IE_MISSING"),
          Map.entry(Schema.BAD_MANDATORY, "MANDATORY_IE_INCORRECT"),
          Map.entry(Schema.BAD_MEMBER, "OPTIONAL_IE_INCORRECT"),
          Map.entry("key-of-another-request", "MANDATORY_IE_INCORRECT"),
          Map.entry("session-number", "MANDATORY_IE_INCORRECT"),
          Map.entry("no-subscriber", "CHARGING_FAILED"),
          Map.entry("unknown-rating-group", "CHARGING_FAILED"),
          Map.entry("no-balance", "CHARGING_NOT_APPLICABLE"),
          Map.entry("no-offer", "END_USER_REQUEST_DENIED"),
          Map.entry("unknown-device", "USER_UNKNOWN"),
          Map.entry("not-configured", "RESOURCE_URI_STRUCTURE_NOT_FOUND"),
          Map.entry("too-many-requests", "NF_CONGESTION_RISK"),
          Map.entry("internal", "SYSTEM_FAILURE"));

  private final Contract contract;
  private final Api api;
  private final Callers callers;
  private final Map<String, Call.Later> handlers;

  /** For the operations of a contract that these handlers answer. */
  public NchfRequests(Contract contract, Api api, Callers callers, NchfHandlers handlers) {
    this.contract = contract;
    this.api = api;
    this.callers = callers;
    this.handlers = handlers.later();
  }

  /** Has a router answer them. */
  public void answerOn(Router router) {
    for (Contract.Operation operation : contract.operations()) {
      Call.Later handler = handlers.get(operation.id());
      if (handler != null) {
        String path = "/" + String.join("/", operation.segments());
        router
            .route(HttpMethod.valueOf(operation.method()), path.replaceAll("\\{(\\w+)}", ":$1"))
            .order(BEFORE_ALL_OTHERS)
            .handler(context -> begin(context, handler));
      }
    }
  }

  private void begin(RoutingContext context, Call.Later handler) {
    HttpServerRequest request = context.request();
    io.vertx.core.Context loop = context.vertx().getOrCreateContext();
    UsageExchange exchange = new UsageExchange(request, loop);
    if (!callers.isForUs(request)) {
      exchange.send(Callers.misdirected());
      return;
    }
    exchange.read(
        RestRoute.MOST_BODY,
        body ->
            api.begin(
                    new Api.Request(
                        request.method().name(),
                        request.path() == null ? "/" : request.path(),
                        request.query() == null ? "" : request.query(),
                        request.getHeader("Content-Type"),
                        body),
                    Map.of(),
                    handler,
                    next -> loop.runOnContext(v -> next.run()))
                .thenAccept(answer -> exchange.send(withCause(answer))));
  }

  private static Answer withCause(Answer answer) {
    if (answer.status() < 400) {
      return answer;
    }
    try {
      Map<String, Object> problem = Json.readObject(answer.body());
      String cause = cause(problem.get("code"));
      if (cause != null) {
        problem.put("cause", cause);
      }
      return new Answer(answer.status(), answer.type(), Json.write(problem), answer.headers());
    } catch (IOException e) {
      return answer;
    }
  }

  private static @Nullable String cause(@Nullable Object code) {
    return code == null ? null : CAUSES.get(code);
  }
}
