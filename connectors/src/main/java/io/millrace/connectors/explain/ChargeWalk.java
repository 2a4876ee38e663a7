package io.millrace.connectors.explain;

import io.millrace.connectors.codec.Codecs;
import io.millrace.connectors.codec.DecodedEvent;
import io.millrace.connectors.mediation.Mediator;
import io.millrace.connectors.tenant.StoredCodecSpecs;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.processors.explain.ChargeParts;
import io.millrace.processors.explain.ChargeProof;
import io.millrace.processors.explain.EvidenceList;
import io.millrace.processors.explain.EvidenceList.Moved;
import io.millrace.processors.explain.EvidenceList.Ref;
import io.millrace.processors.explain.PriceWalk;
import io.millrace.processors.explain.Verdict;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.journal.JournalDamaged;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.usage.UsageBatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** One explanation under way: all of it but what is not sealed is read in one snapshot. */
final class ChargeWalk {
  /** Journal rows asked for at once, and rows of them in memory at once. */
  private static final int ROWS_AT_ONCE = 2_000;

  private static final int FETCH = 64;

  /** Stands for when another charge's event was taken in. */
  private static final long NOT_OWN = Long.MIN_VALUE;

  private final DataSource pool;
  private final Tenant tenant;
  private final Rules rules;
  private final StoredCharge charge;
  private final int most;
  private final ChargeProof proof;
  private final @Nullable UsageCharge priced;
  private final @Nullable PriceWalk walk;
  private final Optional<ChargeParts> parts;
  private final List<Explanation.Event> shown = new ArrayList<>();
  private final Codecs codecs;
  private final DecodedEvent event = new DecodedEvent();
  private final Members members;

  /** The journal rows to read, and the events in them: the charge's own, and others. */
  private final TreeMap<Long, Wanted> wanted = new TreeMap<>();

  /** What each event of the charge added to it, where its list says that. */
  private final Map<Ref, List<Moved>> moved = new HashMap<>();

  private record Wanted(List<Ref> own, List<Ref> others) {}

  ChargeWalk(DataSource pool, Tenant tenant, Rules rules, StoredCharge charge, int most)
      throws SQLException {
    this.pool = pool;
    this.tenant = tenant;
    this.rules = rules;
    this.charge = charge;
    this.most = most;
    this.proof = new ChargeProof(charge.id(), charge.row());
    this.priced = priced(rules, charge, charge.catalog());
    this.walk =
        priced == null ? null : new PriceWalk(priced.curve(), priced.revision(), priced.carried());
    this.parts = ChargeParts.of(rules, charge.row(), priced);
    this.members = Members.of(pool, charge);
    this.codecs = Mediator.codecs(rules, tenant, new StoredCodecSpecs(pool, tenant));
  }

  Explanation run(boolean wholeChain) throws SQLException {
    boolean known = rules.catalog(charge.catalog()) != null;
    List<Ref> own = ownEvents();
    UsageCharge usage = priced;
    PriceWalk price = walk;
    PriceHistory history =
        usage == null || price == null || own.isEmpty()
            ? null
            : PriceHistory.of(charge, usage, rules, price, pool);
    Verdict chain;
    long before;
    try (Connection snapshot = pool.getConnection();
        JournalCodec journal = new JournalCodec()) {
      snapshot.setAutoCommit(false);
      snapshot.setReadOnly(true);
      snapshot.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      own.forEach(ref -> at(ref).own.add(ref));
      List<Long> holding = List.copyOf(wanted.keySet());
      if (history != null) {
        history.around(snapshot, own).forEach(ref -> at(ref).others.add(ref));
      }
      List<Long> numbers = List.copyOf(wanted.keySet());
      for (int from = 0; from < numbers.size(); from += ROWS_AT_ONCE) {
        int to = Math.min(from + ROWS_AT_ONCE, numbers.size());
        read(snapshot, numbers.subList(from, to), journal);
      }
      ShardKey shard = new ShardKey(tenant.id(), charge.id().shard());
      chain =
          new ChainWalk(snapshot, shard, journal, ChainWalk.MOST_ROWS).through(holding, wholeChain);
      before = known && priced == null ? new OtherLines(rules, charge).sum(snapshot) : 0;
      snapshot.rollback();
    }
    List<Verdict> verdicts = proof.verdicts(chain, known ? rules : null, walk, before);
    Optional<Verdict> ofParts = parts.map(ChargeParts::verdict);
    ofParts.ifPresent(verdicts::add);
    return new Explanation(
        charge,
        known ? proof.lines(rules) : List.of(),
        ofParts.filter(Verdict::good).isPresent() ? parts.orElseThrow().parts() : List.of(),
        verdicts,
        shown);
  }

