package io.millrace.connectors.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the database itself refuses of the ledger, whoever writes to it (I4, I11). */
class LedgerRulesTest {
  private static final String ENTRY = "insert into entry values (1, 0, 8, now(), 'test');";
  private static final String POSTING =
      "insert into posting (tenant, shard, seq, n, account, period, amount) values ";

  private Database database;

  @BeforeEach
  void open() throws SQLException {
    database = TestServer.open(TestServer.emptyDatabase());
    commit("insert into tenant (id, name, shards, fingerprint) values (1, 'city', 4, '')");
    commit(
        "insert into account values (1, 1, 'customer', 'a', 'EUR', 9), (1, 2, 'revenue', 'b',"
            + " 'EUR', 9), (1, 3, 'revenue', 'c', 'USD', 9)");
    commit(
        "insert into period (tenant, number, starts, ends, state) values (1, 6, now(), now(),"
            + " 'closed')");
    commit(
        "insert into entry values (1, 0, 7, now(), 'test');"
            + POSTING
            + "(1, 0, 7, 0, 1, 7, 50), (1, 0, 7, 1, 2, 7, -50)");
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void commit(String sql) throws SQLException {
    try (Connection c = database.connection();
        Statement s = c.createStatement()) {
      c.setAutoCommit(false);
      s.execute(sql);
      c.commit();
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "a unit too much         | (1, 0, 8, 0, 1, 7, 50), (1, 0, 8, 1, 2, 7, -49) | MR001",
        "one leg                 | (1, 0, 8, 0, 1, 7, 50)                          | MR001",
        "two currencies          | (1, 0, 8, 0, 1, 7, 50), (1, 0, 8, 1, 3, 7, -50) | MR001",
        "no such account, alone  | (1, 0, 8, 0, 9, 7, 0)                           | MR001",
        "no such account         | (1, 0, 8, 0, 9, 7, 50), (1, 0, 8, 1, 8, 7, -50) | MR001",
        "an entry made before    | (1, 0, 7, 2, 1, 7, 50), (1, 0, 7, 3, 2, 7, -50) | MR002",
        "no such entry           | (1, 0, 9, 0, 1, 7, 50), (1, 0, 9, 1, 2, 7, -50) | MR002",
        "a closed period         | (1, 0, 8, 0, 1, 6, 50), (1, 0, 8, 1, 2, 6, -50) | MR004",
        "the same posting twice  | (1, 0, 8, 0, 1, 7, 0), (1, 0, 8, 0, 1, 7, 0)    | 23505",
      })
  void postingsAgainstTheRules_areRefusedAtCommit(String what, String postings, String state)
      throws SQLException {
    SQLException refused =
        assertThrows(SQLException.class, () -> commit(ENTRY + POSTING + postings), what);
    assertEquals(state, refused.getSQLState(), refused.getMessage());
    commit(ENTRY + POSTING + "(1, 0, 8, 0, 1, 7, 50), (1, 0, 8, 1, 2, 7, -50)");
    assertEquals(4, postings());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "delete from account where id = 3",
        "update account set id = 4 where id = 3",
        "truncate account cascade",
        "delete from posting",
        "update posting set amount = 0",
        "delete from entry",
        "truncate entry cascade",
        "update charge set amount = 0",
      })
  void whatIsWritten_isNeitherChangedNorTakenAway(String sql) {
    assertEquals("MR003", assertThrows(SQLException.class, () -> commit(sql)).getSQLState());
  }

  @Test
  void accountIsRenamed() throws SQLException {
    commit("update account set name = 'z' where id = 3");
  }

  private int postings() throws SQLException {
    try (Connection c = database.connection();
        ResultSet row = c.createStatement().executeQuery("select count(*) from posting")) {
      row.next();
      return row.getInt(1);
    }
  }
}
