package io.millrace.ops.rest;

import io.millrace.ops.Refusal;
import io.millrace.processors.shard.ChargeId;
import io.millrace.processors.shard.Session;
import io.millrace.processors.shard.ShardKey;

/**
 * The {@code ChargingDataRef} of a charging session, {@code s-tenant-shard-seq-n}: where it is, so
 * that nobody has to look.
 */
record SessionRef(int tenant, int shard, long seq, int n) {

  /** Reads the text that {@link #toString} writes, of this tenant. */
  static SessionRef of(String text, int tenant, int shards) throws Refusal {
    ChargeId id =
        text.startsWith(Session.PREFIX)
            ? ChargeId.parse(text.substring(Session.PREFIX.length())).orElse(null)
            : null;
    if (id == null || id.tenant() != tenant || id.shard() >= shards || id.seq() == 0) {
      throw new Refusal(
          Refusal.Kind.UNKNOWN,
          "unknown-session",
          "there is no such charging session, or it had no step for two days",
          "begin another one");
    }
    return new SessionRef(tenant, id.shard(), id.seq(), id.n());
  }

  @Override
  public String toString() {
    return Session.name(new ShardKey(tenant, shard), seq, n);
  }
}
