package io.millrace.connectors.mediation;

import io.millrace.connectors.shard.Ticket;

/** Who waits for all events of a payload. */
interface Waiter {

  /** The ticket of the payload's next event, before that is handed in; it must be told. */
  Ticket next();

  /** Whether the payload's events may wait for room; where not, the first one may not. */
  boolean mayWait();
}
