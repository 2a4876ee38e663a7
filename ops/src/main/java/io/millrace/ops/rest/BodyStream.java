package io.millrace.ops.rest;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request as a stream for one thread that may wait. What has come and is not read is
 * bounded: beyond it the sender is held back by TCP. Made on the event loop, as the request comes.
 */
final class BodyStream extends InputStream {
  /** Bytes that wait to be read before the sender is held back; one chunk can come on top. */
  private static final long MOST_BYTES = 1 << 20;

  /** A sender that sends nothing for so long has gone. */
  private static final long IDLE_SECONDS = 30;

  private static final Buffer END = Buffer.buffer();
  private static final Buffer CUT = Buffer.buffer();

  private final HttpServerRequest request;
  private final Context loop;
  private final LinkedBlockingQueue<Buffer> chunks = new LinkedBlockingQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private byte[] chunk = {};
  private int at;
  private volatile boolean ended;
  private boolean paused;

  BodyStream(HttpServerRequest request, Context loop) {
    this.request = request;
    this.loop = loop;
    request.handler(this::arrived);
    request.endHandler(
        v -> {
          ended = true;
          chunks.add(END);
        });
    request.exceptionHandler(e -> chunks.add(CUT));
  }

  private void arrived(Buffer some) {
    chunks.add(some);
    if (waiting.addAndGet(some.length()) >= MOST_BYTES) {
      paused = true;
      request.pause();
    }
  }

  /** Whether all of it has come. */
  boolean hasEnded() {
    return ended;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (at == chunk.length) {
      Buffer next = next();
      if (next == END) {
        chunks.add(END);
        return -1;
      }
      chunk = next.getBytes();
      at = 0;
      waiting.addAndGet(-chunk.length);
      loop.runOnContext(v -> goOn());
    }
    int some = Math.min(length, chunk.length - at);
    System.arraycopy(chunk, at, into, from, some);
    at += some;
    return some;
  }

  private void goOn() {
    if (paused && waiting.get() < MOST_BYTES / 2) {
      paused = false;
      request.resume();
    }
  }

  private Buffer next() throws IOException {
    @Nullable Buffer next;
    try {
      next = chunks.poll(IDLE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
    if (next == null || next == CUT) {
      throw new IOException(next == null ? "the sender has fallen silent" : "the body was cut");
    }
    return next;
  }

  /** Lets go of what is still to come. On the event loop. */
  void discard() {
    request.handler(some -> {});
    request.resume();
  }
}
