package io.millrace.tests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Requests at a rate that does not wait for answers: each has a time at which it is due, and takes
 * from then on until its answer, so that one that had to wait for a connection is not left out
 * (coordinated omission). One thread serves all connections: what is measured shares the machine.
 */
final class OpenLoop implements AutoCloseable {
  private static final long LONGEST_NANOS = 60_000_000_000L;
  private static final int DIGITS = 3;

  /** How long it looks away where nothing is due or has come; times are too long by it at most. */
  private static final long LOOK_AWAY_NANOS = 50_000;

  /** Where nothing is due for so long, it sleeps until something comes. */
  private static final long SLEEP_NANOS = 2_000_000;

  /** Sends one request after the other over a connection of its own. */
  interface Client {
    /** Its next request, a whole one of HTTP/1.1. */
    byte[] next();

    /**
     * Takes the answer to it, with its headers.
     *
     * @throws IOException where it is not a good one
     */
    void answered(String answer) throws IOException;
  }

  /** A client, its connection, and the request that is under way. */
  private static final class Conversation {
    private final Client client;
    private final SocketChannel channel;
    private ByteBuffer answer = ByteBuffer.allocate(1 << 14);
    private long due;

    Conversation(Client client, SocketChannel channel) {
      this.client = client;
      this.channel = channel;
    }

    void send(long wasDue) throws IOException {
      due = wasDue;
      ByteBuffer request = ByteBuffer.wrap(client.next());
      while (request.hasRemaining()) {
        channel.write(request);
      }
    }

    /** What has come, where it is a whole answer. */
    @Nullable String receive() throws IOException {
      if (!answer.hasRemaining()) {
        answer = ByteBuffer.allocate(2 * answer.capacity()).put(answer.flip());
      }
      if (channel.read(answer) < 0) {
        throw new IOException("the server has closed the connection");
      }
      int body = KeptConnection.bodyAt(answer.array(), answer.position());
      int length = body < 0 ? -1 : KeptConnection.wholeLength(answer.array(), body);
      if (body < 0 || answer.position() < length) {
        return null;
      }
      String whole = new String(answer.array(), 0, length, StandardCharsets.UTF_8);
      answer.clear();
      return whole;
    }
  }

  private final Selector selector = Selector.open();
  private final List<Conversation> all = new ArrayList<>();
  private final ArrayDeque<Conversation> idle = new ArrayDeque<>();
  private final Histogram took = new Histogram(LONGEST_NANOS, DIGITS);

  private OpenLoop() throws IOException {}

  /**
   * Runs.
   *
   * @param perSecond the rate; 0 for as fast as the clients can
   * @return how long the answers took, nanoseconds
   */
  static Histogram run(
      String url, int clients, int requests, int perSecond, IntFunction<Client> client)
      throws IOException {
    try (OpenLoop loop = new OpenLoop()) {
      URI server = URI.create(url);
      for (int i = 0; i < clients; i++) {
        loop.connect(server, client.apply(i));
      }
      loop.run(requests, perSecond);
      return loop.took;
    }
  }

  private void connect(URI server, Client client) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(server.getHost(), server.getPort()));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    Conversation conversation = new Conversation(client, channel);
    channel.register(selector, SelectionKey.OP_READ, conversation);
    all.add(conversation);
    idle.add(conversation);
  }

  private void run(int requests, int perSecond) throws IOException {
    long begun = System.nanoTime();
    long lastAnswer = begun;
    int sent = 0;
    while (took.getTotalCount() < requests) {
      long now = System.nanoTime();
      long free = LONGEST_NANOS;
      while (sent < requests && !idle.isEmpty()) {
        long due = perSecond == 0 ? now : begun + sent * 1_000_000_000L / perSecond;
        if (due > now) {
          free = due - now;
          break;
        }
        idle.remove().send(due);
        sent++;
      }
      if (answersCome(free)) {
        lastAnswer = System.nanoTime();
      } else if (idle.size() < all.size() && System.nanoTime() - lastAnswer > LONGEST_NANOS) {
        throw new IOException("no answer has come for a minute");
      }
    }
  }

  /** Whether answers have come; waits for them where there is time, and not for all of it. */
  private boolean answersCome(long free) throws IOException {
    if (free >= SLEEP_NANOS) {
      long millis = TimeUnit.NANOSECONDS.toMillis(free - 1);
      return selector.select(this::answered, millis) > 0;
    }
    if (selector.selectNow(this::answered) > 0) {
      return true;
    }
    LockSupport.parkNanos(Math.min(free, LOOK_AWAY_NANOS));
    return false;
  }

  private void answered(SelectionKey key) {
    Conversation conversation = (Conversation) key.attachment();
    try {
      String answer = conversation.receive();
      if (answer != null) {
        took.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - conversation.due));
        conversation.client.answered(answer);
        idle.add(conversation);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    for (Conversation each : all) {
      each.channel.close();
    }
    selector.close();
  }
}
