package io.millrace.connectors.explain;

import io.millrace.connectors.shard.ShardCopy;
import io.millrace.processors.explain.ChargeProof;
import io.millrace.processors.explain.EvidenceList;
import io.millrace.processors.explain.EvidenceList.Moved;
import io.millrace.processors.explain.EvidenceList.Ref;
import io.millrace.processors.explain.PriceWalk;
import io.millrace.processors.journal.JournalDamaged;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.UsageCharge;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import javax.sql.DataSource;

/**
 * What else the subscription used on a charge, in the settlement periods of its window: how far up
 * the price curve it was when each event of the charge came. Charges whose events all came before
 * count with their quantity; of those whose events came in between, sealed or not, each event is
 * asked for.
 */
final class PriceHistory {
  private final StoredCharge charge;
  private final Rules rules;
  private final PriceWalk walk;
  private final List<byte[]> open;

  /** Whether each list of events says what they added. */
  private final boolean moved;

  /** What the charge's own events, and others that were met, have added. */
  private final Set<Moved> known = new HashSet<>();

  /** Charges of the curve, and of those that it goes on from, whose events count. */
  private final List<Other> others = new ArrayList<>();

  private record Other(StoredCharge charge, int revision, List<Ref> refs) {}

  private PriceHistory(
      StoredCharge charge, boolean moved, Rules rules, PriceWalk walk, List<byte[]> open) {
    this.charge = charge;
    this.moved = moved;
    this.rules = rules;
    this.walk = walk;
    this.open = open;
  }

  /**
   * Notes what is not sealed, in all shards that the device has been in: it is sealed where it
   * accrued. To be called before the snapshot is taken that the rest is read in: what is sealed in
   * between is then in both, and nothing in neither.
   */
  static PriceHistory of(
      StoredCharge charge, UsageCharge priced, Rules rules, PriceWalk walk, DataSource pool)
      throws SQLException {
    Stays stays;
    try (Connection connection = pool.getConnection()) {
      stays = Stays.of(connection, charge);
    }
    boolean moved = priced.listsMoves();
    IntPredicate alike = alike(charge, priced, rules);
    List<byte[]> open = new ArrayList<>();
    for (int shard : stays.shardsAnd(charge.id().shard())) {
      try {
        open.addAll(
            ShardCopy.read(pool, charge.id().tenant(), rules, shard)
                .openEvidence(charge.subscription(), priced.index(), alike));
      } catch (IllegalStateException | JournalDamaged damaged) {
        walk.fault(String.valueOf(damaged.getMessage()));
      }
    }
    return new PriceHistory(charge, moved, rules, walk, open);
  }

  /** Prices of the charge whose lists of events are read alike: others are of other periods. */
  private static IntPredicate alike(StoredCharge charge, UsageCharge priced, Rules rules) {
    Set<Integer> revisions = new HashSet<>();
    for (OfferRules terms : rules.offers().get(rules.offerIndex(charge.offer())).terms()) {
      for (UsageCharge each : terms.usage()) {
        if (each.index() == priced.index() && each.listsMoves() == priced.listsMoves()) {
          revisions.add(each.revision());
        }
      }
    }
    return revisions::contains;
  }

