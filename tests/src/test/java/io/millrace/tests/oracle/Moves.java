package io.millrace.tests.oracle;

import io.millrace.tests.oracle.Book.Step;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What leaves one shard for another, and what arrives. */
final class Moves {
  private final Expected of;
  private final Post post;

  Moves(Expected of, Post post) {
    this.of = of;
    this.post = post;
  }

  void leave(Step.Move m, String where) {
    Device last = of.devices.get(m.subscription());
    if (mayMove(last, m) == m.refused()) {
      of.fault(where + (m.refused() ? " refused " : " accepted ") + m);
    }
    if (m.refused() || last == null || last.heir != Device.NOBODY) {
      return;
    }
    last.heir = m.successor();
    last.heirFrom = m.at();
    last.to = Math.min(last.to, m.at());
    List<Device> leaving = new ArrayList<>();
    for (Device d = last; d != null; d = of.devices.get(d.before)) {
      leaving.add(d.copy());
      d.away = true;
    }
    Map<Expected.Identity, Long> known = new HashMap<>(of.seen);
    known.keySet().removeIf(id -> id.device() != last.first);
    of.seen.keySet().removeAll(known.keySet());
    Set<Long> ids = new HashSet<>();
    leaving.forEach(d -> ids.add(d.id));
    Map<Expected.Curve, BigInteger> reached = leave(of.metered.totals, ids);
    Map<Expected.Curve, BigInteger> apart = leave(of.metered.apart, ids);
    Map<Expected.Curve, BigInteger> bases = leave(of.metered.bases, ids);
    Map<Metered.Memory, List<Measuring.Taken>> readings = new HashMap<>(of.metered.readings);
    readings.keySet().removeIf(memory -> !ids.contains(memory.subscription()));
    of.metered.readings.keySet().removeAll(readings.keySet());
    Tariff.Offer offer = of.tariff.offer(m.offer());
    Device next =
        new Device(m.successor(), last.first, m.account(), offer, m.at(), m.end(), last.id);
    post.send(
        new Post.Address(of.shard, of.seq, m.n()),
        new Post.Parcel(
            of.commit,
            leaving,
            next,
            known,
            reached,
            apart,
            bases,
            readings,
            of.metered.buckets.leave(ids),
            m.pool()));
  }

  private static Map<Expected.Curve, BigInteger> leave(
      Map<Expected.Curve, BigInteger> all, Set<Long> ids) {
    Map<Expected.Curve, BigInteger> leaving = new HashMap<>(all);
    leaving.keySet().removeIf(curve -> !ids.contains(curve.subscription()));
    all.keySet().removeAll(leaving.keySet());
    return leaving;
  }

  private boolean mayMove(Device last, Step.Move m) {
    if (last == null) {
      return false;
    }
    if (last.heir != Device.NOBODY) {
      return last.heir == m.successor();
    }
    return m.at() > of.time
        && m.at() > last.from
        && of.lastUse.getOrDefault(last.id, Long.MIN_VALUE) < m.at();
  }

  void arrive(Step.Receive r, String where) {
    Post.Parcel parcel = post.take(new Post.Address(r.from(), r.seq(), r.n()), of.commit);
    if (parcel == null) {
      return; // Told twice.
    }
    List<Device> all = new ArrayList<>(parcel.devices());
    all.add(parcel.next());
    for (Device d : all) {
      if (of.strangers.contains(d.id)) {
        of.fault(where + ": events of " + d.id + " came before its windows");
      }
      of.devices.put(d.id, d);
    }
    of.begin(parcel.next(), parcel.pool());
    of.metered.buckets.arrive(parcel.drawn());
    of.seen.putAll(parcel.seen());
    of.metered.totals.putAll(parcel.totals());
    of.metered.apart.putAll(parcel.apart());
    of.metered.bases.putAll(parcel.bases());
    of.metered.readings.putAll(parcel.readings());
  }
}
