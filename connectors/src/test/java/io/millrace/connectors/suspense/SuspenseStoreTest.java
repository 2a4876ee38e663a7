package io.millrace.connectors.suspense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.settlement.TestLedger;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import io.millrace.connectors.suspense.SuspenseStore.Filter;
import io.millrace.connectors.suspense.SuspenseStore.Page;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SuspenseStoreTest {

  private Database database;
  private SuspenseStore store;

  @BeforeAll
  void fill() throws SQLException {
    database = TestServer.open(TestServer.emptyDatabase());
    new TestLedger(database, 1)
        .run(
            "insert into source (tenant, id, name) values (1, 1, 'lamps'), (1, 2, 'meters')",
            // Eleven a second at the same moment, so that a page can end between equal times.
            """
            insert into suspense (tenant, hash, shard, seq, source, reason, raw, raw_size,
              received_at, state, ended_at)
            select 1, sha256(('e' || n)::bytea), 0, n, n % 2 + 1,
              case n % 3 when 0 then 'malformed' else 'unknown-device' end,
              convert_to(repeat('x', n * 10), 'UTF8'), n * 10,
              timestamptz '2026-11-02 00:00:00Z' + n / 11 * interval '1 second',
              case n % 10 when 0 then 'charged' else 'open' end,
              case n % 10 when 0 then timestamptz '2026-11-03 00:00:00Z' end
            from generate_series(1, 100) n
            """,
            """
            insert into suspense (tenant, hash, shard, seq, source, reason, raw, raw_size,
              received_at)
            values (2, '\\x00', 0, 1, 9, 'malformed', '\\x1b', 1, now())
            """);
    store = new SuspenseStore(database.pool());
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void pages_showEveryEventOnceInOrder() throws SQLException {
    List<SuspendedEvent> seen = new ArrayList<>();
    String cursor = "";
    do {
      Page page = store.list(1, Filter.OPEN, 7, cursor);
      assertTrue(page.events().size() <= 7);
      seen.addAll(page.events());
      cursor = page.next().orElse("");
    } while (!cursor.isEmpty());
    assertEquals(90, seen.size());
    assertEquals(90, seen.stream().map(SuspendedEvent::hash).distinct().count());
    List<Instant> times = seen.stream().map(SuspendedEvent::receivedAt).toList();
    assertEquals(times.stream().sorted().toList(), times);
  }

  @Test
  void filters_narrowTheList() throws SQLException {
    assertEquals(33, count(new Filter("malformed", null, null, null)));
    assertEquals(50, count(new Filter(null, "lamps", null, null)));
    assertEquals(10, count(new Filter(null, null, "charged", null)));
    assertEquals(2, count(new Filter(null, null, null, Instant.parse("2026-11-02T00:00:08.5Z"))));
    assertEquals(0, count(new Filter("malformed", "nowhere", "open", null)));
    assertEquals(100, count(new Filter(null, null, null, null)));
  }

  @Test
  void list_showsTheHeadAndShowAllBytes() throws SQLException {
    SuspendedEvent last = store.list(1, Filter.OPEN, 1_000, "").events().getLast();
    assertEquals(SuspenseStore.HEAD, last.raw().length);
    SuspendedEvent shown = store.show(1, last.hash().substring(0, 10)).orElseThrow();
    assertEquals(last.rawSize(), shown.raw().length);
    assertEquals(last.hash(), shown.hash());
    assertArrayEquals(shown.raw(), store.show(1, last.hash()).orElseThrow().raw());
  }

  @Test
  void unknownOrShortOrForeignHash_showsNothing() throws SQLException {
    assertTrue(store.show(1, "00".repeat(32)).isEmpty());
    assertTrue(store.show(1, "a").isEmpty());
    assertTrue(store.show(1, "' or true --").isEmpty());
    String ours = store.list(1, Filter.OPEN, 1, "").events().getFirst().hash();
    assertTrue(store.show(2, ours).isEmpty());
    assertTrue(store.list(3, Filter.OPEN, 5, "").events().isEmpty());
  }

  @Test
  void sourceThatIsGone_isShownByItsId() throws SQLException {
    assertEquals("9", store.list(2, Filter.OPEN, 1, "").events().getFirst().source());
  }

  @Test
  void counts_areOfWhatIsOpen() throws SQLException {
    assertEquals(Map.of("malformed", 30L, "unknown-device", 60L), store.openByReason(1));
  }

  @Test
  void pageWithoutBound_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> store.list(1, Filter.OPEN, 0, ""));
    assertThrows(IllegalArgumentException.class, () -> store.list(1, Filter.OPEN, 1_001, ""));
  }

  private int count(Filter filter) throws SQLException {
    return store.list(1, filter, 1_000, "").events().size();
  }
}
