package io.millrace.ops.node;

import io.millrace.connectors.source.Lag;
import io.millrace.connectors.source.SourceState;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A source as an operator sees it.
 *
 * @param name its name
 * @param kind what it reads from, as routes write it: {@code paho-mqtt5}, {@code kafka}, …
 * @param state what it does
 * @param slots the counters of each of its connections, where it keeps some
 * @param lag what it has before it, where its broker tells
 */
public record SourceFace(
    String name, String kind, State state, List<SourceState.Slot> slots, Optional<Lag> lag) {

  /** What a source does right now. */
  public enum State {
    RUNNING,
    WAITING,
    SUSPENDED,
    STOPPED;

    /** As faces write it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public SourceFace {
    slots = List.copyOf(slots);
  }
}
