package io.millrace.connectors.shard;

import io.millrace.processors.shard.MoveRefusal;

/** The shard has journalled a command and refuses it: nothing has changed. */
public final class CommandRefused extends Exception {
  private static final long serialVersionUID = 1L;

  private final MoveRefusal reason;

  /** A refusal for a stable reason. */
  public CommandRefused(MoveRefusal reason) {
    super(reason.code());
    this.reason = reason;
  }

  /** Why. */
  public MoveRefusal reason() {
    return reason;
  }
}
