package io.millrace.connectors.settlement;

import static io.millrace.connectors.settlement.TestLedger.CUSTOMER;
import static io.millrace.connectors.settlement.TestLedger.START;
import static io.millrace.connectors.settlement.TestLedger.TENANT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.check.Books;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a catalog says of charges beside their prices, as a period is closed. */
class SettledTermsTest {

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
  void taxCodes_goWithTheInvoicesLinesAndStayAsTheyWere() throws SQLException {
    Catalog taxed =
        catalog(
            file ->
                file.replace("    window:", "    tax: ES-21\n    window:")
                    .replace("{recurring:", "{tax: ES-0, recurring:"));
    ledger.charge(0, CUSTOMER, 0, false, 24_999_999, 100_000_000);
    assertInstanceOf(CloseAnswer.Waiting.class, ask());
    ledger.shardsClose();
    assertInstanceOf(CloseAnswer.Closed.class, closer.settle(TENANT, 0, taxed, "erp"));
    StatementReport report = new StatementReport(database.pool());
    assertEquals(
        List.of("lamp, energy ES-21", "lamp, lease ES-0"),
        report.lines(TENANT, "0-customer-10").stream()
            .map(l -> l.key().text() + " " + l.tax())
            .toList());
    assertEquals("", report.lines(TENANT, "0-partner-4").getFirst().tax());
    String invoice = ledger.rows("select payload from outbox where kind = 'invoice'").getFirst();
    assertTrue(
        invoice.contains(
            """
            {"account":"revenue","text":"lamp, energy","debit":"0.00","credit":"0.02",\
            "tax":"ES-21"},{"account":"revenue","text":"lamp, lease","debit":"0.00",\
            "credit":"0.10","tax":"ES-0"}],"total":"0.12"}\
            """),
        invoice);
    assertTrue(
        ledger.rows("select payload from outbox where kind <> 'invoice'").stream()
            .noneMatch(payload -> payload.contains("tax")));
  }

  @Test
  void tiersAndPromises_areSettledByTheWholeOfAllShards() throws SQLException {
    Catalog shared =
        catalog(
            file ->
                file.replace("percent: 70", "percent: 70, at-least: 5")
                    .replace(
                        "every: day}",
                        "every: day, share: [{party: telco, tiers: [{to: 0.10, percent: 70},"
                            + " {percent: 50}]}, {party: lamp-vendor, remainder: true}]}"));
    ledger.shareLeaseAlone();
    ledger.charge(0, CUSTOMER, 0, false, 24_999_999, 100_000_000);
    ledger.charge(3, CUSTOMER + 1, 0, true, 0, 100_000_000);
    assertInstanceOf(CloseAnswer.Waiting.class, ask());
    ledger.shardsClose();
    assertInstanceOf(CloseAnswer.Closed.class, closer.settle(TENANT, 0, shared, "erp"));
    // 0.02 and 0.20 were invoiced: 70 % of 0.10 and 50 % of as much, and 5.00 whatever came in.
    assertEquals(
        List.of("lamp, 5.00", "lamp, lease 0.12", "lamp, -4.98", "lamp, lease 0.08"),
        partnersLines());
    assertBooksHold();
    ledger.run(
        "alter table statement_line disable trigger statement_line_append_only",
        "update statement_line set amount = amount + 1"
            + " where statement = '0-partner-4' and name = 'lease'",
        "update statement_line set amount = amount - 1"
            + " where statement = '0-partner-4' and name = ''");
    assertEquals(
        List.of(Books.Check.PARTNERS_GET_THE_INVOICES),
        new Books(database.pool())
            .check(TENANT).stream().filter(f -> !f.holds()).map(Books.Finding::check).toList());
  }

  /** What shards posted for units is on the statement, whatever part of the invoice it is. */
  @Test
  void amountForUnits_isSettledAsItWasPosted() throws SQLException {
    Catalog shared =
        catalog(
            file ->
                file.replace(
                    "unit: kWh}",
                    "unit: kWh, share: [{party: telco, per-unit: 0.00003},"
                        + " {party: lamp-vendor, remainder: true}]}"));
    ledger.shareEachAlone();
    ledger.charge(0, CUSTOMER, 0, false, 124_999_999, 0);
    assertInstanceOf(CloseAnswer.Waiting.class, ask());
    ledger.shardsClose();
    assertInstanceOf(CloseAnswer.Closed.class, closer.settle(TENANT, 0, shared, "erp"));
    // 0.12 was invoiced; the ledger has 0.087499999 for the telco's units.
    assertEquals(
        List.of("lamp, energy 0.09", "lamp, lease 0.00", "lamp, energy 0.03", "lamp, lease 0.00"),
        partnersLines());
    assertBooksHold();
  }

  @Test
  void promise_isKeptInAPeriodWithoutCharges() throws SQLException {
    Catalog promised = catalog(file -> file.replace("percent: 70", "percent: 70, at-least: 5"));
    assertInstanceOf(CloseAnswer.Waiting.class, ask());
    ledger.shardsClose();
    assertInstanceOf(CloseAnswer.Closed.class, closer.settle(TENANT, 0, promised, "erp"));
    assertEquals(List.of("lamp, 5.00", "lamp, -5.00"), partnersLines());
    assertBooksHold();
  }

  private List<String> partnersLines() throws SQLException {
    StatementReport report = new StatementReport(database.pool());
    List<String> lines = new ArrayList<>();
    for (String id : List.of("0-partner-4", "0-partner-5")) {
      report
          .lines(TENANT, id)
          .forEach(
              l -> lines.add(l.key().offer() + ", " + (l.key().name() + " " + l.amount()).trim()));
    }
    return lines;
  }

  private static Catalog catalog(UnaryOperator<String> change) {
    String file = new String(CatalogFile.template("smart-city.yaml"), StandardCharsets.UTF_8);
    byte[] changed = change.apply(file).getBytes(StandardCharsets.UTF_8);
    return assertInstanceOf(
            CatalogFile.Result.Accepted.class, CatalogFile.read("changed.yaml", changed))
        .catalog();
  }

  private CloseAnswer ask() throws SQLException {
    return closer.ask(TENANT, 0, START, START.plusSeconds(86_400));
  }

  private void assertBooksHold() throws SQLException {
    assertEquals(
        List.of(),
        new Books(database.pool()).check(TENANT).stream().filter(f -> !f.holds()).toList());
  }
}
