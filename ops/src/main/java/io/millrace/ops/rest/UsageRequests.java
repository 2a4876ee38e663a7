package io.millrace.ops.rest;

import io.millrace.connectors.codec.CloudEventsBindings;
import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.codec.Transport;
import io.millrace.connectors.http.BatchSize;
import io.millrace.connectors.http.HttpSource;
import io.millrace.connectors.http.HttpSources;
import io.millrace.connectors.mediation.Verdicts;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Usage that is posted: the way from the server to an {@link HttpSource} and back, ahead of the
 * route that REST comes in by. A body is read whole before any of it is handed in, so one that is
 * cut off has done nothing; the answer is sent after the commit of all its events. Bounded: the
 * bytes of a body, the events of a batch, the bytes of all bodies in the node, the bodies that wait
 * for a thread; beyond these a client is told to send less, or later.
 */
public final class UsageRequests implements AutoCloseable {
  /** Bytes of a body. */
  static final int MOST_BODY = 4 << 20;

  /** Events of a batch. */
  static final int MOST_EVENTS = 10_000;

  /** Bytes of all bodies that are being read or wait for their commit. */
  static final long MOST_BYTES = 128L << 20;

  private static final int THREADS = 4;
  private static final int MOST_WAITING = 256;
  private static final int BEFORE_ALL_OTHERS = -1;
  private static final String BATCH = "application/cloudevents-batch+json";

  /** What a web page may post anywhere without asking first. */
  private static final Set<String> ANYONES =
      Set.of("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data");

  private final Contract contract;
  private final HttpSources sources;
  private final Callers callers;
  private final ThreadPoolExecutor threads;

  /** Bytes reserved; of the event loop alone. */
  private long bytes;

  /** For the operations of a contract that are sources. */
  public UsageRequests(Contract contract, HttpSources sources, Callers callers) {
    this.contract = contract;
    this.sources = sources;
    this.callers = callers;
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name("millrace-http-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /** Has a router answer them. */
  public void answerOn(Router router) {
    for (Contract.Operation operation : contract.operations()) {
      if (operation.isSource()) {
        String path = "/" + String.join("/", operation.segments());
        router
            .route(HttpMethod.valueOf(operation.method()), path.replace("{source}", ":source"))
            .order(BEFORE_ALL_OTHERS)
            .handler(this::begin);
      }
    }
  }

  private void begin(RoutingContext context) {
    HttpServerRequest request = context.request();
    UsageExchange exchange = new UsageExchange(request, context.vertx().getOrCreateContext());
    Answer refusal = refusal(context, request);
    if (refusal != null) {
      exchange.send(refusal);
      return;
    }
    long length = length(request);
    int reserved = (int) (length < 0 ? MOST_BODY : length);
    if (bytes + reserved > MOST_BYTES) {
      exchange.send(full());
      return;
    }
    bytes += reserved;
    exchange.atEnd(() -> bytes -= reserved);
    String name = context.pathParam("source");
    exchange.read(
        MOST_BODY,
        body -> handIn(exchange, name == null ? HttpSources.DEFAULT : name, request, body));
  }

  private @Nullable Answer refusal(RoutingContext context, HttpServerRequest request) {
    if (!callers.isForUs(request)) {
      return Callers.misdirected();
    }
    String path = request.path();
    if (path == null || path.endsWith("/") || request.query() != null) {
      return Answer.problem(404, "not-found", "there is no such path", "see /openapi.yaml");
    }
    String name = context.pathParam("source");
    HttpSource source = sources.find(name == null ? HttpSources.DEFAULT : name).orElse(null);
    if (source == null) {
      return Answer.problem(
          404,
          "unknown-source",
          "this node has no HTTP source of that name",
          "drop a route that begins with `kamelet:http-source` into the routes folder");
    }
    if (!source.isOpen()) {
      return Answer.problem(
              503,
              "source-suspended",
              "an operator has suspended this source",
              "send it again when the source goes on")
          .with("Retry-After", "30");
    }
    if (ANYONES.contains(mediaType(request)) && request.getHeader("ce-specversion") == null) {
      return Answer.problem(
          415,
          "content-type",
          "usage is not posted as that type",
          "send application/cloudevents+json, " + BATCH + ", or ce- headers with the data's type");
    }
    return length(request) > MOST_BODY ? UsageExchange.tooLarge(MOST_BODY) : null;
  }

  private static String mediaType(HttpServerRequest request) {
    String type = request.getHeader("Content-Type");
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  /** The body's length; −1 where the client does not say it. */
  private static long length(HttpServerRequest request) {
    String length = request.getHeader("Content-Length");
    return length == null || !length.matches("\\d{1,18}") ? -1 : Long.parseLong(length);
  }

  private static Answer full() {
    return Answer.problem(
            429,
            "intake-full",
            "the node has as many events in flight as it takes",
            "send the same again after Retry-After; what is charged by then is a duplicate")
        .with("Retry-After", "1");
  }

  /** On the event loop, with the whole body. */
  private void handIn(UsageExchange exchange, String name, HttpServerRequest request, byte[] body) {
    Transport transport = CloudEventsBindings.http("", request.headers()::forEach);
    boolean isBatch = mediaType(request).equals(BATCH);
    try {
      threads.execute(() -> take(exchange, name, isBatch, new Payload(body, transport)));
    } catch (RejectedExecutionException e) {
      exchange.send(full());
    }
  }

  private void take(UsageExchange exchange, String name, boolean isBatch, Payload payload) {
    HttpSource source = sources.find(name).orElse(null);
    if (source == null || !source.isOpen()) {
      exchange.send(full());
    } else if (isBatch && BatchSize.of(payload.bytes(), MOST_EVENTS) > MOST_EVENTS) {
      exchange.send(
          Answer.problem(
              413,
              "too-many-events",
              "the batch has more than " + MOST_EVENTS + " events",
              "send them in batches of 1000"));
    } else {
      Verdicts verdicts = new Verdicts();
      source.take(payload, verdicts, failure -> exchange.send(UsageAnswer.of(verdicts, failure)));
    }
  }

  /** Lets what was handed in be answered. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
