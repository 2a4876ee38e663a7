package io.millrace.connectors.settlement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import io.millrace.processors.settlement.Answer;
import io.millrace.processors.settlement.Delivery.Step;
import io.millrace.processors.settlement.DeliveryPolicy;
import io.millrace.processors.settlement.DeliveryState;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutboxTest {

  /** Hours of waiting: what is to be due again is made due by hand. */
  private static final DeliveryPolicy POLICY =
      new DeliveryPolicy(Duration.ofHours(2), Duration.ofHours(2), 3);

  private Database database;
  private TestLedger ledger;
  private Outbox outbox;

  @BeforeEach
  void open() throws SQLException {
    database = TestServer.open(TestServer.emptyDatabase());
    ledger = new TestLedger(database, 1);
    ledger.run(
        "insert into outbox (tenant, endpoint, key, kind, payload) values"
            + " (1, 'erp', 'a', 'invoice', '{}'), (1, 'lake', 'c', 'invoice', '{}')");
    outbox = outbox();
  }

  @AfterEach
  void close() {
    outbox.close();
    database.close();
  }

  private Outbox outbox() {
    return new Outbox(database.pool(), "erp", POLICY, () -> 0);
  }

  @Test
  void attempt_isCommittedBeforeAnythingIsSent() throws SQLException {
    Due due = outbox.claim().orElseThrow();
    assertEquals("a", due.key());
    assertEquals(Step.POST, due.step());
    assertEquals(List.of("sent|1"), state("a"));
    outbox.record(due, new Answer.Holds("JE-1"));
    assertEquals(List.of("acknowledged|1"), state("a"));
    assertEquals(List.of("JE-1"), ledger.rows("select reference from outbox where key = 'a'"));
    assertEquals(Optional.empty(), outbox.claim());
    assertEquals(List.of("queued|0"), state("c"));
  }

  @Test
  void rowThatACrashLeftSent_isReadFirst() throws SQLException {
    assertTrue(outbox.claim().isPresent());
    outbox.close();
    Due again = outbox().claim().orElseThrow();
    assertEquals(Step.READ, again.step());
    assertEquals(2, again.attempt());
    assertEquals(List.of("unknown|2"), state("a"));
  }

  @Test
  void readThatFindsNothing_isPostedAgainAtOnceWithTheSameKeyAndPayload() throws SQLException {
    Due first = outbox.claim().orElseThrow();
    outbox.record(first, new Answer.Lost("timed-out"));
    assertEquals(List.of("unknown|1"), state("a"));
    assertEquals(Optional.empty(), outbox.claim(), "backs off");
    makeDue();
    Due read = outbox.claim().orElseThrow();
    assertEquals(Step.READ, read.step());
    outbox.record(read, new Answer.Absent());
    Due again = outbox.claim().orElseThrow();
    assertEquals(Step.POST, again.step());
    assertEquals(first.key(), again.key());
    assertEquals(first.payload(), again.payload());
  }

  @Test
  void readThatFindsIt_acknowledgesWithoutAnotherPost() throws SQLException {
    outbox.record(outbox.claim().orElseThrow(), new Answer.Status(502, null));
    makeDue();
    Due read = outbox.claim().orElseThrow();
    assertEquals(Step.READ, read.step());
    outbox.record(read, new Answer.Holds("JE-9"));
    assertEquals(List.of("acknowledged|2"), state("a"));
  }

  @Test
  void lastAttempt_givesUpWithItsReasonUntilAnOperatorRetries() throws SQLException {
    for (int i = 0; i < 3; i++) {
      outbox.record(outbox.claim().orElseThrow(), new Answer.Unreachable("ConnectException"));
      makeDue();
    }
    assertEquals(List.of("given-up|3"), state("a"));
    assertEquals(
        List.of("unreachable: ConnectException"),
        ledger.rows("select reason from outbox where key = 'a'"));
    assertEquals(Optional.empty(), outbox.claim());
    OutboxReport report = new OutboxReport(database.pool());
    assertEquals(1, report.counts(1).get(DeliveryState.GIVEN_UP));
    assertTrue(report.retry(1, "a"));
    assertFalse(report.retry(1, "a"));
    assertEquals(Step.READ, outbox.claim().orElseThrow().step());
  }

  @Test
  void secondDeliverer_getsNothingUntilTheFirstIsGone() throws SQLException {
    assertTrue(outbox.claim().isPresent());
    try (Outbox second = outbox()) {
      assertEquals(Optional.empty(), second.claim());
      outbox.close();
      assertEquals(Step.READ, second.claim().orElseThrow().step());
    }
  }

  @Test
  void delivererWhoseSessionTheServerEnded_claimsAndRecordsNothing() throws SQLException {
    Due due = outbox.claim().orElseThrow();
    ledger.run(
        "select pg_terminate_backend(pid, 5000) from pg_locks"
            + " where locktype = 'advisory' and granted and database ="
            + " (select oid from pg_database where datname = current_database())");
    try (Outbox second = outbox()) {
      second.record(second.claim().orElseThrow(), new Answer.Holds("JE-2"));
      assertThrows(SQLException.class, () -> outbox.record(due, new Answer.Status(422, null)));
      assertEquals(List.of("acknowledged|2"), state("a"));
      assertEquals(Optional.empty(), outbox.claim());
      assertThrows(SQLException.class, () -> outbox.record(due, new Answer.Status(422, null)));
      assertEquals(List.of("acknowledged|2"), state("a"));
    }
  }

  @Test
  void noticesOfAnAccount_goInTheirOrderWhateverOthersWaitFor() throws SQLException {
    ledger.run(
        "insert into outbox (tenant, endpoint, topic, account, key, kind, payload) values"
            + " (1, 'notices', 'notice', 7, 'first', 'low-balance', '{}'),"
            + " (1, 'notices', 'notice', 7, 'second', 'blocked', '{}'),"
            + " (1, 'notices', 'notice', 8, 'other', 'blocked', '{}')");
    try (Outbox notices = new Outbox(database.pool(), "notices", POLICY, () -> 0)) {
      Due first = notices.claim().orElseThrow();
      assertEquals("first", first.key());
      notices.record(first, new Answer.Status(503, null));
      Due other = notices.claim().orElseThrow();
      assertEquals("other", other.key());
      notices.record(other, new Answer.Holds("other"));
      assertEquals(Optional.empty(), notices.claim(), "the second waits for the first");
      makeDue();
      Due again = notices.claim().orElseThrow();
      assertEquals("first", again.key());
      notices.record(again, new Answer.Absent());
      notices.record(notices.claim().orElseThrow(), new Answer.Status(422, null));
      assertEquals(List.of("refused|3"), state("first"));
      assertEquals("second", notices.claim().orElseThrow().key(), "it has ended");
    }
  }

  @Test
  void accounts_takeTurnsHoweverMuchOneHasToBeTold() throws SQLException {
    ledger.run(
        "insert into outbox (tenant, endpoint, topic, account, key, kind, payload)"
            + " select 1, 'notices', 'notice', 7, 'seven-' || n, 'blocked', '{}'"
            + " from generate_series(1, 3) n");
    ledger.run(
        "insert into outbox (tenant, endpoint, topic, account, key, kind, payload) values"
            + " (1, 'notices', 'notice', 8, 'eight', 'blocked', '{}')");
    List<String> order = new ArrayList<>();
    try (Outbox notices = new Outbox(database.pool(), "notices", POLICY, () -> 0)) {
      for (Optional<Due> due; (due = notices.claim()).isPresent(); ) {
        order.add(due.get().key());
        notices.record(due.get(), new Answer.Holds("taken"));
      }
    }
    assertEquals(List.of("seven-1", "eight", "seven-2", "seven-3"), order);
  }

  @Test
  void noticeOfAnother_isFoundAtOncePastAllThatWaitBehindOneThatBacksOff() throws SQLException {
    ledger.run(
        "insert into outbox (tenant, endpoint, topic, account, key, kind, payload)"
            + " select 1, 'notices', 'notice', 7, 'seven-' || n, 'blocked', '{}'"
            + " from generate_series(1, 40000) n");
    try (Outbox notices = new Outbox(database.pool(), "notices", POLICY, () -> 0)) {
      notices.record(notices.claim().orElseThrow(), new Answer.Status(503, null));
      assertEquals(Optional.empty(), notices.claim());
      long begun = System.nanoTime();
      for (int i = 0; i < 5; i++) {
        assertEquals(Optional.empty(), notices.claim());
      }
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      assertTrue(took.compareTo(Duration.ofSeconds(1)) < 0, took::toString);
      ledger.run(
          "insert into outbox (tenant, endpoint, topic, account, key, kind, payload) values"
              + " (1, 'notices', 'notice', 8, 'eight', 'blocked', '{}')");
      assertEquals("eight", notices.claim().orElseThrow().key());
    }
  }

  @Test
  void noticesThatWereTaken_areForgottenAfterADayAndOthersKept() throws SQLException {
    ledger.run(
        "insert into outbox (tenant, endpoint, topic, account, key, kind, payload, state,"
            + " changed_at) select 1, 'notices', 'notice', 7, kind || state || days, kind, '{}',"
            + " state, now() - days * interval '1 day' from unnest(array['blocked', 'topped-up',"
            + " 'allowance-used']) kind, unnest(array['acknowledged', 'refused', 'unknown'])"
            + " state, unnest(array[0, 2, 40]) days");
    ledger.run(
        "update outbox set state = 'acknowledged', changed_at = now() - interval '1 year'"
            + " where topic = 'statement'");
    try (Outbox notices = new Outbox(database.pool(), "notices", POLICY, () -> 0)) {
      assertEquals(3, notices.forget());
      assertEquals(0, notices.forget());
    }
    assertEquals(
        List.of("acknowledged0", "refused0", "refused2", "unknown0", "unknown2", "unknown40"),
        ledger.rows("select substr(key, 8) from outbox where kind = 'blocked' order by 1"));
    assertEquals(List.of("18"), ledger.rows("select count(*) from outbox where kind like '%-u%'"));
    assertEquals(List.of("2"), ledger.rows("select count(*) from outbox where topic <> 'notice'"));
  }

  private List<String> state(String key) throws SQLException {
    return ledger.rows("select state, attempts from outbox where key = '" + key + "'");
  }

  private void makeDue() throws SQLException {
    ledger.run("update outbox set next_at = now()");
  }
}
