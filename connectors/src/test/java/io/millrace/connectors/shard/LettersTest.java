package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

class LettersTest {
  @Test
  void lettersThatWait_leaveRoomForThoseBehindThem() throws Exception {
    try (Database database = TestServer.open(TestServer.emptyDatabase())) {
      try (Connection c = database.connection();
          Statement insert = c.createStatement()) {
        insert.execute(
            "insert into message (tenant, from_shard, seq, n, to_shard, body)"
                + " select 1, 0, s, 0, 1, '' from generate_series(1, 64) s"
                + " union all values (1, 0, 65, 0, 2, ''::bytea), (1, 3, 1, 0, 1, ''),"
                + " (1, 3, 2, 0, 4, '')");
      }
      Store store = new PostgresStore(database.pool(), 1, 60_000, CrashPoints.NONE);
      assertEquals(64, store.letters(List.of(1, 2), List.of(), 64).size());
      assertEquals(
          List.of("0/65 to 2", "3/1 to 1"),
          store.letters(List.of(1, 2), List.of(new Store.Pair(0, 1)), 64).stream()
              .map(l -> l.from() + "/" + l.seq() + " to " + l.to())
              .toList());
    }
  }
}
