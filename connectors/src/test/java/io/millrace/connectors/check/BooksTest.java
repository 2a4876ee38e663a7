package io.millrace.connectors.check;

import static io.millrace.connectors.settlement.TestLedger.CATALOG;
import static io.millrace.connectors.settlement.TestLedger.START;
import static io.millrace.connectors.settlement.TestLedger.TENANT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.connectors.check.Books.Check;
import io.millrace.connectors.check.Books.Finding;
import io.millrace.connectors.settlement.CloseAnswer;
import io.millrace.connectors.settlement.Closer;
import io.millrace.connectors.settlement.TestLedger;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import io.millrace.processors.journal.Commit;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.journal.Section;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Command;
import io.millrace.processors.usage.UsageBatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A checker that can't fail proves nothing: each one is shown a dropped row and a flipped unit. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BooksTest {

  private static final String ONE = "ctid = (select ctid from %s where %s order by ctid limit 1)";

  private Database database;

  @BeforeAll
  void settleTwoPeriodsAndLeaveOneOpen() throws SQLException {
    database = TestServer.open(TestServer.emptyDatabase());
    TestLedger ledger = new TestLedger(database, 10);
    Closer closer = new Closer(database.pool());
    for (int period = 0; period < 3; period++) {
      ledger.work(period, 10, 40, period);
      if (period < 2) {
        closer.ask(TENANT, period, START, START);
        ledger.shardsClose();
        CloseAnswer answer = closer.settle(TENANT, period, CATALOG, "erp");
        assertEquals(CloseAnswer.Closed.class, answer.getClass());
      }
    }
    chargeABalance();
  }

  /** A charge of 700 units to an account with a balance, which had 500 of them. */
  private void chargeABalance() throws SQLException {
    try (Connection connection = database.connection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(
          """
          insert into account (tenant, id, kind, name, currency, scale, rooted) values
            (1, 100, 'drawn', '', 'EUR', 9, false), (1, 101, 'customer', 'anna', 'EUR', 9, true),
            (1, 102, 'balance', 'anna', 'EUR', 9, false),
            (1, 103, 'overrun', 'anna', 'EUR', 9, false), (1, 105, 'in-transit', '', 'EUR', 9, false),
            (1, 104, 'cash', '', 'EUR', 9, false);
          insert into entry (tenant, shard, seq, booked_at, what) values (1, 0, 999, now(), 'usage');
          insert into posting (tenant, shard, seq, n, account, period, offer, name, amount) values
            (1, 0, 999, 0, 102, 2, '', 'top-up', -520), (1, 0, 999, 1, 104, 2, '', 'top-up', 520),
            (1, 0, 999, 2, 102, 2, '', 'transfer', 20), (1, 0, 999, 3, 105, 2, '', 'transfer', -20);
          insert into message (tenant, from_shard, seq, n, to_shard, body, amount, lender, lent) values
            (1, 0, 999, 0, 1, '', 20, 101, 30);
          insert into lent (tenant, account, shard, amount) values (1, 101, 0, 100), (1, 101, 1, -70);
          insert into outbox (tenant, endpoint, topic, account, key, kind, payload) values
            (1, 'notices', 'notice', 101, 'millrace:1:notice:0:999:0', 'topped-up',
             '{"amount": "0.00000052"}');
          insert into entry (tenant, shard, seq, booked_at, what) values (1, 0, 1000, now(), 'usage');
          insert into charge (tenant, shard, seq, n, subscription, account, catalog, offer, name,
            period, late, window_start, window_end, delta, events, quantity, amount, evidence, digest)
          values (1, 0, 1000, 0, 1, 101, 'hash', 'car', 'energy', 2, false, now(), now(), false,
            1, 1, 700, '', '');
          insert into posting (tenant, shard, seq, n, account, period, offer, name, amount) values
            (1, 0, 1000, 0, 101, 2, 'car', 'energy', 700), (1, 0, 1000, 1, 1, 2, 'car', 'energy', -700),
            (1, 0, 1000, 2, 102, 2, '', 'drawn', 500), (1, 0, 1000, 3, 103, 2, '', 'overrun', 200),
            (1, 0, 1000, 4, 100, 2, '', 'drawn', -500), (1, 0, 1000, 5, 100, 2, '', 'overrun', -200);
          insert into turnover (tenant, period, account, shard, offer, name, late, amount)
            select tenant, period, account, shard, offer, name, late, amount from posting
            where shard = 0 and seq in (999, 1000);
          insert into account_change (tenant, shard, seq, n, account, kind, bucket, allowance,
            amount, reason, at) values (1, 0, 999, 0, 101, 'top-up', '', '', 520, '', now()),
              (1, 0, 999, 1, 101, 'transfer', '', '', -20, '', now()),
              (1, 0, 999, 2, 101, 'adjustment', 'addon', 'extra', 500, '', now());
          insert into unit_posting (tenant, shard, seq, n, account, allowance, name, quantity) values
            (1, 0, 999, 0, 101, 'extra', 'adjustment', 500), (1, 0, 1000, 0, 101, 'extra', 'drawn', -40)
          """);
      journal(connection);
      connection.commit();
    }
  }

  /** The commit that asked for the top-up and the transfer, and for one that was refused. */
  private static void journal(Connection connection) throws SQLException {
    AccountRequest.Key key = new AccountRequest.Key(1, 1, 1, 1);
    Section section =
        new Section(
            0,
            1,
            999,
            START.toEpochMilli(),
            1,
            List.of(
                new Command.Account(new AccountRequest.Pay(key, 101, 520, false)),
                new Command.Account(new AccountRequest.Transfer(key, 101, 2, 1, 20, 105)),
                new Command.Account(
                    new AccountRequest.Units(key, 101, "addon", "extra", 500, true, -1, "")),
                new Command.Account(new AccountRequest.Transfer(key, 101, 2, 1, 5_000, 105))),
            0,
            0);
    try (JournalCodec codec = new JournalCodec();
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into journal (tenant, number, rules, rating, evidence_hash, digest)"
                    + " values (1, 999000, 1, ?, '', '')")) {
      insert.setBytes(
          1,
          codec
              .encode(new Commit(TENANT, 999_000, 1, List.of(section), new UsageBatch(1)))
              .rating());
      insert.executeUpdate();
    }
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void soundBooks_holdInEveryCheck() throws SQLException {
    List<Finding> findings = new Books(database.pool()).check(TENANT);
    assertEquals(List.of(Check.values()), findings.stream().map(Finding::check).toList());
    assertEquals(List.of(), findings.stream().filter(f -> !f.holds()).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          posting        | shard = 1                   | drop            | ENTRIES_SUM_TO_ZERO
          posting        | account = 4                 | amount          | ENTRIES_SUM_TO_ZERO
          posting        | shard = -1 and account > 5  | amount          | ENTRIES_SUM_TO_ZERO
          turnover       | account = 1                 | drop            | TURNOVER_IS_POSTINGS
          turnover       | account = 1                 | amount          | TURNOVER_IS_POSTINGS
          posting        | account = 1                 | drop            | TURNOVER_IS_POSTINGS
          charge         | true                        | drop            | CHARGES_ARE_POSTINGS
          charge         | true                        | amount          | CHARGES_ARE_POSTINGS
          posting        | shard >= 0 and account > 9  | drop            | CHARGES_ARE_POSTINGS
          posting        | account = 102 and seq > 999 | drop            | BALANCES_PAY_THE_CHARGES
          posting        | account = 103               | amount          | BALANCES_PAY_THE_CHARGES
          posting        | account = 2                 | drop            | SHARES_ARE_THE_WHOLE
          posting        | account = 4 and period = 2  | amount          | SHARES_ARE_THE_WHOLE
          statement_line | true                        | drop            | STATEMENTS_ADD_UP
          statement_line | true                        | amount          | STATEMENTS_ADD_UP
          statement      | true                        | total           | STATEMENTS_ADD_UP
          statement_line | statement like '0-partner%' | drop            | PARTNERS_GET_THE_INVOICES
          statement_line | statement like '0-partner%' | amount          | PARTNERS_GET_THE_INVOICES
          statement_line | statement like '0-cust%'    | amount          | PARTNERS_GET_THE_INVOICES
          statement_line | true                        | exact           | STATEMENTS_ARE_POSTINGS
          posting        | account > 9 and shard = -1  | drop            | STATEMENTS_ARE_POSTINGS
          posting        | account = 5 and period = 0  | amount          | STATEMENTS_ARE_POSTINGS
          statement      | true                        | drop            | ACCOUNTS_HAVE_STATEMENTS
          outbox         | topic = 'statement'         | drop            | STATEMENTS_ARE_DELIVERED
          statement      | true                        | drop            | STATEMENTS_ARE_DELIVERED
          outbox         | topic = 'statement'         | payload         | STATEMENTS_ARE_DELIVERED
          outbox         | topic = 'notice'            | drop            | TOP_UPS_ARE_TOLD
          outbox         | topic = 'notice'            | amount-told     | TOP_UPS_ARE_TOLD
          posting        | seq = 999 and amount = -520 | amount          | TOP_UPS_ARE_TOLD
          posting        | seq = 999 and amount = -520 | drop            | TOP_UPS_ARE_TOLD
          message        | true                        | drop            | IN_TRANSIT_IS_UNDER_WAY
          message        | true                        | amount          | IN_TRANSIT_IS_UNDER_WAY
          posting        | account = 105               | amount          | IN_TRANSIT_IS_UNDER_WAY
          posting        | seq = 999 and account = 102 | account         | DEPOSITS_ARE_CHANGES
          posting        | seq = 999 and account = 102 | drop            | DEPOSITS_ARE_CHANGES
          account_change | kind = 'top-up'             | drop            | DEPOSITS_ARE_CHANGES
          account_change | kind = 'top-up'             | amount          | DEPOSITS_ARE_CHANGES
          account_change | kind = 'top-up'             | amount          | CHANGES_ARE_ASKED_FOR
          account_change | kind = 'transfer'           | account         | CHANGES_ARE_ASKED_FOR
          journal        | number = 999000             | drop            | CHANGES_ARE_ASKED_FOR
          lent           | shard = 0                   | drop            | LENT_IS_THERE_OR_UNDER_WAY
          lent           | shard = 1                   | amount          | LENT_IS_THERE_OR_UNDER_WAY
          message        | lender is not null          | drop            | LENT_IS_THERE_OR_UNDER_WAY
          message        | lender is not null          | lent            | LENT_IS_THERE_OR_UNDER_WAY
          account_change | allowance = 'extra'         | drop            | UNITS_ARE_POSTED
          account_change | allowance = 'extra'         | amount          | CHANGES_ARE_ASKED_FOR
          unit_posting   | name = 'adjustment'         | drop            | UNITS_ARE_POSTED
          unit_posting   | name = 'adjustment'         | quantity        | UNITS_ARE_POSTED
          """)
  void damage_isFound(String table, String where, String damage, Check by) throws SQLException {
    String row = ONE.formatted(table, where);
    String sql =
        switch (damage) {
          case "drop" -> "delete from " + table + " where " + row;
          case "payload" ->
              "update outbox set payload = jsonb_set(payload::jsonb, '{total}',"
                  + " '\"999.99\"')::text where "
                  + row;
          case "amount-told" ->
              "update outbox set payload = jsonb_set(payload::jsonb, '{amount}',"
                  + " '\"0.000000499\"')::text where "
                  + row;
          default -> "update " + table + " set " + damage + " = " + damage + " + 1 where " + row;
        };
    try (Connection connection = database.connection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("set local session_replication_role = replica");
      assertEquals(1, statement.executeUpdate(sql));
      Finding found = Books.run(connection, TENANT, by);
      assertFalse(found.holds(), by.code());
      assertFalse(found.example().isBlank());
      connection.rollback();
    }
  }

  @Test
  void everyCheck_isShownBothKindsOfDamageInTheTableAbove() throws Exception {
    String[] rows =
        BooksTest.class
            .getDeclaredMethod(
                "damage_isFound", String.class, String.class, String.class, Check.class)
            .getAnnotation(CsvSource.class)
            .textBlock()
            .split("\n");
    Set<Check> shown =
        List.of(rows).stream()
            .map(r -> Check.valueOf(r.substring(r.lastIndexOf('|') + 1).strip()))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Check.class)));
    assertEquals(EnumSet.allOf(Check.class), shown);
  }
}
