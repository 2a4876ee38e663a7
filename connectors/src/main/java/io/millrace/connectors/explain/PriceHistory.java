package io.millrace.connectors.explain;

import io.millrace.connectors.shard.ShardCopy;
import io.millrace.processors.explain.ChargeProof;
import io.millrace.processors.explain.EvidenceList;
import io.millrace.processors.explain.EvidenceList.Moved;
import io.millrace.processors.explain.EvidenceList.Ref;
import io.millrace.processors.explain.PriceWalk;
import io.millrace.processors.journal.JournalDamaged;
import io.millrace.processors.rating.Periods;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.UsageCharge;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/**
 * What else the subscription used on a charge, in the settlement periods of its window: how far up
 * the price curve it was when each event of the charge came. Charges whose events all came before
 * count with their quantity; of those whose events came in between, sealed or not, each event is
 * asked for.
 */
final class PriceHistory {
  private final StoredCharge charge;
  private final Periods periods;
  private final PriceWalk walk;
  private final List<byte[]> open;

  /** Whether each list of events says what they added. */
  private final boolean moved;

  /** What the charge's own events, and others that were met, have added. */
  private final Set<Moved> known = new HashSet<>();

  private PriceHistory(
      StoredCharge charge, boolean moved, Periods periods, PriceWalk walk, List<byte[]> open) {
    this.charge = charge;
    this.moved = moved;
    this.periods = periods;
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
    List<byte[]> open = new ArrayList<>();
    for (int shard : stays.shardsAnd(charge.id().shard())) {
      try {
        open.addAll(
            ShardCopy.read(pool, charge.id().tenant(), rules, shard)
                .openEvidence(charge.subscription(), priced.index()));
      } catch (IllegalStateException | JournalDamaged damaged) {
        walk.fault(String.valueOf(damaged.getMessage()));
      }
    }
    boolean moved = priced.gauging() != null;
    return new PriceHistory(charge, moved, rules.periods(), walk, open);
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
          Instant.ofEpochMilli(periods.startOf(period(charge.windowStart()))),
          Instant.ofEpochMilli(periods.endOf(period(charge.windowEnd().minusMillis(1)))),
          other -> add(other, first, last, ownSet, between));
      if (moved) {
        addOpen(last);
        return List.of();
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
    if (Ref.ORDER.compare(m.ref(), last) <= 0 && known.add(m)) {
      walk.moved(m.ref(), m.moment(), periods.indexOf(m.moment()), m.quantity(), false);
    }
  }

  private void add(StoredCharge other, Ref first, Ref last, Set<Ref> own, List<Ref> between) {
    if (!ChargeProof.isSealed(other.id(), other.row())) {
      walk.fault("charge " + other.id() + " of the same curve is not what its digest was made of");
      return;
    }
    if (moved) {
      EvidenceList.readMoved(other.evidence()).forEach(m -> addMoved(m, last));
      return;
    }
    List<Ref> refs = EvidenceList.read(other.evidence());
    if (refs.isEmpty() || Ref.ORDER.compare(refs.getFirst(), last) > 0) {
      return;
    }
    int period = period(other.windowStart());
    boolean allBefore = Ref.ORDER.compare(refs.getLast(), first) < 0;
    if (allBefore && period == period(other.windowEnd().minusMillis(1))) {
      walk.before(period, other.quantity());
      return;
    }
    for (Ref ref : refs) {
      if (own.contains(ref)) {
        walk.fault(ref.text() + " is charged by charge " + other.id() + " too");
      } else if (Ref.ORDER.compare(ref, last) < 0) {
        between.add(ref);
      }
    }
  }

  private int period(Instant time) {
    return periods.indexOf(time.toEpochMilli());
  }
}