  /**
   * Adds to the walk what came before, and returns the events that must be read for the rest.
   *
   * @param own the charge's events, one at least
   */
  List<Ref> around(Connection snapshot, List<Ref> own) throws SQLException {
    if (moved) {
      known.addAll(EvidenceList.readMoved(charge.evidence()));
    }
    Ref first = own.stream().min(Ref.ORDER).orElseThrow();
    Ref last = own.stream().max(Ref.ORDER).orElseThrow();
    Set<Ref> ownSet = new HashSet<>(own);
    List<Ref> between = new ArrayList<>();
    try {
      ChargeStore.around(
          snapshot,
          charge,
          Instant.ofEpochMilli(rules.periods().startOf(period(charge.windowStart()))),
          Instant.ofEpochMilli(rules.periods().endOf(period(charge.windowEnd().minusMillis(1)))),
          other -> note(other, last));
      if (moved) {
        addOpen(last);
        return List.of();
      }
      Ref begins = begins(first);
      for (Other other : others) {
        add(other, other.revision == walk.revision() ? first : begins, last, ownSet, between);
      }
      Set<Ref> sealed = new HashSet<>(own);
      sealed.addAll(between);
      for (byte[] list : open) {
        for (Ref ref : EvidenceList.read(list)) {
          if (Ref.ORDER.compare(ref, last) < 0 && sealed.add(ref)) {
            between.add(ref);
          }
        }
      }
    } catch (ArithmeticException e) {
      walk.fault("what came before it is more than a number holds");
    }
    return between;
  }

  /** What is not sealed; a charge that was sealed after it was read has it, too. */
  private void addOpen(Ref last) {
    for (byte[] list : open) {
      EvidenceList.readMoved(list).forEach(m -> addMoved(m, last));
    }
  }

  private void addMoved(Moved m, Ref last) {
    int revision = ChargeWalk.revisionAt(rules, charge, m.moment());
    if (Ref.ORDER.compare(m.ref(), last) <= 0 && walk.counts(revision) && known.add(m)) {
      int period = rules.periods().indexOf(m.moment());
      walk.moved(m.ref(), m.moment(), period, revision, m.quantity(), false);
    }
  }

  private void note(StoredCharge other, Ref last) {
    UsageCharge priced = ChargeWalk.priced(rules, other, other.catalog());
    if (priced == null || priced.listsMoves() != moved || !walk.counts(priced.revision())) {
      return;
    }
    if (!ChargeProof.isSealed(other.id(), other.row())) {
      walk.fault("charge " + other.id() + " of the same curve is not what its digest was made of");
      return;
    }
    if (moved) {
      EvidenceList.readMoved(other.evidence()).forEach(m -> addMoved(m, last));
      return;
    }
    List<Ref> refs = EvidenceList.read(other.evidence());
    if (!refs.isEmpty() && Ref.ORDER.compare(refs.getFirst(), last) <= 0) {
      others.add(new Other(other, priced.revision(), refs));
    }
  }

  /**
   * Before which event nothing was used at the price itself: what former prices had counted by then
   * it goes on from. Of what is not sealed nothing tells the price yet.
   */
  private Ref begins(Ref first) {
    Ref begins = first;
    if (walk.isCarried()) {
      for (byte[] list : open) {
        for (Ref ref : EvidenceList.read(list)) {
          begins = Ref.ORDER.compare(ref, begins) < 0 ? ref : begins;
        }
      }
      for (Other other : others) {
        Ref ref = other.refs.getFirst();
        boolean earlier = other.revision == walk.revision() && Ref.ORDER.compare(ref, begins) < 0;
        begins = earlier ? ref : begins;
      }
    }
    return begins;
  }

  /** Counts a charge whose events all came before one as a whole; asks for each event of others. */
  private void add(Other of, Ref before, Ref last, Set<Ref> own, List<Ref> between) {
    StoredCharge other = of.charge;
    int period = period(other.windowStart());
    boolean allBefore = Ref.ORDER.compare(of.refs.getLast(), before) < 0;
    if (allBefore && period == period(other.windowEnd().minusMillis(1))) {
      walk.others(of.refs.getFirst(), period, of.revision, other.quantity());
      return;
    }
    for (Ref ref : of.refs) {
      if (own.contains(ref)) {
        walk.fault(ref.text() + " is charged by charge " + other.id() + " too");
      } else if (Ref.ORDER.compare(ref, last) < 0) {
        between.add(ref);
      }
    }
  }

  private int period(Instant time) {
    return rules.periods().indexOf(time.toEpochMilli());
  }
}
