package io.millrace.connectors.explain;

import io.millrace.connectors.codec.Codecs;
import io.millrace.connectors.codec.DecodedEvent;
import io.millrace.connectors.mediation.Mediator;
import io.millrace.connectors.tenant.StoredCodecSpecs;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.processors.explain.ChargeProof;
import io.millrace.processors.explain.EvidenceList;
import io.millrace.processors.explain.EvidenceList.Ref;
import io.millrace.processors.journal.Commit;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.journal.JournalDamaged;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.shard.ChargeId;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.usage.UsageBatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Walks from a charge to its raw events and checks every hash and sum on the way. Safe for any
 * thread.
 */
public final class Explainer {
  /** Journal rows that are in memory at once. */
  private static final int ROWS_AT_ONCE = 16;

  private final DataSource pool;
  private final Tenant tenant;
  private final Rules rules;
  private final ChargeStore charges;

  /**
   * Of a tenant.
   *
   * @param rules that it rates by
   */
  public Explainer(DataSource pool, Tenant tenant, Rules rules) {
    this.pool = pool;
    this.tenant = tenant;
    this.rules = rules;
    this.charges = new ChargeStore(pool);
  }

  /**
   * Explains a charge.
   *
   * @param most events that are kept for showing; all are checked
   * @return empty where the tenant has no such charge
   */
  public Optional<Explanation> explain(ChargeId id, int most) throws SQLException {
    if (id.tenant() != tenant.id()) {
      return Optional.empty();
    }
    Optional<StoredCharge> found = charges.find(id);
    return found.isEmpty() ? Optional.empty() : Optional.of(new Walk(found.get(), most).run());
  }

  /** One explanation under way. */
  private final class Walk {
    private final StoredCharge charge;
    private final int most;
    private final ChargeProof proof;
    private final @Nullable UsageCharge priced;
    private final List<Explanation.Event> shown = new ArrayList<>();
    private final Codecs codecs;
    private final DecodedEvent event = new DecodedEvent();

    Walk(StoredCharge charge, int most) {
      this.charge = charge;
      this.most = most;
      this.proof = new ChargeProof(charge.id(), row(charge));
      this.priced = usageCharge(charge);
      this.codecs = Mediator.codecs(rules, tenant, new StoredCodecSpecs(pool, tenant));
    }

    Explanation run() throws SQLException {
      Map<Long, List<Ref>> byCommit = new LinkedHashMap<>();
      try {
        for (Ref ref : EvidenceList.read(charge.evidence())) {
          byCommit.computeIfAbsent(ref.commit(), c -> new ArrayList<>()).add(ref);
        }
      } catch (IllegalArgumentException e) {
        proof.journalLost(0, "can't be named: the charge's list of events is damaged");
      }
      List<Long> commits = List.copyOf(byCommit.keySet());
      try (JournalCodec journal = new JournalCodec()) {
        for (int from = 0; from < commits.size(); from += ROWS_AT_ONCE) {
          read(
              commits.subList(from, Math.min(from + ROWS_AT_ONCE, commits.size())),
              byCommit,
              journal);
        }
      }
      boolean known = charge.catalog().equals(rules.catalog().hash());
      long before = known ? before() : 0;
      return new Explanation(
          charge,
          known ? proof.lines(rules) : List.of(),
          proof.verdicts(known ? rules : null, before),
          shown);
    }

