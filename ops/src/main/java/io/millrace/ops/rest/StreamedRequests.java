package io.millrace.ops.rest;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Requests whose body is read as it comes, ahead of the route that holds each in memory: those of
 * the contract whose body is no JSON object. Each is read by a thread of its own; few at once.
 */
public final class StreamedRequests {
  /** Requests that are read at once; more are answered 429. */
  static final int AT_ONCE = 4;

  /** A sender that is refused may finish its sentence for so long before it is cut off. */
  private static final long LINGER_MILLIS = 2_000;

  private static final int BEFORE_ALL_OTHERS = -1;

  private final Contract contract;
  private final Api api;
  private final Callers callers;
  private final Semaphore free = new Semaphore(AT_ONCE);

  /** For the operations of a contract. */
  public StreamedRequests(Contract contract, Api api, Callers callers) {
    this.contract = contract;
    this.api = api;
    this.callers = callers;
  }

  /** Has a router answer them. */
  public void answerOn(Router router) {
    for (Contract.Operation operation : contract.operations()) {
      if (operation.isStreamed()) {
        router
            .route(
                HttpMethod.valueOf(operation.method()),
                "/" + String.join("/", operation.segments()))
            .order(BEFORE_ALL_OTHERS)
            .handler(this::begin);
      }
    }
  }

  private void begin(RoutingContext context) {
    HttpServerRequest request = context.request();
    Context loop = context.vertx().getOrCreateContext();
    BodyStream body = new BodyStream(request, loop);
    if (!callers.isForUs(request)) {
      send(request, loop, body, Callers.misdirected());
    } else if (!free.tryAcquire()) {
      send(
          request,
          loop,
          body,
          Answer.problem(
                  429,
                  "too-many-uploads",
                  "the node reads " + AT_ONCE + " such bodies already",
                  "send it again when one of them has ended")
              .with("Retry-After", "5"));
    } else {
      if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
        request.response().writeContinue();
      }
      Api.Request head =
          new Api.Request(
              request.method().name(),
              request.path() == null ? "/" : request.path(),
              request.query() == null ? "" : request.query(),
              request.getHeader("Content-Type"),
              new byte[0]);
      Map<String, String> headers = headers(request);
      Thread.startVirtualThread(
          () -> {
            Answer answer;
            try {
              answer = api.answer(head, headers, body);
            } finally {
              free.release();
            }
            loop.runOnContext(v -> send(request, loop, body, answer));
          });
    }
  }

  private static Map<String, String> headers(HttpServerRequest request) {
    Map<String, String> headers = new HashMap<>();
    request.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    return headers;
  }

  /** On the event loop. */
  private static void send(
      HttpServerRequest request, Context loop, BodyStream body, Answer answer) {
    HttpServerResponse response = request.response();
    if (response.closed()) {
      return;
    }
    response
        .setStatusCode(answer.status())
        .putHeader("Content-Type", answer.type())
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Content-Type-Options", "nosniff");
    answer.headers().forEach(response::putHeader);
    if (body.hasEnded()) {
      response.end(Buffer.buffer(answer.body()));
      return;
    }
    boolean alone = request.version() != HttpVersion.HTTP_2;
    if (alone) {
      response.putHeader("Connection", "close");
    }
    response.end(Buffer.buffer(answer.body()));
    body.discard();
    loop.owner()
        .setTimer(
            LINGER_MILLIS,
            t -> {
              if (alone) {
                request.connection().close();
              } else if (!body.hasEnded()) {
                response.reset();
              }
            });
  }
}
