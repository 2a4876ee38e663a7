package io.millrace.tests.bench;

import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.explain.Explainer;
import io.millrace.connectors.explain.Explanation;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.shard.PostgresStore;
import io.millrace.connectors.shard.Store;
import io.millrace.connectors.store.CopyRows;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.connectors.tenant.Tenants;
import io.millrace.ops.embedded.EmbeddedDatabase;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.journal.Commit;
import io.millrace.processors.journal.Encoded;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.ChargeId;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Explaining a lamp's charge of a month: an event a minute, each in a journal row of its own, as a
 * node has them that commits ten times a second, and as many rows again with other lamps only.
 */
final class ExplainBench implements Step {
  private static final String TENANT = "month";
  private static final long MINUTE = 60_000;
  private static final int MONTH_MINUTES = 30 * 24 * 60;
  private static final int FEW_MINUTES = 90;
  private static final int LAMPS = 20;
  private static final int CUSTOMER = 1_000;
  private static final int CHECKPOINT_EVERY = 1_100;

  @Override
  public String name() {
    return "explain";
  }

  @Override
  public String what() {
    return "a charge of a month, walked down to its raw events";
  }

  @Override
  public void measure(Site site, Figures figures) throws Exception {
    int minutes = site.scale().isShrunk() ? FEW_MINUTES : MONTH_MINUTES;
    try (Site.Scratch scratch = site.scratch("explain")) {
      // Making the month is not what is measured.
      scratch.execute("alter database explain set synchronous_commit = off");
      try (Database database = Database.open(scratch.url(), EmbeddedDatabase.USER, "", 4)) {
        Month month = new Month(database);
        ChargeId charge = month.make(minutes);
        scratch.execute("analyze");
        Explainer explainer = new Explainer(database.pool(), month.tenant, month.rules);
        for (int run = 0; run < site.scale().runs(); run++) {
          note(figures, explainer, charge, minutes, false);
        }
        note(figures, explainer, charge, minutes, true);
      }
    }
  }

  private static void note(
      Figures figures, Explainer explainer, ChargeId charge, int minutes, boolean whole)
      throws Exception {
    long begun = System.nanoTime();
    Explanation explanation = explainer.explain(charge, 1_000, whole).orElseThrow();
    double seconds = (System.nanoTime() - begun) / 1e9;
    if (!explanation.isProven() || explanation.charge().events() != minutes) {
      throw new IllegalStateException(explanation.verdicts().toString());
    }
    figures.note(
        Report.number(minutes) + " events" + (whole ? ", the whole chain" : ""),
        "s",
        whole ? Goal.NONE : Goal.atMost(1),
        seconds);
  }

  /** A tenant of one shard and what its lamps used. */
  private static final class Month {
    private final Database database;
    private final Tenant tenant;
    private final Rules rules;
    private final PostgresStore store;
    private final Shard shard;
    private final JournalCodec codec = new JournalCodec();
    private final long start = Instant.parse("2026-10-31T23:00:00Z").toEpochMilli();
    private final CopyRows rows =
        new CopyRows("journal", "tenant, number, rules, rating, evidence, evidence_hash, digest");
    private byte[] chain;
    private long number;

    Month(Database database) throws Exception {
      this.database = database;
      Tenants tenants = new Tenants(database.pool());
      tenant = tenants.ensure(TENANT, 1);
      byte[] text =
          new String(Engine.catalog(), StandardCharsets.UTF_8)
              .replaceFirst("effective: .*", "effective: 2026-11-01")
              .replaceFirst("period: .*", "period: month")
              .replaceFirst("window: 1h", "window: month")
              .getBytes(StandardCharsets.UTF_8);
      CatalogFile.Result.Accepted read =
          (CatalogFile.Result.Accepted) CatalogFile.read("month.yaml", text);
      rules = tenants.activate(tenant, read.catalog(), text, NodeShards::genesis);
      store = new PostgresStore(database.pool(), tenant.id(), 600_000, CrashPoints.NONE);
      store.take(TENANT, 1, true);
      shard = new Shard(new ShardKey(tenant.id(), 0), rules);
      chain = NodeShards.genesis(tenant.id(), 0);
      number = store.nextNumber();
    }

