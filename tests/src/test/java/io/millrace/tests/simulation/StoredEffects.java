package io.millrace.tests.simulation;

import io.millrace.connectors.shard.Store;
import io.millrace.connectors.shard.Store.Letter;
import io.millrace.processors.journal.MessageCodec;
import io.millrace.processors.rating.Sponsor;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.ShardMessage;
import io.millrace.tests.simulation.SimulatedStore.Waiting;
import java.util.HexFormat;
import java.util.List;

/** The rows that a commit's effects become. */
final class StoredEffects {
  private StoredEffects() {}

  static void write(SimulatedStore to, Store.Part part, Fault.Tally faults) {
    Effects e = part.effects();
    if (part.time() > to.world + Clocks.MOST_AHEAD) {
      to.violations.add(
          "clock: shard "
              + part.shard()
              + " is "
              + (part.time() - to.world)
              + " ms ahead of the world");
    }
    if (e.moreDue) {
      faults.add(Fault.DUE_LIMIT_REACHED);
    }
    for (Effects.PostingRow p : e.postings) {
      to.balances.merge(List.of(p.account(), part.shard()), p.amount(), Math::addExact);
    }
    e.refused.forEach((move, why) -> faults.add(Fault.MOVE_REFUSED));
    for (Effects.SubscriptionRow s : e.subscriptions) {
      if (s.takesOver() != Effects.NOBODY) {
        faults.add(
            to.directory.hasMoved(s.takesOver()) ? Fault.DEVICE_MOVED_AGAIN : Fault.DEVICE_MOVED);
      }
      to.directory.add(part.shard(), s);
    }
    if (e.charges.stream().anyMatch(c -> Sponsor.isLine(c.offer()))) {
      faults.add(Fault.SPONSORED);
    }
    for (Effects.MessageRow m : e.messages) {
      if (m.message() instanceof ShardMessage.Sponsored) {
        faults.add(Fault.SPONSORED_ELSEWHERE);
      }
      to.letters.put(
          List.of((long) part.shard(), part.seq(), (long) m.n()),
          new Letter(part.shard(), part.seq(), m.n(), m.to(), MessageCodec.encode(m.message())));
    }
    e.received.forEach(id -> to.letters.remove(List.of((long) id.from(), id.seq(), (long) id.n())));
    for (Effects.SuspenseRow s : e.suspended) {
      if (to.suspense.putIfAbsent(HexFormat.of().formatHex(s.hash()), new Waiting(s, "open"))
          != null) {
        faults.add(Fault.SUSPENDED_AGAIN);
      }
    }
    for (Effects.SuspenseEnd end : e.ended) {
      to.suspense.computeIfPresent(
          HexFormat.of().formatHex(end.hash()),
          (h, w) -> w.state().equals("open") ? new Waiting(w.row(), end.state()) : w);
    }
  }
}
