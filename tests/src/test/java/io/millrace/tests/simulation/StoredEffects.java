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
    if (e.unitPostings.stream().anyMatch(u -> u.name().equals("drawn"))) {
      faults.add(Fault.UNITS_COVERED);
    }
    for (Effects.UnitPosting u : e.unitPostings) {
      to.units.merge(List.of(u.account(), part.shard()), u.quantity(), Math::addExact);
    }
    for (Effects.MessageRow m : e.messages) {
      switch (m.message()) {
        case ShardMessage.Sponsored s -> faults.add(Fault.SPONSORED_ELSEWHERE);
        case ShardMessage.QuotaSlice s ->
            faults.add(s.isShort() ? Fault.LENT_TOO_LITTLE : Fault.LENT);
        case ShardMessage.QuotaBack s -> faults.add(Fault.LENT_AND_NOT_USED);
        case ShardMessage.Device s -> {}
        case ShardMessage.Money s -> {}
        case ShardMessage.QuotaAsk s -> {}
      }
      List<Long> id = List.of((long) part.shard(), part.seq(), (long) m.n());
      to.lentUnderWay.put(id, lent(m.message()));
      to.letters.put(
          id,
          new Letter(part.shard(), part.seq(), m.n(), m.to(), MessageCodec.encode(m.message())));
    }
    for (Effects.MessageId m : e.received) {
      List<Long> id = List.of((long) m.from(), m.seq(), (long) m.n());
      to.letters.remove(id);
      to.lentUnderWay.remove(id);
    }
    e.lent.forEach(l -> to.lent.put(List.of(l.account(), part.shard()), l.amount()));
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

  /** What a message carries of what is lent. */
  private static long lent(ShardMessage message) {
    return switch (message) {
      case ShardMessage.Sponsored m -> m.lent();
      case ShardMessage.QuotaSlice m -> m.amount();
      case ShardMessage.QuotaBack m -> m.amount();
      case ShardMessage.Device m -> 0;
      case ShardMessage.Money m -> 0;
      case ShardMessage.QuotaAsk m -> 0;
    };
  }
}
