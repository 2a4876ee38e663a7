package io.millrace.connectors.settlement;

import static io.millrace.connectors.settlement.TestLedger.CATALOG;
import static io.millrace.connectors.settlement.TestLedger.CUSTOMER;
import static io.millrace.connectors.settlement.TestLedger.START;
import static io.millrace.connectors.settlement.TestLedger.TENANT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.check.Books;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import io.millrace.processors.settlement.DeliveryState;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CloserTest {

  private static final String RESULT =
      """
      select 'statement', id, kind, account::text, total::text from statement
      union all select 'line', statement, n::text, offer || name || late, exact || '/' || amount
        from statement_line
      union all select 'outbox', key, kind, payload, state from outbox
      union all select 'posting', seq::text, n::text, account::text, offer || name || amount
        from posting where shard < 0
      union all select 'turnover', account::text, shard::text, offer || name || late, amount::text
        from turnover
      union all select 'period', number::text, state, '', '' from period
      order by 1, 2, 3, 4, 5
      """;

  private Database database;
  private TestLedger ledger;
  private Closer closer;

  @BeforeEach
  void open() throws SQLException {
    database = TestServer.open(TestServer.emptyDatabase());
    ledger = new TestLedger(database, 20);
    closer = new Closer(database.pool());
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void period_isClosedInTwoStepsAndOnlyOnce() throws SQLException {
    ledger.work(0, 20, 60, 7);
    assertInstanceOf(CloseAnswer.Refused.class, settle(0));
    assertEquals(new CloseAnswer.Waiting(4), ask(0));
    assertEquals(new CloseAnswer.Waiting(4), ask(0));
    assertEquals(new CloseAnswer.Waiting(4), settle(0));
    assertEquals(List.of("0", "0", "0", "0"), ledger.rows("select closing from shard"));
    ledger.run("update shard set closed = 0 where number < 3");
    assertEquals(new CloseAnswer.Waiting(1), settle(0));
    ledger.shardsClose();
    assertEquals(new CloseAnswer.Waiting(0), ask(0));
    CloseAnswer.Closed closed = assertInstanceOf(CloseAnswer.Closed.class, settle(0));
    assertEquals(2, closed.partnerStatements());
    List<String> result = ledger.rows(RESULT);
    assertEquals(closed, settle(0));
    assertEquals(closed, ask(0));
    assertEquals(result, ledger.rows(RESULT));
    assertBooksHold();
  }

  @Test
  void periodsAreClosedInOrder_andWithoutShardsNotAtAll() throws SQLException {
    assertEquals("previous-open", refusal(ask(1)));
    ask(0);
    assertEquals("previous-open", refusal(ask(1)));
    assertEquals("not-asked", refusal(settle(1)));
    ledger.shardsClose();
    assertEquals(new CloseAnswer.Closed(0, 0), settle(0));
    assertEquals(new CloseAnswer.Waiting(4), ask(1));
    assertEquals("unknown-tenant", refusal(closer.ask(99, 0, START, START.plusSeconds(86_400))));
  }

  @Test
  void statements_areTheRoundedSumsAndThePartiesGetTheSharesOfTheWhole() throws SQLException {
    ledger.work(0, 20, 200, 11);
    ledger.work(1, 20, 50, 12);
    closePeriod(0);

    TreeMap<String, BigDecimal> charged = new TreeMap<>();
    BigDecimal whole = BigDecimal.ZERO;
    for (String row :
        ledger.rows("select account, name, late, amount from charge where period = 0")) {
      String[] part = row.split("\\|");
      BigDecimal amount = new BigDecimal(part[3]).movePointLeft(9);
      charged.merge(part[0] + "|lamp|" + part[1] + "|" + part[2], amount, BigDecimal::add);
      whole = whole.add(amount);
    }
    TreeMap<String, BigDecimal> invoiced = new TreeMap<>();
    for (String row :
        ledger.rows(
            "select s.account, l.offer, l.name, l.late, l.amount from statement s join"
                + " statement_line l on l.statement = s.id where s.kind = 'invoice'")) {
      int last = row.lastIndexOf('|');
      invoiced.put(
          row.substring(0, last), new BigDecimal(row.substring(last + 1)).movePointLeft(2));
    }
    charged.replaceAll((k, v) -> v.setScale(2, RoundingMode.HALF_UP));
    assertEquals(charged, invoiced);

    BigDecimal telco = whole.multiply(new BigDecimal("0.7")).setScale(9, RoundingMode.HALF_UP);
    assertEquals(
        List.of(
            telco.movePointRight(9).toBigInteger().toString(),
            whole.subtract(telco).movePointRight(9).toBigInteger().toString()),
        ledger.rows(
            "select l.exact from statement s join statement_line l on l.statement = s.id"
                + " where s.kind = 'partner-statement' order by s.account"));
    assertEquals(
        List.of("0"),
        ledger.rows(
            "select count(*) from (select account from posting join account a on a.id = account"
                + " where period = 0 and a.kind in ('customer', 'partner') group by account"
                + " having sum(amount) % 10000000 <> 0) odd"));
    assertBooksHold();
  }

  @Test
  void partners_getEveryCentThatCustomersAreInvoiced() throws SQLException {
    // EUR 0.205 in all: 70 % and 30 % of it round to 0.14 and 0.06, and so do the 0.21 invoiced to
    // 0.15 and 0.06: rounding by themselves they would miss a cent.
    ledger.charge(0, CUSTOMER, 0, false, 5_000_000, 200_000_000);
    closePeriod(0);
    assertEquals(
        List.of("10|21", "4|15", "5|6"),
        ledger.rows("select account, total from statement order by kind, account"));
    assertEquals(
        List.of("0"),
        ledger.rows("select coalesce(sum(amount), 0) from posting where account = 3"));
    assertBooksHold();
  }

  @Test
  void invoicesThatRoundAwayFromNothing_areSharedToo() throws SQLException {
    // Half a cent up, two lines down: what is exact cancels out, what is invoiced is a cent.
    ledger.charge(0, CUSTOMER, 0, false, 5_000_000, 0);
    ledger.charge(0, CUSTOMER + 1, 0, false, -2_500_000, 0);
    ledger.charge(0, CUSTOMER + 2, 0, false, -2_500_000, 0);
    closePeriod(0);
    assertEquals(
        List.of("10|1", "11|0", "12|0", "4|1", "5|0"),
        ledger.rows("select account, total from statement order by kind, account"));
    assertBooksHold();
  }

  @Test
  void sharesOfManyShards_areTruedUp() throws SQLException {
    for (int shard = 0; shard < TestLedger.SHARDS; shard++) {
      ledger.charge(shard, CUSTOMER, 0, false, 1, 0);
    }
    assertEquals(
        List.of("4|-4"),
        ledger.rows("select account, sum(amount) from posting where account = 4 group by account"));
    closePeriod(0);
    assertEquals(
        List.of("4|3", "5|1"),
        ledger.rows(
            "select s.account, l.exact from statement s join statement_line l on l.statement = s.id"
                + " where s.kind = 'partner-statement' order by s.account"));
    assertEquals(
        List.of("shares of period 0", "rounding of period 0"),
        ledger.rows("select what from entry where shard = -1 order by seq"));
    assertBooksHold();
  }

  @Test
  void nextPeriod_isSettledOnItsOwn() throws SQLException {
    ledger.work(0, 20, 40, 1);
    closePeriod(0);
    ledger.work(1, 20, 40, 2);
    closePeriod(1);
    assertBooksHold();
    assertEquals(
        ledger.rows("select sum(amount) from turnover where account >= 10"),
        ledger.rows("select sum(total) * 10000000 from statement where kind = 'invoice'"));
  }

  @Test
  void postingIntoAClosedPeriod_isRefusedByTheDatabase() throws SQLException {
    ledger.charge(0, CUSTOMER, 0, false, 5, 0);
    closePeriod(0);
    SQLException refused =
        assertThrows(SQLException.class, () -> ledger.charge(0, CUSTOMER, 0, false, 5, 0));
    assertEquals("MR004", refused.getSQLState());
    SQLException edited =
        assertThrows(SQLException.class, () -> ledger.run("update statement set total = 0"));
    assertEquals("MR003", edited.getSQLState());
  }

  @Test
  void ledgerThatCannotBeRight_isNotSettled() throws SQLException {
    ledger.charge(0, CUSTOMER, 0, false, 1_000, 0);
    ledger.run("update turnover set amount = amount - 1 where account = 4");
    ask(0);
    ledger.shardsClose();
    IllegalStateException refused = assertThrows(IllegalStateException.class, () -> settle(0));
    assertTrue(refused.getMessage().startsWith("agreement lamp of tenant 1 in period 0"));
    assertEquals(List.of(), ledger.rows("select * from statement"));
    assertEquals(List.of("closing"), ledger.rows("select state from period"));
  }

  @Test
  void connectionThatDiesAtAnyStep_leavesNothingAndTheNextRunTheSame() throws SQLException {
    ledger.work(0, 20, 60, 3);
    ledger.charge(0, CUSTOMER, 0, false, 1, 0);
    ledger.charge(1, CUSTOMER, 0, false, 1, 0);
    ledger.charge(2, CUSTOMER, 0, false, 1, 0);
    List<String> before = ledger.rows(RESULT);
    int deaths = 0;
    for (boolean asked = false; !asked; deaths++) {
      try {
        new Closer(new DyingPool(database.pool(), deaths)).ask(TENANT, 0, START, START);
        asked = true;
      } catch (SQLException e) {
        assertEquals(before, ledger.rows(RESULT));
        assertEquals(List.of("-1"), ledger.rows("select distinct closing from shard"));
      }
    }
    assertTrue(deaths > 5, "steps of the first part: " + deaths);
    ledger.shardsClose();
    before = ledger.rows(RESULT);
    deaths = 0;
    for (boolean settled = false; !settled; deaths++) {
      try {
        new Closer(new DyingPool(database.pool(), deaths)).settle(TENANT, 0, CATALOG, "erp");
        settled = true;
      } catch (SQLException e) {
        assertEquals(before, ledger.rows(RESULT));
      }
    }
    assertTrue(deaths > 15, "steps of the second part: " + deaths);
    assertBooksHold();

    try (Database other = TestServer.open(TestServer.emptyDatabase())) {
      List<String> interrupted = ledger.rows(RESULT);
      ledger = new TestLedger(other, 20);
      closer = new Closer(other.pool());
      ledger.work(0, 20, 60, 3);
      ledger.charge(0, CUSTOMER, 0, false, 1, 0);
      ledger.charge(1, CUSTOMER, 0, false, 1, 0);
      ledger.charge(2, CUSTOMER, 0, false, 1, 0);
      closePeriod(0);
      assertEquals(ledger.rows(RESULT), interrupted);
    }
  }

  @Test
  void report_showsStatementsLinesAndDeliveries() throws SQLException {
    ledger.charge(0, CUSTOMER, 0, false, 24_999_999, 100_000_000);
    closePeriod(0);
    StatementReport report = new StatementReport(database.pool());
    List<StatementReport.Row> rows = report.of(TENANT, 0, "");
    assertEquals(
        List.of(
            "0-customer-10 customer-0 0.12",
            "0-partner-4 telco 0.08",
            "0-partner-5 lamp-vendor 0.04"),
        rows.stream().map(r -> r.id() + " " + r.account() + " " + r.total()).toList());
    assertEquals(DeliveryState.QUEUED, rows.getFirst().delivery());
    assertEquals(
        List.of("lamp, energy 0.024999999 0.02", "lamp, lease 0.100000000 0.10"),
        report.lines(TENANT, "0-customer-10").stream()
            .map(l -> l.key().text() + " " + l.exact() + " " + l.amount())
            .toList());
    assertEquals(2, report.of(TENANT, 0, "0-customer-10").size());
    assertEquals(3, new OutboxReport(database.pool()).counts(TENANT).get(DeliveryState.QUEUED));
    assertEquals(
        List.of(
            """
            {"reference":"millrace:1:0-customer-10","tenant":"city","period":0,"kind":"invoice",\
            "account":"customer-0","currency":"EUR","lines":[{"account":"customer:customer-0",\
            "text":"invoice of period 0","debit":"0.12","credit":"0.00"},{"account":"revenue",\
            "text":"lamp, energy","debit":"0.00","credit":"0.02"},{"account":"revenue",\
            "text":"lamp, lease","debit":"0.00","credit":"0.10"}],"total":"0.12"}\
            """),
        ledger.rows("select payload from outbox where kind = 'invoice'"));
  }

  private CloseAnswer ask(int period) throws SQLException {
    Instant starts = START.plusSeconds(86_400L * period);
    return closer.ask(TENANT, period, starts, starts.plusSeconds(86_400));
  }

  private CloseAnswer settle(int period) throws SQLException {
    return closer.settle(TENANT, period, CATALOG, "erp");
  }

  private void closePeriod(int period) throws SQLException {
    assertInstanceOf(CloseAnswer.Waiting.class, ask(period));
    ledger.shardsClose();
    assertInstanceOf(CloseAnswer.Closed.class, settle(period));
  }

  private static String refusal(CloseAnswer answer) {
    return assertInstanceOf(CloseAnswer.Refused.class, answer).code();
  }

  private void assertBooksHold() throws SQLException {
    assertEquals(
        List.of(),
        new Books(database.pool()).check(TENANT).stream().filter(f -> !f.holds()).toList());
  }
}
