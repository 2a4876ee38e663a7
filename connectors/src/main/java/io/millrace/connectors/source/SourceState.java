package io.millrace.connectors.source;

import java.util.List;
import java.util.Optional;

/** A source as an operator sees it: what it does, what it has done, and the two verbs it knows. */
public interface SourceState {
  /** What a source does right now. */
  enum Phase {
    /** At least one of its slots is connected, and what is published now arrives. */
    RUNNING,
    /** None of its slots is connected; it tries to, or another node holds them all. */
    WAITING,
    /** An operator has told it to take nothing in. */
    SUSPENDED,
    /** It has ended, or has not begun. */
    STOPPED
  }

  /**
   * One slot's counters, since the source was started on this node.
   *
   * @param slot its number, from 0
   * @param held whether this node may run it
   * @param connected whether it is connected to its broker and subscribed there
   * @param received messages that have arrived, repeated deliveries included
   * @param acknowledged messages told to the broker as done
   * @param inFlight messages of this connection that have arrived and are not acknowledged
   * @param limit how many of them there may be now, between the route's {@code leastInFlight} and
   *     its {@code inFlight}; 0 where the connection rests until it is needed
   * @param oldestMillis for how long the oldest of them has waited; 0 where there is none
   * @param failures attempts at a message that failed and were or will be made again
   * @param reconnects connections made after the first one
   * @param staleAcknowledgements acknowledgements dropped because their connection had ended
   * @param sessionsLost connections at which the broker had forgotten a session that it should have
   *     kept, with all that was queued in it
   * @param unsafe messages sent at QoS 0, which no one delivers again
   */
  record Slot(
      int slot,
      boolean held,
      boolean connected,
      long received,
      long acknowledged,
      long inFlight,
      long limit,
      long oldestMillis,
      long failures,
      long reconnects,
      long staleAcknowledgements,
      long sessionsLost,
      long unsafe) {}

  /** The name that its route gives it. */
  String name();

  /** What it reads from, as routes write it: {@code paho-mqtt5}, {@code kafka}, … */
  String kind();

  /** What it does right now. */
  Phase phase();

  /** Its slots, by number; those that other nodes hold too. */
  List<Slot> slots();

  /** What it has before it; empty where its broker does not tell, or has not told yet. */
  default Optional<Lag> lag() {
    return Optional.empty();
  }

  /**
   * Tries what it needs, one thing after the other: the host, the login, the topic or queue, each
   * for a bounded time. Consumes nothing and disturbs nothing, whatever the source does meanwhile.
   */
  List<SourceCheck> test();

  /** Takes nothing more in, finishes what is in flight and leaves the rest with the broker. */
  void suspend();

  /** Undoes {@link #suspend()}. */
  void resume();
}