    private void read(List<Long> numbers, Map<Long, List<Ref>> byCommit, JournalCodec journal)
        throws SQLException {
      List<Long> missing = new ArrayList<>(numbers);
      try (Connection connection = pool.getConnection();
          PreparedStatement select =
              connection.prepareStatement(
                  "select number, rules, rating, evidence, evidence_hash, digest from journal"
                      + " where tenant = ? and number = any (?) order by number")) {
        select.setInt(1, tenant.id());
        select.setArray(2, connection.createArrayOf("int8", numbers.toArray()));
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            long number = row.getLong(1);
            missing.remove(number);
            journalRow(row, number, byCommit.getOrDefault(number, List.of()), journal);
          }
        }
      }
      missing.forEach(number -> proof.journalLost(number, "is not there"));
    }

    private void journalRow(ResultSet row, long number, List<Ref> refs, JournalCodec journal)
        throws SQLException {
      byte[] rating = row.getBytes(3);
      byte[] evidence = row.getBytes(4);
      proof.journalRow(number, row.getInt(2), rating, evidence, row.getBytes(5), row.getBytes(6));
      try {
        Commit commit = journal.decode(tenant.id(), number, row.getInt(2), rating, evidence);
        for (Ref ref : refs) {
          event(ref, commit.usage(), evidence != null);
        }
      } catch (JournalDamaged e) {
        proof.journalLost(number, "can't be read");
      }
    }

    private void event(Ref ref, UsageBatch usage, boolean withRaw) {
      int i = ref.row();
      if (i >= usage.size()) {
        proof.eventLost(ref, "is not there");
        return;
      }
      UsageCharge by = priced;
      if (by == null || usage.type[i] != by.type()) {
        proof.eventLost(ref, "is of a type that this charge doesn't read");
        return;
      }
      long reading = by.quantity(usage.values, usage.valueFrom[i]);
      proof.event(ref, usage.shard[i], usage.subscription[i], usage.occurredAt[i], reading);
      byte[] raw = withRaw ? usage.rawOf(i) : null;
      if (raw != null && !saysTheSame(raw, usage, i)) {
        proof.rawDiffers(ref);
      }
      if (shown.size() < most) {
        shown.add(
            new Explanation.Event(
                ref.commit(),
                i,
                usage.occurredAt[i],
                usage.source[i],
                usage.eventId[i],
                usage.numbered[i],
                reading,
                raw));
      }
    }

    private boolean saysTheSame(byte[] raw, UsageBatch usage, int i) {
      if (codecs.decode(raw, event) != null
          || event.eventId != usage.eventId[i]
          || event.occurredAt != usage.occurredAt[i]
          || event.typeIndex != usage.type[i]) {
        return false;
      }
      for (int v = 0; v < event.valueCount; v++) {
        if (event.values[v] != usage.values[usage.valueFrom[i] + v]) {
          return false;
        }
      }
      return true;
    }

    /**
     * What the subscription had used of this charge, in the period of the use, before it; of a
     * charge that no event moves what it had been asked.
     */
    private long before() throws SQLException {
      int period = rules.periods().indexOf(charge.windowStart().toEpochMilli());
      try (Connection connection = pool.getConnection();
          PreparedStatement select =
              connection.prepareStatement(
                  "select coalesce(sum("
                      + (priced == null ? "amount" : "quantity")
                      + "), 0)::bigint from charge where tenant = ?"
                      + " and subscription = ? and offer = ? and name = ? and catalog = ?"
                      + " and window_start >= ? and window_start < ? and (seq, n) < (?, ?)")) {
        select.setInt(1, tenant.id());
        select.setLong(2, charge.subscription());
        select.setString(3, charge.offer());
        select.setString(4, charge.name());
        select.setString(5, charge.catalog());
        select.setTimestamp(6, new Timestamp(rules.periods().startOf(period)));
        select.setTimestamp(7, new Timestamp(rules.periods().endOf(period)));
        select.setLong(8, charge.id().seq());
        select.setInt(9, charge.id().n());
        try (ResultSet row = select.executeQuery()) {
          row.next();
          return row.getLong(1);
        }
      }
    }
  }

  private @Nullable UsageCharge usageCharge(StoredCharge charge) {
    int index = rules.offerIndex(charge.offer());
    if (index >= 0) {
      for (UsageCharge each : rules.offers().get(index).usage()) {
        if (each.name().equals(charge.name())) {
          return each;
        }
      }
    }
    return null;
  }

  private static ChargeRow row(StoredCharge c) {
    return new ChargeRow(
        c.id().n(),
        c.subscription(),
        c.account(),
        c.catalog(),
        c.offer(),
        c.name(),
        c.period(),
        c.late(),
        c.windowStart().toEpochMilli(),
        c.windowEnd().toEpochMilli(),
        c.delta(),
        c.events(),
        c.quantity(),
        c.amount(),
        millis(c.firstAt()),
        millis(c.lastAt()),
        c.tiers(),
        c.evidence(),
        c.digest());
  }

  private static long millis(@Nullable Instant time) {
    return time == null ? 0 : time.toEpochMilli();
  }
}
