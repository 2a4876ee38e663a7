package io.millrace.connectors.dedupe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.core.HazelcastInstance;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.processor.idempotent.hazelcast.HazelcastIdempotentRepository;
import org.apache.camel.spi.IdempotentRepository;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A plain route on two nodes, the first of which dies between {@code add} and its commit. */
class ShardIdempotentRepositoryTest {

  private static final byte[] KEY = new byte[16];
  private static final Duration LEASE = Duration.ofMinutes(5);

  private final TestCluster cluster = new TestCluster();
  private final Database database = TestServer.open(TestServer.emptyDatabase());
  private final PostgresConfirmedKeys confirmed =
      new PostgresConfirmedKeys(database.pool(), 1, "erp");

  @BeforeEach
  void tables() throws SQLException {
    sql("insert into tenant (id, name, shards, fingerprint) values (1, 't', 4, '\\x00')");
    sql("create table charged (event text not null)");
  }

  @AfterEach
  void close() {
    cluster.close();
    database.close();
  }

  @Test
  void aKillBetweenAddAndCommit_losesTheEventWithTheOrdinaryRepository() throws Exception {
    // It brings its map's content to the other member at once, so what is in progress outlives it.
    Exchange again =
        killedThenDeliveredAgain(
            node -> new HazelcastIdempotentRepository(node.instance(), "textbook"));
    assertEquals(true, again.getProperty(Exchange.DUPLICATE_MESSAGE));
    assertNull(again.getException(), "so the source acknowledges it");
    assertEquals(0, charges(), "and nobody ever charges it: this is the trap");
  }

  @Test
  void aKillBetweenAddAndCommit_losesNothingAndChargesOnce() throws Exception {
    Exchange again = killedThenDeliveredAgain(this::ours);
    assertNull(again.getException());
    assertNull(again.getProperty(Exchange.DUPLICATE_MESSAGE));
    assertEquals(1, charges());

    try (CamelContext route = route(ours(cluster.second), this::charge)) {
      Exchange third = deliver(route, "evt-1");
      assertEquals(true, third.getProperty(Exchange.DUPLICATE_MESSAGE));
      assertEquals(1, charges());
    }
  }

  @Test
  void aKeyInProgress_isNeitherNewNorSeen() throws Exception {
    IdempotentRepository first = ours(cluster.first);
    IdempotentRepository second = ours(cluster.second);
    assertTrue(first.add("evt-1"));
    assertFalse(second.contains("evt-1"));
    try (CamelContext route = route(second, this::charge)) {
      Exchange exchange = deliver(route, "evt-1");
      assertInstanceOf(LeaseHeld.class, exchange.getException(), "so the source delivers it again");
      assertEquals(0, charges());
      assertTrue(first.remove("evt-1"));
      assertNull(deliver(route, "evt-1").getException());
      assertEquals(1, charges());
      assertFalse(first.add("evt-1"));
      assertTrue(first.contains("evt-1"));
    }
  }

  @Test
  void aLeaseWhoseTimeIsOver_isFree() {
    IdempotentRepository slow =
        new ShardIdempotentRepository(
            cluster.first.instance(), confirmed, "erp", KEY, Duration.ofSeconds(1));
    assertTrue(slow.add("evt-1"));
    Awaitility.await().ignoreExceptionsInstanceOf(LeaseHeld.class).until(() -> slow.add("evt-1"));
    assertTrue(slow.confirm("evt-1"));
    assertFalse(slow.confirm("evt-1"));
  }

  @Test
  void marks_surviveTheWholeCluster() {
    IdempotentRepository before = ours(cluster.first);
    assertTrue(before.add("evt-1"));
    assertTrue(before.confirm("evt-1"));
    assertTrue(before.add("evt-2"));
    cluster.close();
    try (TestCluster next = new TestCluster()) {
      IdempotentRepository after = ours(next.second);
      assertTrue(after.contains("evt-1"));
      assertFalse(after.add("evt-1"));
      assertFalse(after.contains("evt-2"));
      assertTrue(after.add("evt-2"));
      after.clear();
      assertFalse(after.contains("evt-1"));
    }
  }

  /**
   * Both sides of a split cluster take the event; the mark in the work's own transaction decides.
   */
  @Test
  void bothSidesOfASplit_chargeOnceWhereTheWorkMarksTheKeyItself() throws Exception {
    try (HazelcastNode island = HazelcastNode.start(HazelcastNode.Settings.alone())) {
      ShardIdempotentRepository here = ours(cluster.first);
      ShardIdempotentRepository there = ours(island);
      assertTrue(here.add("evt-1"));
      assertTrue(there.add("evt-1"), "a split can't be seen from within");
      assertTrue(chargeAndMark(here.fingerprint("evt-1")));
      assertFalse(chargeAndMark(there.fingerprint("evt-1")));
      assertEquals(1, charges());
    }
  }

  private boolean chargeAndMark(UUID print) throws SQLException {
    try (Connection work = database.connection();
        Statement statement = work.createStatement()) {
      work.setAutoCommit(false);
      statement.execute("insert into charged values ('evt-1')");
      boolean first = confirmed.confirm(work, print);
      if (first) {
        work.commit();
      } else {
        work.rollback();
      }
      return first;
    }
  }

  private interface Repository {
    IdempotentRepository on(HazelcastNode node);
  }

  /**
   * The first node takes evt-1 and is gone before it commits; the broker delivers it to the second.
   */
  private Exchange killedThenDeliveredAgain(Repository repository) throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    IdempotentRepository first = repository.on(cluster.first);
    IdempotentRepository second = repository.on(cluster.second);
    CamelContext dying =
        route(
            first,
            exchange -> {
              taken.countDown();
              never.await();
            });
    Thread worker = Thread.ofVirtual().start(() -> deliver(dying, "evt-1"));
    assertTrue(taken.await(20, TimeUnit.SECONDS));
    cluster.killFirst();
    try (CamelContext living = route(second, this::charge)) {
      return deliver(living, "evt-1");
    } finally {
      worker.interrupt();
      dying.close();
    }
  }

  private ShardIdempotentRepository ours(HazelcastNode node) {
    HazelcastInstance member = node.instance();
    return new ShardIdempotentRepository(member, confirmed, "erp", KEY, LEASE);
  }

  private static CamelContext route(IdempotentRepository repository, Processor work)
      throws Exception {
    CamelContext context = new DefaultCamelContext();
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            errorHandler(noErrorHandler());
            from("direct:events").idempotentConsumer(header("id"), repository).process(work);
          }
        });
    context.start();
    return context;
  }

  private static Exchange deliver(CamelContext context, String id) {
    return context
        .createProducerTemplate()
        .send("direct:events", exchange -> exchange.getMessage().setHeader("id", id));
  }

  private void charge(Exchange exchange) throws SQLException {
    sql("insert into charged values ('evt-1')");
  }

  private long charges() throws SQLException {
    try (Connection connection = database.connection();
        Statement statement = connection.createStatement();
        ResultSet count = statement.executeQuery("select count(*) from charged")) {
      count.next();
      return count.getLong(1);
    }
  }

  private void sql(String text) throws SQLException {
    try (Connection connection = database.connection();
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }
}
