package io.millrace.ops.rest;

import io.millrace.ops.Refusal;
import io.millrace.processors.shard.ChargeId;

/**
 * The identity of a reservation, {@code r-tenant-shard-seq-n}: where it is, so that nobody has to
 * look.
 */
record ReservationId(int tenant, int shard, long seq, int n) {
  private static final String PREFIX = "r-";

  /** Reads the text that {@link #toString} writes, of this tenant. */
  static ReservationId of(String text, int tenant, int shards) throws Refusal {
    ChargeId id =
        text.startsWith(PREFIX)
            ? ChargeId.parse(text.substring(PREFIX.length())).orElse(null)
            : null;
    if (id == null || id.tenant() != tenant || id.shard() >= shards || id.seq() == 0) {
      throw new Refusal(
          Refusal.Kind.UNKNOWN,
          "unknown-reservation",
          "there is no such reservation, or it ended more than a day ago",
          "use the id that the reservation was answered with");
    }
    return new ReservationId(tenant, id.shard(), id.seq(), id.n());
  }

  @Override
  public String toString() {
    return PREFIX + new ChargeId(tenant, shard, seq, n);
  }
}
