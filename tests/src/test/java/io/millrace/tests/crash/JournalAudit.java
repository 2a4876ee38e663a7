package io.millrace.tests.crash;

import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.shard.RuleBook;
import io.millrace.connectors.shard.ShardCopy;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.journal.Commit;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.shard.SourceCounts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import javax.sql.DataSource;

/**
 * Reads the whole journal from its first row and replays it, without any checkpoint, as an auditor
 * would: each row under the rules it names, each shard's commits are numbered without gap, chained,
 * and made under epochs that never fall, so that an owner who had lost a shard wrote nothing to it.
 */
final class JournalAudit {
  private final DataSource database;
  private final Tenant tenant;
  private final RuleBook book;
  private final List<Replayed> shards = new ArrayList<>();
  private final JournalDeposits deposits = new JournalDeposits();
  private long number;

  /** One shard as its journal makes it. */
  static final class Replayed {
    private final Shard shard;
    private final SortedSet<Integer> epochs = new TreeSet<>();
    private byte[] chain;

    private Replayed(Shard shard, byte[] chain) {
      this.shard = shard;
      this.chain = chain;
    }

    /** The epochs under which it was committed to. */
    SortedSet<Integer> epochs() {
      return epochs;
    }
  }

  JournalAudit(DataSource database, Tenant tenant, RuleBook book) {
    this.database = database;
    this.tenant = tenant;
    this.book = book;
    Rules rules = book.at(1);
    for (int s = 0; s < tenant.shards(); s++) {
      shards.add(
          new Replayed(
              new Shard(new ShardKey(tenant.id(), s), rules), NodeShards.genesis(tenant.id(), s)));
    }
  }

  /** Replays what was added since the last call. */
  JournalAudit advance() throws SQLException {
    try (Connection c = database.getConnection();
        JournalCodec codec = new JournalCodec();
        PreparedStatement ps =
            c.prepareStatement(
                "select number, rules, rating, evidence_hash, digest from journal"
                    + " where tenant = ? and number > ? order by number")) {
      ps.setInt(1, tenant.id());
      ps.setLong(2, number);
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          number = rs.getLong(1);
          byte[] rating = rs.getBytes(3);
          String digest =
              hex(JournalCodec.digest(number, tenant.id(), rs.getInt(2), rating, rs.getBytes(4)));
          equal("the digest of commit " + number, digest, hex(rs.getBytes(5)));
          Rules rules = book.at(rs.getInt(2));
          Commit commit = codec.decode(tenant.id(), number, rules.version(), rating, null);
          replay(commit, rules, rs.getBytes(5));
        }
      }
    }
    return this;
  }

  private void replay(Commit commit, Rules rules, byte[] digest) {
    for (Section section : commit.sections()) {
      Replayed r = shards.get(section.shard());
      String what = "shard " + section.shard() + " commit " + commit.number();
      equal(what + ": seq", r.shard.seq() + 1, section.seq());
      if (!r.epochs.isEmpty() && section.epoch() < r.epochs.last()) {
        throw new AssertionError(
            what + " was made under epoch " + section.epoch() + " after " + r.epochs.last());
      }
      r.epochs.add(section.epoch());
      r.shard.adopt(rules);
      Effects effects = r.shard.apply(commit.number(), section, commit.usage());
      deposits.add(section, effects.answers);
      r.shard.accept();
      r.chain = JournalCodec.chain(r.chain, section.shard(), section.seq(), digest);
    }
  }

  /** All shard rows say what the journal leads to, and each account was paid what it says. */
  void judge() throws SQLException {
    try (Connection c = database.getConnection()) {
      deposits.judge(c, tenant.id());
    }
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement("select number, seq, chain from shard where tenant = ?")) {
      ps.setInt(1, tenant.id());
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          Replayed r = shards.get(rs.getInt(1));
          equal("seq of shard " + rs.getInt(1), r.shard.seq(), rs.getLong(2));
          equal("chain of shard " + rs.getInt(1), hex(r.chain), hex(rs.getBytes(3)));
        }
      }
    }
  }

  /** The checkpoints, with the journal after them, lead to what all of the journal does. */
  void judgeCheckpoints() throws SQLException {
    Rules rules = book.at(1);
    for (Replayed r : shards) {
      int number = r.shard.key().number();
      Shard stored = ShardCopy.read(database, tenant.id(), rules, number);
      equal("the state of shard " + number, state(r.shard), state(stored));
    }
  }

  private static String state(Shard shard) {
    ByteWriter out = new ByteWriter(1 << 12);
    shard.encode(out, 0);
    return hex(out.toByteArray());
  }

  /** What became of all events, over all sources and shards. */
  SourceCounts counts() {
    return shards.stream()
        .flatMap(r -> r.shard.counts().stream())
        .reduce(new SourceCounts(0, 0, 0, 0, 0, 0), SourceCounts::plus);
  }

  /** The shards as the journal makes them. */
  List<Replayed> shards() {
    return List.copyOf(shards);
  }

  /** The epochs under which anything was committed: a gateway raises it each time it starts. */
  SortedSet<Integer> epochs() {
    SortedSet<Integer> all = new TreeSet<>();
    shards.forEach(r -> all.addAll(r.epochs));
    return all;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static void equal(String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError(what + ": expected " + expected + ", found " + actual);
    }
  }
}
