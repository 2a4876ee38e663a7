package io.millrace.connectors.source;

import io.millrace.connectors.mediation.IntakeFull;
import io.millrace.connectors.shard.ShardMoved;
import io.millrace.connectors.shard.StoreUnavailable;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why attempts at a source's events fail. What ends by itself (a shard that moves, a full intake, a
 * database that is away, which its owner tells of) is no one's to mend and is not logged; anything
 * else is told once for each kind, since the event is tried again and again. Thread-safe.
 */
public final class AttemptFailures {
  private static final Logger LOG = LoggerFactory.getLogger(AttemptFailures.class);

  /** Kinds that are told apart; beyond them the counter alone tells. */
  private static final int MOST_KINDS = 16;

  private final String source;
  private final Set<Class<?>> told = new HashSet<>();

  /** Of the source of this name. */
  public AttemptFailures(String source) {
    this.source = source;
  }

  /**
   * Notes one; the caller counts it.
   *
   * @param why null where the exchange was only marked as failed
   */
  public void note(@Nullable Exception why) {
    if (why == null || passes(why) || !first(why.getClass())) {
      LOG.debug("source {}: an attempt failed", source, why);
      return;
    }
    LOG.warn(
        "source {}: an event can't be taken in and is tried again; this kind of failure is told"
            + " once, then only counted",
        source,
        why);
  }

  private static boolean passes(Exception why) {
    return why instanceof ShardMoved
        || why instanceof IntakeFull
        || why instanceof StoreUnavailable
        || why instanceof SQLException;
  }

  private synchronized boolean first(Class<?> kind) {
    return told.size() < MOST_KINDS && told.add(kind);
  }
}