    /** Its lamps' month; gives the charge of the first of them. */
    ChargeId make(int minutes) throws Exception {
      try (var c = database.pool().getConnection();
          var insert =
              c.prepareStatement(
                  "insert into account (tenant, id, kind, name, currency, scale)"
                      + " values (?, ?, 'customer', 'city', 'EUR', 9)")) {
        insert.setInt(1, tenant.id());
        insert.setInt(2, CUSTOMER);
        insert.executeUpdate();
      }
      List<Command> lamps = new ArrayList<>();
      for (int lamp = 1; lamp <= LAMPS; lamp++) {
        lamps.add(
            new Command.Subscribe(
                lamp, "lamp-%06d".formatted(lamp), CUSTOMER, 0, start, Long.MAX_VALUE));
      }
      commit(lamps, new UsageBatch(0), start);
      for (int minute = 0; minute < minutes; minute++) {
        long at = start + minute * MINUTE;
        journal(reports(1, LAMPS / 2, minute, at), at);
        journal(reports(LAMPS / 2 + 1, LAMPS, minute, at), at + MINUTE / 2);
      }
      flush();
      Effects sealed = commit(List.of(), new UsageBatch(0), start + 31L * 24 * 60 * MINUTE);
      checkpoint();
      for (Effects.ChargeRow charge : sealed.charges) {
        if (charge.subscription() == 1 && charge.name().equals("energy")) {
          return new ChargeId(tenant.id(), 0, shard.seq(), charge.n());
        }
      }
      throw new IllegalStateException("nothing was sealed");
    }

    private static UsageBatch reports(int from, int to, int minute, long at) {
      UsageBatch usage = new UsageBatch(to - from + 1);
      for (int lamp = from; lamp <= to; lamp++) {
        int milliwattHours = 400 + (minute * 31 + lamp * 7) % 100;
        byte[] raw =
            """
            {"specversion":"1.0","id":"%d","source":"/city/lamps","type":"lamp.report",\
            "subject":"lamp-%06d","time":"%s","datacontenttype":"application/json",\
            "data":{"wh":0.%d,"lux":%d,"fault":0}}\
            """
                .formatted(minute, lamp, Instant.ofEpochMilli(at), milliwattHours, minute % 900)
                .getBytes(StandardCharsets.UTF_8);
        usage.add(
            0,
            lamp,
            1,
            minute,
            true,
            at,
            at,
            0,
            new long[] {milliwattHours},
            1,
            raw,
            0,
            raw.length);
      }
      return usage;
    }

    /** What a commit of usage alone leaves behind, written by many at once. */
    private void journal(UsageBatch usage, long time) throws Exception {
      long seq = shard.seq() + 1;
      Section section = new Section(0, 1, seq, time, 1_000, List.of(), 0, usage.size());
      shard.apply(number, section, usage);
      shard.accept();
      Encoded row =
          codec.encode(new Commit(tenant.id(), number, rules.version(), List.of(section), usage));
      chain = JournalCodec.chain(chain, 0, seq, row.digest());
      rows.int4(tenant.id()).int8(number).int4(rules.version()).bytea(row.rating());
      rows.bytea(row.evidence()).bytea(row.evidenceHash()).bytea(row.digest()).end();
      if (seq % CHECKPOINT_EVERY == 0) {
        flush();
        checkpoint();
      }
      number++;
    }

    private void flush() throws Exception {
      try (Connection c = database.pool().getConnection()) {
        rows.flush(c);
        try (PreparedStatement update =
            c.prepareStatement(
                "update shard set seq = ?, chain = ? where tenant = ? and number = 0")) {
          update.setLong(1, shard.seq());
          update.setBytes(2, chain);
          update.setInt(3, tenant.id());
          update.executeUpdate();
        }
      }
    }

    private Effects commit(List<Command> commands, UsageBatch usage, long time) {
      long seq = shard.seq() + 1;
      Section section = new Section(0, 1, seq, time, 1_000, commands, 0, usage.size());
      Effects effects = shard.apply(number, section, usage);
      Encoded row =
          codec.encode(new Commit(tenant.id(), number, rules.version(), List.of(section), usage));
      chain = JournalCodec.chain(chain, 0, seq, row.digest());
      Store.Write write =
          new Store.Write(
              number,
              rules.version(),
              List.of(new Store.Fence(0, 1, seq, chain, shard.closed())),
              row,
              List.of(new Store.Part(0, seq, time, effects)));
      if (!(store.commit(write) instanceof Store.Outcome.Committed committed)) {
        throw new IllegalStateException("a commit failed");
      }
      shard.accept();
      number = Math.max(committed.next(), number + 1);
      return effects;
    }

    private void checkpoint() {
      ByteWriter body = new ByteWriter();
      shard.encode(body, 0);
      store.checkpoint(
          List.of(new Store.Checkpoint(0, shard.seq(), 1, number, 0, chain, body.toByteArray())));
    }
  }
}
