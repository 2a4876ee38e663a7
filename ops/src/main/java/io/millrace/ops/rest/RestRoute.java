package io.millrace.ops.rest;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * The one route that all of REST comes in by. Nothing of a request becomes a header of an exchange,
 * and only named headers leave.
 */
public final class RestRoute extends RouteBuilder {
  /** The route's id. */
  public static final String ID = "rest";

  /** The bytes of a request's body at most. */
  public static final int MOST_BODY = 64 * 1024;

  private static final String FILTER = "millrace-rest-headers";
  private static final Set<String> OUT =
      Set.of("allow", "retry-after", "cache-control", "x-content-type-options");

  private static final String KEY = "idempotency-key";

  private final Api api;
  private final Callers callers;

  /** A route into an API. */
  public RestRoute(Api api, Callers callers) {
    this.api = api;
    this.callers = callers;
  }

  /** Lets nothing in, and out what {@link #OUT} names. */
  private static final class Closed implements HeaderFilterStrategy {
    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
      return !OUT.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
      return true;
    }
  }

  @Override
  public void configure() {
    getContext().getRegistry().bind(FILTER, new Closed());
    from("platform-http:/?matchOnUriPrefix=true&muteException=true&useStreaming=false"
            + "&populateBodyWithForm=false&headerFilterStrategy=#"
            + FILTER)
        .routeId(ID)
        .process(this::answer)
        .id("rest-answer");
  }

  /** Has what the HTTP server refuses by itself, before any route, answered as a problem too. */
  public static void answerErrorsOf(Router router) {
    router
        .route()
        .last()
        .failureHandler(
            context -> {
              Answer answer = failure(context.statusCode());
              context
                  .response()
                  .setStatusCode(answer.status())
                  .putHeader("Content-Type", answer.type())
                  .putHeader("Cache-Control", "no-store")
                  .end(Buffer.buffer(answer.body()));
            });
  }

  private static Answer failure(int status) {
    return switch (status) {
      case 413 ->
          Answer.problem(
              413,
              "too-large",
              "the body is larger than " + MOST_BODY + " bytes",
              "send less at once");
      case 400 ->
          Answer.problem(400, "bad-request", "the request can't be read", "see /openapi.yaml");
      default ->
          Answer.problem(
              500, "internal", "the request failed inside the node", "see the node's log");
    };
  }

  private void answer(Exchange exchange) {
    Message message = exchange.getMessage();
    HttpServerRequest request = ((HttpMessage) message).getRequest();
    Answer answer =
        callers.isForUs(request)
            ? api.answer(
                new Api.Request(
                    request.method().name(),
                    request.path() == null ? "/" : request.path(),
                    request.query() == null ? "" : request.query(),
                    request.getHeader("Content-Type"),
                    body(message)),
                headers(request),
                null)
            : Callers.misdirected();
    message.removeHeaders("*");
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, answer.status());
    message.setHeader(Exchange.CONTENT_TYPE, answer.type());
    message.setHeader("Cache-Control", "no-store");
    message.setHeader("X-Content-Type-Options", "nosniff");
    answer.headers().forEach(message::setHeader);
    message.setBody(answer.body());
  }

  private static Map<String, String> headers(HttpServerRequest request) {
    String key = request.getHeader(KEY);
    return key == null ? Map.of() : Map.of(KEY, key);
  }

  private static byte[] body(Message message) {
    byte[] body = message.getBody(byte[].class);
    return body == null ? new byte[0] : body;
  }
}
