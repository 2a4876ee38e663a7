package io.millrace.connectors.source;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Says which node runs which slot of a source. A slot is a place in a shared subscription with a
 * client id of its own that outlives nodes, so nothing is stranded in the session of one that never
 * comes back. Not a fence: two nodes that both believe to hold a slot put each other off the
 * broker, which is a nuisance and loses nothing.
 *
 * <p>All methods may throw {@link LeasesUnavailable}.
 */
public interface SlotLeases {
  /** For how long a slot stays with a node that gives no sign of life. */
  Duration LEASE = Duration.ofSeconds(10);

  /** How often a slot is taken or renewed. */
  Duration RENEWAL = Duration.ofSeconds(3);

  /** Nobody can be asked at the moment. */
  final class LeasesUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** With what stood in the way. */
    public LeasesUnavailable(Throwable cause) {
      super("the leases of source slots can't be reached", cause);
    }
  }

  /**
   * Takes the slot where it is free or its lease has run out, or renews it where it is held here.
   *
   * @return whether this node holds it now, for {@link #LEASE}
   */
  boolean hold(String source, int slot);

  /** Gives the slot back, if this node holds it. */
  void release(String source, int slot);

  /** The topic filter that the broker is known to keep in this slot's session, if any. */
  Optional<String> subscription(String source, int slot);

  /** Remembers what the broker has confirmed. */
  void subscribed(String source, int slot, String filter);

  /** For a node that has no other beside it; forgets all with the process. */
  static SlotLeases alone() {
    return new SlotLeases() {
      private final Set<String> filters = ConcurrentHashMap.newKeySet();

      @Override
      public boolean hold(String source, int slot) {
        return true;
      }

      @Override
      public void release(String source, int slot) {}

      @Override
      public Optional<String> subscription(String source, int slot) {
        String key = source + ' ' + slot + ' ';
        return filters.stream()
            .filter(f -> f.startsWith(key))
            .findFirst()
            .map(f -> f.substring(key.length()));
      }

      @Override
      public void subscribed(String source, int slot, String filter) {
        String key = source + ' ' + slot + ' ';
        filters.removeIf(f -> f.startsWith(key));
        filters.add(key + filter);
      }
    };
  }
}
