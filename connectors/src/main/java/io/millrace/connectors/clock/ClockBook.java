package io.millrace.connectors.clock;

import java.util.Optional;

/**
 * The other clock, and the book in which a node's own is kept. Methods throw {@link
 * io.millrace.connectors.store.DatabaseUnavailable} where it does not answer.
 */
public interface ClockBook {

  /** The database's clock, milliseconds since 1970-01-01 UTC. */
  long databaseTime();

  /** What was written down of this node's clock last. */
  Optional<ClockRecord> load();

  /** Writes it down. */
  void save(ClockRecord record);
}
