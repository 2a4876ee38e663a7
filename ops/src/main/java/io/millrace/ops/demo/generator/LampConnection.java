package io.millrace.ops.demo.generator;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One MQTT 5 connection and the lamps on it, driven by the publisher's thread. It connects again
 * whenever it is lost and then sends again what was not acknowledged.
 */
final class LampConnection {
  private static final int OUT_BYTES = 64 * 1024;
  private static final int IN_BYTES = 16 * 1024;
  private static final int KEEP_ALIVE_SECONDS = 60;
  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(2);
  private static final long REFUSAL_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

  /** More than the minutes that a publisher may have open at a time. */
  private static final int OPEN_MINUTES = 2 * Publisher.MAX_MINUTES_APART + 2;

  private enum State {
    DOWN,
    CONNECTING,
    GREETING,
    UP
  }

  private final String clientId;
  private final SocketAddress broker;
  private final Selector selector;
  private final ReportWriter writer;
  private final Tally tally;
  private final Feed feed;
  private final InFlight inFlight;
  private final int[] open = new int[OPEN_MINUTES];
  private final ByteBuffer out = ByteBuffer.allocate(OUT_BYTES);
  private final ByteBuffer in = ByteBuffer.allocate(IN_BYTES);
  private State state = State.DOWN;
  private @Nullable SocketChannel channel;
  private @Nullable SelectionKey selection;
  private int receiveMaximum;
  private long pingEvery = Long.MAX_VALUE;
  private long lastWrite;
  private long notBefore;
  private long pause = FIRST_PAUSE;
  private long resendNotBefore;
  private int finished;

  LampConnection(
      String clientId,
      SocketAddress broker,
      Selector selector,
      ReportWriter writer,
      Tally tally,
      Feed feed,
      int window) {
    this.clientId = clientId;
    this.broker = broker;
    this.selector = selector;
    this.writer = writer;
    this.tally = tally;
    this.feed = feed;
    inFlight = new InFlight(window);
    notBefore = System.nanoTime();
  }

  /** Minutes of which everything is acknowledged. */
  int finishedMinutes() {
    while (finished < feed.minute() && open[finished % OPEN_MINUTES] == 0) {
      finished++;
    }
    return finished;
  }

  /** Whether all is published and acknowledged. */
  boolean done() {
    return feed.done() && inFlight.size() == 0;
  }

  /**
   * Writes what it may.
   *
   * @param now of {@link System#nanoTime()}
   * @param lastMinute the last minute it may publish
   * @param budget how many new events it may publish
   * @return how many it did
   */
  int pump(long now, int lastMinute, long budget) {
    try {
      switch (state) {
        case DOWN -> open(now);
        case CONNECTING, GREETING -> {}
        case UP -> {
          resend(now);
          int published = inFlight.hasAgain() ? 0 : publish(lastMinute, budget);
          if (now - lastWrite > pingEvery && out.position() == 0) {
            out.position(MqttWire.pingRequest(out.array(), 0));
          }
          flush(now);
          return published;
        }
      }
    } catch (IOException e) {
      lose(now, e);
    }
    return 0;
  }

  /** Handles what the selector saw. */
  void ready(long now) {
    try {
      SocketChannel to = channel;
      if (to == null) {
        return;
      }
      if (state == State.CONNECTING && to.finishConnect()) {
        state = State.GREETING;
        out.position(MqttWire.connect(clientId, KEEP_ALIVE_SECONDS, out.array(), 0));
        flush(now);
      }
      if (state != State.CONNECTING) {
        read(to, now);
        flush(now);
      }
    } catch (IOException e) {
      lose(now, e);
    }
  }

  /** Ends the session as MQTT asks for, without waiting for anything. */
  void close() {
    try (SocketChannel to = channel) {
      if (to != null && state == State.UP && out.position() == 0) {
        out.position(MqttWire.disconnect(out.array(), 0));
        flush(System.nanoTime());
      }
    } catch (IOException e) {
      tally.trouble(e);
    }
    state = State.DOWN;
    channel = null;
  }

  private void open(long now) throws IOException {
    if (now < notBefore) {
      return;
    }
    SocketChannel to = SocketChannel.open();
    channel = to;
    to.configureBlocking(false);
    to.setOption(StandardSocketOptions.TCP_NODELAY, true);
    state = State.CONNECTING;
    selection = to.register(selector, SelectionKey.OP_CONNECT, this);
    if (to.connect(broker)) {
      ready(now);
    }
  }

