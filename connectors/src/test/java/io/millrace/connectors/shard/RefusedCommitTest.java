package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.clock.CommitClock;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.ShardKey;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A commit that the database's own rules are against: it would refuse it for ever. */
class RefusedCommitTest extends FreeShardsGround {
  private static final int LAMPS = 20;

  private final AtomicLong clock = new AtomicLong(NOW);
  private ShardHost host;
  private Intake intake;

  RefusedCommitTest() {
    super(60_000);
  }

  @BeforeEach
  void start() {
    host =
        new ShardHost(
            shards("node", store),
            store,
            new ShardHost.Settings(SHARDS, 1_000, 60_000, 60_000),
            CommitClock.unchecked(clock::get),
            CrashPoints.NONE);
    host.start();
    intake = host.intake(10_000, 1 << 24);
  }

  @AfterEach
  void stop() {
    host.close();
  }

  private List<CompletableFuture<Void>> subscribe() {
    List<CompletableFuture<Void>> answers = new ArrayList<>();
    for (long id = 1; id <= LAMPS; id++) {
      answers.add(
          host.submit(
              ShardKey.of(id, SHARDS),
              new Command.Subscribe(id, "lamp-" + id, account, 0, NOW, Long.MAX_VALUE)));
    }
    return answers;
  }

  /** An event of each lamp; returns when all are disposed of. */
  private void send(int number, long at) throws InterruptedException {
    CountDownLatch left = new CountDownLatch(LAMPS);
    Ticket ticket =
        new Ticket() {
          @Override
          public void done() {
            left.countDown();
          }

          @Override
          public void failed(Exception why) {
            throw new AssertionError(why);
          }
        };
    for (long id = 1; id <= LAMPS; id++) {
      long subscription = id;
      long occurredAt = id == 7 ? at : NOW + 60_000L * number;
      byte[] raw = ("{\"id\":\"" + number + "\"}").getBytes(StandardCharsets.UTF_8);
      assertTrue(
          intake.add(
              usage ->
                  usage.add(
                      ShardKey.of(subscription, SHARDS),
                      subscription,
                      1,
                      number,
                      true,
                      occurredAt,
                      clock.get(),
                      0,
                      new long[] {1_000_000},
                      1,
                      raw,
                      0,
                      raw.length),
              ticket));
    }
    assertTrue(left.await(20, TimeUnit.SECONDS), () -> "held back: " + host.trouble());
  }

  private void sql(String sql) throws SQLException {
    try (Connection c = database.connection()) {
      c.createStatement().execute(sql);
    }
  }

  private long number(String sql) throws SQLException {
    try (Connection c = database.connection();
        ResultSet rs = c.createStatement().executeQuery(sql)) {
      rs.next();
      return rs.getLong(1);
    }
  }

  @Test
  void command_waitsAsRefusedAndItsCallerKnows() throws Exception {
    sql("alter table subscription add constraint test check (subject <> 'lamp-7')");
    List<CompletableFuture<Void>> answers = subscribe();
    for (int i = 0; i < LAMPS; i++) {
      CompletableFuture<Void> answer = answers.get(i);
      if (i == 6) {
        assertThrows(ExecutionException.class, () -> answer.get(20, TimeUnit.SECONDS));
      } else {
        answer.get(20, TimeUnit.SECONDS);
      }
    }
    assertEquals(LAMPS - 1, number("select count(*) from subscription"));
    assertEquals(1, number("select count(*) from suspense where reason = 'refused'"));
    send(1, NOW);
    assertEquals(2, number("select count(*) from suspense"));
  }

  @Test
  void event_waitsAsRefusedAndTheOthersAreCharged() throws Exception {
    sql("alter table suspense add constraint test check (reason <> 'no-offer')");
    for (CompletableFuture<Void> answer : subscribe()) {
      answer.get(20, TimeUnit.SECONDS);
    }
    send(1, NOW - 60_000);
    assertEquals(1, number("select count(*) from suspense where reason = 'refused'"));
    send(2, NOW);
    assertEquals(1, number("select count(*) from suspense"));
    assertEquals(
        2 * LAMPS - 1,
        host.ask(
                shards ->
                    shards.stream()
                        .flatMap(s -> s.counts().stream())
                        .mapToLong(c -> c.charged())
                        .sum())
            .join());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void refusalsThatEndBeforeTheirCauseIsFound_blameNobody(int refusals) throws Exception {
    for (CompletableFuture<Void> answer : subscribe()) {
      answer.get(20, TimeUnit.SECONDS);
    }
    sql(
        """
        create sequence attempts;
        create function refuse() returns trigger language plpgsql as $$
        begin
          if nextval('attempts') <= %d then
            raise exception 'not yet' using errcode = 'check_violation';
          end if;
          return new;
        end $$;
        create trigger refuse before insert on charge for each row execute function refuse()
        """
            .formatted(refusals));
    send(1, NOW);
    clock.addAndGet(Duration.ofMinutes(65).toMillis()); // the window and its grace
    Awaitility.await()
        .until(() -> number("select count(*) from charge where name = 'energy'") == LAMPS);
    assertEquals(0, number("select count(*) from suspense"));
    send(2, NOW);
  }

  @Test
  void whatIsDue_holdsTheSourcesBackUntilTheDatabaseTakesIt() throws Exception {
    for (CompletableFuture<Void> answer : subscribe()) {
      answer.get(20, TimeUnit.SECONDS);
    }
    send(1, NOW);
    sql("alter table charge add constraint test check (amount < 0) not valid");
    clock.addAndGet(Duration.ofMinutes(65).toMillis()); // the window and its grace
    Awaitility.await().until(() -> host.trouble() != null);
    String trouble = String.valueOf(host.trouble());
    assertTrue(trouble.contains("refuses") && !trouble.contains("Failing row"), trouble);
    sql("alter table charge drop constraint test");
    Awaitility.await()
        .until(() -> number("select count(*) from charge where name = 'energy'") == LAMPS);
    assertEquals(0, number("select count(*) from suspense"));
    send(2, NOW);
  }
}
