package io.millrace.connectors.shard;

import java.io.Serial;

/** Rules are active that this node can't read: another one, of a newer release, may. */
final class RulesUnreadable extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  RulesUnreadable(int version, RuntimeException cause) {
    super(
        "version "
            + version
            + " of the rules is active, and this node can't read it: run a release that can ("
            + cause.getMessage()
            + ")",
        cause);
  }
}
