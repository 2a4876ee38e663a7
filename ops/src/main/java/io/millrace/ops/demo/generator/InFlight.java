package io.millrace.ops.demo.generator;

import java.util.Arrays;

/**
 * The events of one connection that the broker has not acknowledged, by packet id; and which of
 * them wait to be sent again. It keeps keys, not bytes. Not thread-safe.
 */
final class InFlight {
  private final int window;
  private final long[] key;
  private final int[] sentInMinute;
  private final long[] order;
  private final boolean[] onTheWire;
  private final int[] free;
  private final int[] again;
  private int freeCount;
  private int againFrom;
  private int againCount;
  private int onTheWireCount;
  private long orders;

  /**
   * Room for {@code window} events, whose packet ids are 1 to {@code window}.
   *
   * @param window 1 to 65,535
   */
  InFlight(int window) {
    this.window = window;
    key = new long[window + 1];
    sentInMinute = new int[window + 1];
    order = new long[window + 1];
    onTheWire = new boolean[window + 1];
    free = new int[window];
    again = new int[window];
    Arrays.fill(key, EventKey.NONE);
    for (int i = 0; i < window; i++) {
      free[i] = window - i;
    }
    freeCount = window;
  }

  int size() {
    return window - freeCount;
  }

  /** Sent on this connection and not acknowledged. */
  int onTheWire() {
    return onTheWireCount;
  }

  boolean full() {
    return freeCount == 0;
  }

  /** Takes an event in as sent; returns its packet id. */
  int add(long eventKey, int minute) {
    int id = free[--freeCount];
    key[id] = eventKey;
    sentInMinute[id] = minute;
    send(id);
    return id;
  }

  private void send(int id) {
    order[id] = orders++;
    onTheWire[id] = true;
    onTheWireCount++;
  }

  /** Whether this packet id is sent and not acknowledged. */
  boolean waits(int id) {
    return id >= 1 && id <= window && onTheWire[id];
  }

  /** An event is acknowledged; returns the minute it was published in. */
  int acknowledged(int id) {
    onTheWire[id] = false;
    onTheWireCount--;
    key[id] = EventKey.NONE;
    free[freeCount++] = id;
    return sentInMinute[id];
  }

  /** An event was not accepted: it goes to the end of those to be sent again. */
  void refused(int id) {
    onTheWire[id] = false;
    onTheWireCount--;
    queueAgain(id);
  }

  private void queueAgain(int id) {
    again[(againFrom + againCount++) % window] = id;
  }

  /** The connection is lost: all that is not acknowledged is to be sent again, in its order. */
  void lost() {
    againFrom = 0;
    againCount = 0;
    onTheWireCount = 0;
    Arrays.fill(onTheWire, false);
    long[] waiting = new long[size()];
    int n = 0;
    for (int id = 1; id <= window; id++) {
      if (key[id] != EventKey.NONE) {
        waiting[n++] = order[id] << 16 | id;
      }
    }
    Arrays.sort(waiting);
    for (long w : waiting) {
      queueAgain((int) w & 0xFFFF);
    }
  }

  boolean hasAgain() {
    return againCount > 0;
  }

  /** Takes the next event to be sent again; returns its packet id. */
  int takeAgain() {
    int id = again[againFrom];
    againFrom = (againFrom + 1) % window;
    againCount--;
    send(id);
    return id;
  }

  long key(int id) {
    return key[id];
  }
}
