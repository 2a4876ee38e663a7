package io.millrace.ops.rest;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.function.Consumer;

/**
 * One posted body on its way in and its answer on its way out. Made on the event loop; only {@link
 * #send} may be called from elsewhere.
 */
final class UsageExchange {
  /** How long a client may take to send a body. */
  private static final long MOST_MILLIS = 60_000;

  /** A sender that is refused may finish its sentence for so long before it is cut off. */
  private static final long LINGER_MILLIS = 2_000;

  private final HttpServerRequest request;
  private final Context loop;
  private Buffer body = Buffer.buffer();
  private Runnable atEnd = () -> {};
  private long timer = -1;
  private boolean ended;
  private boolean answered;

  UsageExchange(HttpServerRequest request, Context loop) {
    this.request = request;
    this.loop = loop;
  }

  static Answer tooLarge(int most) {
    return Answer.problem(
        413,
        "too-large",
        "the body is larger than " + most + " bytes",
        "send the events in batches of 1000");
  }

  /** Says what is done once this is answered or its client has gone. */
  void atEnd(Runnable then) {
    atEnd = then;
  }

  /** Reads the body, and hands it on once all of it is there. */
  void read(int most, Consumer<byte[]> whole) {
    timer =
        loop.owner()
            .setTimer(
                MOST_MILLIS,
                t ->
                    answer(
                        Answer.problem(
                            408,
                            "too-slow",
                            "the body did not arrive in a minute",
                            "send all of it again")));
    request.exceptionHandler(e -> over());
    request.handler(
        some -> {
          body.appendBuffer(some);
          if (body.length() > most) {
            answer(tooLarge(most));
          }
        });
    request.endHandler(
        v -> {
          ended = true;
          loop.owner().cancelTimer(timer);
          if (!answered) {
            byte[] bytes = body.getBytes();
            body = Buffer.buffer();
            whole.accept(bytes);
          }
        });
    if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      request.response().writeContinue();
    }
  }

  /** Sends the answer; from any thread. */
  void send(Answer answer) {
    loop.runOnContext(v -> answer(answer));
  }

  private void answer(Answer answer) {
    HttpServerResponse response = request.response();
    if (answered) {
      return;
    }
    over();
    if (response.closed()) {
      return;
    }
    response
        .setStatusCode(answer.status())
        .putHeader("Content-Type", answer.type())
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Content-Type-Options", "nosniff");
    answer.headers().forEach(response::putHeader);
    boolean isUnread = !ended && !request.isEnded();
    boolean alone = request.version() != HttpVersion.HTTP_2;
    if (isUnread && alone) {
      response.putHeader("Connection", "close");
    }
    response.end(Buffer.buffer(answer.body()));
    if (isUnread) {
      request.handler(some -> {});
      loop.owner()
          .setTimer(
              LINGER_MILLIS,
              t -> {
                if (alone) {
                  request.connection().close();
                } else if (!ended) {
                  response.reset();
                }
              });
    }
  }

  private void over() {
    if (!answered) {
      answered = true;
      body = Buffer.buffer();
      loop.owner().cancelTimer(timer);
      atEnd.run();
    }
  }
}