  private List<Ref> ownEvents() {
    UsageCharge by = priced;
    try {
      if (by == null || !by.listsMoves()) {
        return EvidenceList.read(charge.evidence());
      }
      for (Moved each : EvidenceList.readMoved(charge.evidence())) {
        moved.computeIfAbsent(each.ref(), ref -> new ArrayList<>()).add(each);
      }
      return List.copyOf(moved.keySet());
    } catch (IllegalArgumentException e) {
      proof.journalLost(0, "can't be named: the charge's list of events is damaged");
      return List.of();
    }
  }

  private Wanted at(Ref ref) {
    return wanted.computeIfAbsent(
        ref.commit(), number -> new Wanted(new ArrayList<>(), new ArrayList<>()));
  }

  private void read(Connection snapshot, List<Long> numbers, JournalCodec journal)
      throws SQLException {
    List<Long> own = new ArrayList<>();
    for (long number : numbers) {
      if (!wantedOf(number).own.isEmpty()) {
        own.add(number);
      }
    }
    TreeMap<Long, Wanted> missing = new TreeMap<>();
    numbers.forEach(number -> missing.put(number, wantedOf(number)));
    try (PreparedStatement select =
        snapshot.prepareStatement(
            "select number, rules, rating, case when number = any (?) then evidence end,"
                + " evidence_hash, digest from journal"
                + " where tenant = ? and number = any (?) order by number")) {
      select.setFetchSize(FETCH);
      select.setArray(1, snapshot.createArrayOf("int8", own.toArray()));
      select.setInt(2, tenant.id());
      select.setArray(3, snapshot.createArrayOf("int8", numbers.toArray()));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          long number = row.getLong(1);
          missing.remove(number);
          journalRow(row, number, wantedOf(number), journal);
        }
      }
    }
    missing.forEach((number, events) -> lost(number, events, "is not there"));
  }

  private Wanted wantedOf(long number) {
    Wanted events = wanted.get(number);
    if (events == null) {
      throw new IllegalStateException("journal row " + number + " was not asked for");
    }
    return events;
  }

  private void lost(long number, Wanted events, String why) {
    if (!events.own.isEmpty()) {
      proof.journalLost(number, why);
    }
    PriceWalk price = walk;
    if (price != null) {
      price.fault("journal row " + number + " " + why);
    }
  }

  private void journalRow(ResultSet row, long number, Wanted events, JournalCodec journal)
      throws SQLException {
    int version = row.getInt(2);
    byte[] rating = row.getBytes(3);
    byte[] evidence = row.getBytes(4);
    byte[] evidenceHash = row.getBytes(5);
    byte[] digest = row.getBytes(6);
    if (!events.own.isEmpty()) {
      proof.journalRow(number, version, rating, evidence, evidenceHash, digest);
    }
    try {
      int rows = journal.open(number, rating, evidence);
      for (Ref ref : events.own) {
        UsageBatch usage = picked(journal, number, rows, ref);
        if (usage == null) {
          proof.eventLost(ref, "is not there");
        } else {
          own(ref, usage, journal.timeOf(number, ref.row()), evidence != null);
        }
      }
      for (Ref ref : events.others) {
        other(ref, picked(journal, number, rows, ref));
      }
    } catch (JournalDamaged e) {
      lost(number, events, "can't be read");
    }
  }

  private static @Nullable UsageBatch picked(JournalCodec journal, long number, int rows, Ref ref) {
    return ref.row() < rows ? journal.pick(number, ref.row()) : null;
  }

  /** An event of the charge; {@code time} is when its shard took it in. */
  private void own(Ref ref, UsageBatch usage, long time, boolean withRaw) {
    UsageCharge by = priced;
    PriceWalk price = walk;
    if (by == null || price == null || !by.reads(usage.type[0])) {
      proof.eventLost(ref, "is of a type that this charge doesn't read");
      return;
    }
    long at = usage.occurredAt[0];
    boolean gauged = by.gauging() != null;
    if (!gauged && !by.isFor(at, usage.values, usage.valueFrom[0])) {
      proof.eventLost(ref, "took place in another band than this charge is for");
      return;
    }
    long counted = members.counted(usage.subscription[0]);
    long reading = 0;
    if (gauged) {
      for (Moved each : moved.getOrDefault(ref, List.of())) {
        if (each.moment() < at && !by.countsBefore()
            || !by.isFor(each.moment(), usage.values, usage.valueFrom[0])) {
          proof.eventLost(ref, "changes what is counted at a moment that it can't change");
          return;
        }
        reading += each.quantity();
        proof.moved(ref, usage.shard[0], counted, each.moment(), each.quantity());
        step(price, ref, each.moment(), each.quantity(), time);
      }
    } else {
      reading = reading(by, usage);
      part(ref, usage, reading);
      proof.event(ref, usage.shard[0], counted, at, reading);
      step(price, ref, at, by.listsMoves() ? pricedOf(ref) : reading, time);
    }
    byte[] raw = withRaw ? usage.rawOf(0) : null;
    if (raw != null && !saysTheSame(raw, usage) && !UseEvidence.saysTheSame(raw, usage, rules)) {
      proof.rawDiffers(ref);
    }
    if (shown.size() < most) {
      shown.add(
          new Explanation.Event(
              ref.commit(),
              ref.row(),
              at,
              usage.source[0],
              usage.eventId[0],
              usage.numbered[0],
              reading,
              raw));
    }
  }

  private void part(Ref ref, UsageBatch usage, long reading) {
    parts.ifPresent(
        p -> p.event(usage.type[0], usage.values, usage.valueFrom[0], reading, pricedOf(ref)));
  }

  private void other(Ref ref, @Nullable UsageBatch usage) {
    UsageCharge by = priced;
    PriceWalk price = walk;
    if (by == null || price == null) {
      return;
    }
    if (usage == null
        || !by.reads(usage.type[0])
        || members.counted(usage.subscription[0]) != charge.subscription()) {
      price.fault("another charge of the curve names " + ref.text() + ", which is not its event");
    } else {
      step(price, ref, usage.occurredAt[0], reading(by, usage), NOT_OWN);
    }
  }

  /** What of an own event no allowance covered that use draws on. */
  private long pricedOf(Ref ref) {
    return moved.getOrDefault(ref, List.of()).stream().mapToLong(Moved::quantity).sum();
  }

  private static long reading(UsageCharge by, UsageBatch usage) {
    return by.quantity(usage.type[0], usage.values, usage.valueFrom[0]);
  }

  /** One step of the walk; {@code time} is when an own event was taken in. */
  private void step(PriceWalk price, Ref ref, long at, long reading, long time) {
    try {
      int revision = revisionAt(at);
      if (price.counts(revision)) {
        price.moved(ref, at, rules.periods().indexOf(at), revision, reading, time != NOT_OWN);
      }
      if (time != NOT_OWN && endOfPeriod(at) <= time - rules.horizon()) {
        price.pastHorizon();
      }
    } catch (ArithmeticException e) {
      price.fault(ref.text() + " took place in no period");
    }
  }

  private long endOfPeriod(long at) {
    try {
      return rules.periods().endOf(rules.periods().indexOf(at));
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE; // its step is a fault already
    }
  }

  private boolean saysTheSame(byte[] raw, UsageBatch usage) {
    byte[] subject = members.subject(usage.subscription[0]);
    if (codecs.decode(raw, event) != null
        || event.eventId != usage.eventId[0]
        || event.occurredAt != usage.occurredAt[0]
        || event.typeIndex != usage.type[0]
        || !(subject == null || event.subject.is(subject))) {
      return false;
    }
    int stored = usage.valueFrom[1] - usage.valueFrom[0];
    if (event.valueCount < stored) {
      return false;
    }
    for (int v = 0; v < stored; v++) { // What later versions read is none of its.
      if (event.values[v] != usage.values[v]) {
        return false;
      }
    }
    return true;
  }

  /** What priced a charge, as a version of the catalog has it; null where that doesn't. */
  static @Nullable UsageCharge priced(Rules rules, StoredCharge charge, String catalog) {
    int index = rules.offerIndex(charge.offer());
    return index < 0 ? null : priced(rules.offers().get(index).of(catalog), charge);
  }

  private static @Nullable UsageCharge priced(@Nullable OfferRules terms, StoredCharge charge) {
    if (terms != null) {
      for (UsageCharge each : terms.usage()) {
        if (each.name().equals(charge.name())) {
          return each;
        }
      }
    }
    return null;
  }

  private int revisionAt(long time) {
    return revisionAt(rules, charge, time);
  }

  /** At which of a charge's prices something was used then; −1 where at none. */
  static int revisionAt(Rules rules, StoredCharge charge, long time) {
    int index = rules.offerIndex(charge.offer());
    UsageCharge then = index < 0 ? null : priced(rules.offers().get(index).at(time), charge);
    return then == null ? -1 : then.revision();
  }
}