  private void lose(long now, IOException why) {
    tally.trouble(why);
    try (SocketChannel gone = channel) {
      channel = null;
    } catch (IOException e) {
      tally.trouble(e);
    }
    state = State.DOWN;
    selection = null;
    out.clear();
    in.clear();
    inFlight.lost();
    resendNotBefore = now;
    notBefore = now + pause;
    pause = Math.min(LONGEST_PAUSE, pause * 2);
  }

  private boolean room() {
    return out.remaining() > ReportWriter.MAX_BYTES + MqttWire.PUBLISH_OVERHEAD
        && inFlight.onTheWire() < receiveMaximum;
  }

  private void resend(long now) {
    while (inFlight.hasAgain() && now >= resendNotBefore && room()) {
      int id = inFlight.takeAgain();
      write(inFlight.key(id), id);
      tally.resent++;
    }
  }

  private int publish(int lastMinute, long budget) {
    int published = 0;
    while (published < budget && feed.minute() <= lastMinute && !inFlight.full() && room()) {
      int minute = feed.minute();
      long key = feed.next();
      if (key != EventKey.NONE) {
        open[minute % OPEN_MINUTES]++;
        write(key, inFlight.add(key, minute));
        published++;
      } else if (feed.done()) {
        break;
      }
    }
    tally.published += published;
    return published;
  }

  private void write(long key, int id) {
    out.position(MqttWire.publish(writer, key, id, out.array(), out.position()));
  }

  private void flush(long now) throws IOException {
    SocketChannel to = channel;
    SelectionKey wanted = selection;
    if (to == null || wanted == null || out.position() == 0) {
      return;
    }
    out.flip();
    to.write(out);
    out.compact();
    lastWrite = now;
    int interest = SelectionKey.OP_READ | (out.position() > 0 ? SelectionKey.OP_WRITE : 0);
    if (wanted.interestOps() != interest) {
      wanted.interestOps(interest);
    }
  }

  private void read(SocketChannel from, long now) throws IOException {
    int n;
    do {
      n = from.read(in);
      if (n < 0) {
        throw new IOException("the broker closed the connection");
      }
      takePackets(now);
    } while (n > 0 && !in.hasRemaining());
  }

  private void takePackets(long now) throws IOException {
    byte[] bytes = in.array();
    int end = in.position();
    int at = 0;
    while (end - at >= 2) {
      int i = at + 1;
      int length = 0;
      int shift = 0;
      boolean more = true;
      while (more && i < end) {
        length |= (bytes[i] & 0x7F) << shift;
        shift += 7;
        more = bytes[i++] < 0;
      }
      if (length > IN_BYTES - 5) {
        throw new IOException("the broker sent a packet of " + length + " bytes");
      }
      if (more || end - i < length) {
        break;
      }
      packet((bytes[at] & 0xFF) >>> 4, bytes, i, length, now);
      at = i + length;
    }
    in.flip().position(at);
    in.compact();
  }

  private void packet(int type, byte[] bytes, int at, int length, long now) throws IOException {
    switch (type) {
      case MqttWire.CONNACK -> {
        MqttWire.Granted granted = MqttWire.connack(bytes, at, length, KEEP_ALIVE_SECONDS);
        receiveMaximum = granted.receiveMaximum();
        int silence = granted.keepAliveSeconds();
        pingEvery = silence == 0 ? Long.MAX_VALUE : TimeUnit.SECONDS.toNanos(silence) / 2;
        state = State.UP;
        pause = FIRST_PAUSE;
      }
      case MqttWire.PUBACK -> {
        int id = MqttWire.readTwoBytes(bytes, at);
        int reason = length > 2 ? bytes[at + 2] & 0xFF : 0;
        if (!inFlight.waits(id)) {
          throw new IOException("the broker acknowledged a message that was not sent");
        }
        if (reason >= MqttWire.FIRST_ERROR || reason == MqttWire.NO_MATCHING_SUBSCRIBERS) {
          tally.refused(reason);
          inFlight.refused(id);
          resendNotBefore = now + REFUSAL_PAUSE;
        } else {
          open[inFlight.acknowledged(id) % OPEN_MINUTES]--;
          tally.acknowledged++;
        }
      }
      case MqttWire.DISCONNECT ->
          throw new IOException(
              "the broker ended the connection: reason "
                  + MqttWire.hex(length > 0 ? bytes[at] & 0xFF : 0));
      case MqttWire.PINGRESP -> {}
      default -> throw new IOException("the broker sent a packet of type " + type);
    }
  }
}
