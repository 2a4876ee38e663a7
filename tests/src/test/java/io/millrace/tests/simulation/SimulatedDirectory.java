package io.millrace.tests.simulation;

import io.millrace.processors.shard.Effects;
import java.util.HashMap;
import java.util.Map;

/** Which subscription answers for a device at a moment, by the rows that are committed. */
final class SimulatedDirectory {

  /** Where a device's events go. */
  record Place(long subscription, int shard) {}

  private record Row(int shard, Effects.SubscriptionRow what) {}

  private final Map<Long, Row> rows = new HashMap<>();
  private final Map<Long, Row> heirs = new HashMap<>();

  void add(int shard, Effects.SubscriptionRow what) {
    rows.putIfAbsent(what.id(), new Row(shard, what));
    if (what.takesOver() != Effects.NOBODY) {
      heirs.putIfAbsent(what.takesOver(), new Row(shard, what));
    }
  }

  /** Whether a subscription took over from another. */
  boolean hasMoved(long subscription) {
    Row row = rows.get(subscription);
    return row != null && row.what.takesOver() != Effects.NOBODY;
  }

  /** The first subscription of the device that has had this one. */
  long first(long subscription) {
    Row row = rows.get(subscription);
    return row == null || row.what.takesOver() == Effects.NOBODY
        ? subscription
        : first(row.what.takesOver());
  }

  /** The place of what a device did at a moment; {@code unknown} where there is no such device. */
  Place find(long device, long at, Place unknown) {
    Row found = rows.get(device);
    if (found == null) {
      return unknown;
    }
    Row last = found;
    for (Row heir = found; heir != null; heir = heirs.get(heir.what.id())) {
      found = at >= heir.what.from() ? heir : found;
      last = heir;
    }
    return new Place(found.what.id(), last.shard);
  }
}
