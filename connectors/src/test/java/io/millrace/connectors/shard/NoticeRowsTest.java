package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import io.millrace.processors.shard.Notice;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoticeRowsTest {
  private static final Notice EXPIRED =
      Notice.of(Notice.Kind.RESERVATION_EXPIRED, 7, new Notice.Text("reservation", "r-1"));

  private static void tell(Connection c, long seq, List<Notice> notices) throws SQLException {
    NoticeRows rows = new NoticeRows(1);
    rows.add(0, seq, 0, notices);
    rows.write(c);
  }

  private static String waiting(Statement select) throws SQLException {
    try (ResultSet rs =
        select.executeQuery(
            "select string_agg(account || ' ' || kind || ' ' || n, ', ' order by account, kind)"
                + " from (select account, kind, count(*) as n from outbox group by 1, 2) told")) {
      rs.next();
      return rs.getString(1);
    }
  }

  @Test
  void accountOfWhichManyNoticesWait_isNotToldOfMoreReservationsThatExpire() throws Exception {
    try (Database database = TestServer.open(TestServer.emptyDatabase());
        Connection c = database.connection();
        Statement s = c.createStatement()) {
      tell(c, 1, Collections.nCopies(NoticeRows.MOST_WAITING, EXPIRED));
      tell(
          c,
          2,
          List.of(
              EXPIRED,
              Notice.of(Notice.Kind.BLOCKED, 7),
              Notice.of(Notice.Kind.RESERVATION_EXPIRED, 8)));
      assertEquals("7 blocked 1, 7 reservation-expired 1000, 8 reservation-expired 1", waiting(s));
      s.execute("update outbox set state = 'acknowledged' where account = 7");
      tell(c, 3, List.of(EXPIRED));
      assertEquals("7 blocked 1, 7 reservation-expired 1001, 8 reservation-expired 1", waiting(s));
    }
  }
}
