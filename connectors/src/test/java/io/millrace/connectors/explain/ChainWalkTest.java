package io.millrace.connectors.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import io.millrace.processors.explain.Verdict;
import io.millrace.processors.journal.Commit;
import io.millrace.processors.journal.Encoded;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.journal.Section;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.usage.UsageBatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A journal of 40 commits: shard 0 takes part in all of them, shard 1 in every fourth. Points are
 * noted at the commits 10, 20 and 30.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChainWalkTest {
  private static final int COMMITS = 40;

  private Database database;

  @BeforeAll
  void journal() throws SQLException {
    database = TestServer.open(TestServer.emptyDatabase());
    try (Connection c = database.pool().getConnection();
        JournalCodec codec = new JournalCodec()) {
      run(c, "insert into tenant (id, name, shards, fingerprint) values (1, 'city', 2, '\\x00')");
      byte[][] chain = {NodeShards.genesis(1, 0), NodeShards.genesis(1, 1)};
      long[] seq = new long[2];
      for (long number = 1; number <= COMMITS; number++) {
        List<Section> sections = new ArrayList<>();
        for (int shard = 0; shard < 2; shard++) {
          if (shard == 0 || number % 4 == 0) {
            sections.add(new Section(shard, 1, ++seq[shard], number, 100, List.of(), 0, 0));
          }
        }
        Encoded row = codec.encode(new Commit(1, number, 1, sections, new UsageBatch(0)));
        try (PreparedStatement insert =
            c.prepareStatement(
                "insert into journal (tenant, number, rules, rating, evidence, evidence_hash,"
                    + " digest) values (1, ?, 1, ?, ?, ?, ?)")) {
          insert.setLong(1, number);
          insert.setBytes(2, row.rating());
          insert.setBytes(3, row.evidence());
          insert.setBytes(4, row.evidenceHash());
          insert.setBytes(5, row.digest());
          insert.executeUpdate();
        }
        for (Section s : sections) {
          chain[s.shard()] = JournalCodec.chain(chain[s.shard()], s.shard(), s.seq(), row.digest());
        }
        if (number % 10 == 0 && number < COMMITS) {
          point(
              c,
              "insert into chain_point (shard, seq, number, chain, tenant) values (?, ?, ?, ?, 1)",
              0,
              seq[0],
              number,
              chain[0]);
        }
      }
      for (int shard = 0; shard < 2; shard++) {
        point(
            c,
            "insert into shard (number, seq, epoch, chain, tenant, rules) values (?, ?, ?, ?, 1,"
                + " 1)",
            shard,
            seq[shard],
            1,
            chain[shard]);
      }
    }
  }

  @AfterAll
  void close() {
    database.close();
  }

  private static void point(
      Connection c, String sql, int shard, long seq, long number, byte[] chain)
      throws SQLException {
    try (PreparedStatement insert = c.prepareStatement(sql)) {
      insert.setInt(1, shard);
      insert.setLong(2, seq);
      insert.setLong(3, number);
      insert.setBytes(4, chain);
      insert.executeUpdate();
    }
  }

  private static void run(Connection c, String sql) throws SQLException {
    try (Statement statement = c.createStatement()) {
      statement.execute(sql);
    }
  }

  /** What a walk comes to after some damage, which is undone. */
  private Verdict walk(String damage, int shard, int most, boolean whole, long... numbers)
      throws SQLException {
    try (Connection c = database.pool().getConnection();
        JournalCodec codec = new JournalCodec()) {
      c.setAutoCommit(false);
      run(c, damage);
      ChainWalk walk = new ChainWalk(c, new ShardKey(1, shard), codec, most);
      Verdict verdict = walk.through(LongStream.of(numbers).boxed().toList(), whole);
      c.rollback();
      return verdict;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 | 3          | 10 links of shard 0's chain hold, over 10 journal rows (its beginning to 10), and with them 1 of the 1 rows that hold its events
          0 | 10         | 10 links of shard 0's chain hold, over 10 journal rows (its beginning to 10), and with them 1 of the 1 rows that hold its events
          0 | 11,13,25   | 20 links of shard 0's chain hold, over 20 journal rows (10 to 30), and with them 3 of the 3 rows that hold its events
          0 | 5,35       | 20 links of shard 0's chain hold, over 20 journal rows (its beginning to 10, 30 to 40), and with them 2 of the 2 rows that hold its events
          1 | 4,36       | 10 links of shard 1's chain hold, over 40 journal rows (its beginning to 10), and with them 2 of the 2 rows that hold its events
          """)
  void rows_areLinkedFromTheNearestPoints(int shard, String numbers, String says)
      throws SQLException {
    long[] rows = Arrays.stream(numbers.split(",")).mapToLong(Long::parseLong).toArray();
    assertEquals(new Verdict("chain", true, says), walk("select 1", shard, 1_000, false, rows));
  }

  @Test
  void noMoreRowsAreReadThanAllowed_andItSaysSo() throws SQLException {
    Verdict some = walk("select 1", 0, 25, false, 5, 15, 25, 35);
    assertTrue(some.good());
    assertEquals(
        "20 links of shard 0's chain hold, over 20 journal rows (its beginning to 20), and with"
            + " them 2 of the 4 rows that hold its events; --whole-chain follows it through the"
            + " others",
        some.says());
    Verdict all = walk("select 1", 0, 25, true, 5, 15, 25, 35);
    assertTrue(all.says().contains("4 of the 4 rows"), all.says());
    assertTrue(walk("select 1", 0, 25, false).says().startsWith("no journal row holds"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          update journal set rating = set_byte(rating, 3, get_byte(rating, 3) # 1) where number = 14 ; journal row 14 is not what its digest was made of
          update journal set digest = set_byte(digest, 3, get_byte(digest, 3) # 1) where number = 14 ; journal row 14 is not what its digest was made of
          update journal set rules = 2 where number = 14 ; journal row 14 is not what its digest was made of
          update journal set number = 99 where number = 14 ; shard 0's commits 14 to 14 are missing between journal rows 13 and 15
          delete from journal where number = 14 ; shard 0's commits 14 to 14 are missing between journal rows 13 and 15
          delete from journal where number between 19 and 20 ; shard 0's commits 19 to 20 are missing after journal row 18
          update journal j set rating = o.rating, digest = o.digest from journal o where j.number = 14 and o.number = 13 ; journal row 14 is not what its digest was made of
          update journal set evidence_hash = sha256('x'), digest = sha256(int8send(number) || int4send(tenant) || int4send(rules) || rating || sha256('x')) where number = 14 ; does not lead to what was noted at its commit 20: a journal row from 11 to 20 was replaced
          update chain_point set chain = set_byte(chain, 3, get_byte(chain, 3) # 1) where number = 10 ; does not lead to what was noted at its commit 20
          """)
  void damage_isFoundAndNamed(String damage, String says) throws SQLException {
    Verdict verdict = walk(damage, 0, 1_000, false, 16);
    assertTrue(!verdict.good(), verdict.says());
    assertTrue(verdict.says().contains(says), verdict.says());
  }

  @Test
  void rowOfAnotherShard_isNoLink() throws SQLException {
    Verdict verdict = walk("select 1", 1, 1_000, false, 3);
    assertTrue(!verdict.good());
    assertEquals("journal row 3 is no link of shard 1's chain", verdict.says());
  }
}
