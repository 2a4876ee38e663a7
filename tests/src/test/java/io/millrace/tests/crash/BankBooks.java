package io.millrace.tests.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.store.Database;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** What a bank's ledger and outbox say, against what its clients asked and were answered. */
final class BankBooks {
  private final Database database;
  private final int accounts;

  BankBooks(Database database, int accounts) {
    this.database = database;
    this.accounts = accounts;
  }

  /** Runs a query for one number. */
  private long number(String sql) throws SQLException {
    try (Connection c = database.connection();
        Statement s = c.createStatement();
        ResultSet rs = s.executeQuery(sql)) {
      rs.next();
      return rs.getLong(1);
    }
  }

  /** Waits until nothing is between two shards. */
  void awaitArrived() {
    Awaitility.await("no money is under way")
        .atMost(Duration.ofSeconds(20))
        .until(() -> number("select count(*) from message") == 0);
  }

  /**
   * Which moves have arrived, by their numbers: each at the account that it was for, once. Then
   * every account has had, to the unit, what arrived less what left it: a move is all or nothing.
   *
   * @return how many moves without an answer have arrived
   */
  int judge(List<BankClient> clients, BankHistory history) throws SQLException {
    Map<Long, BankClient.Move> moves = new HashMap<>();
    clients.forEach(
        c ->
            List.of(c.done, c.refused, c.givenUp)
                .forEach(some -> some.forEach(m -> moves.put(m.units(), m))));
    long[] expected = new long[accounts];
    Map<Long, Integer> arrived = new HashMap<>();
    try (Connection c = database.connection();
        Statement s = c.createStatement();
        ResultSet rs =
            s.executeQuery(
                "select a.name, o.payload::jsonb ->> 'amount', o.kind from outbox o join account a"
                    + " on a.tenant = o.tenant and a.id = o.account where o.kind in"
                    + " ('topped-up', 'transfer-received', 'transfer-returned')")) {
      while (rs.next()) {
        long units = new BigDecimal(rs.getString(2)).movePointRight(9).longValueExact();
        BankClient.Move move = moves.get(units);
        assertTrue(move != null, () -> "nobody moved " + units);
        assertEquals("a-" + move.to(), rs.getString(1));
        assertEquals(move.from() < 0 ? "topped-up" : "transfer-received", rs.getString(3));
        assertEquals(1, arrived.merge(units, 1, Integer::sum), () -> move + " came twice");
        expected[move.to()] += units;
        if (move.from() >= 0) {
          expected[move.from()] -= units;
        }
      }
    }
    int without = 0;
    for (BankClient c : clients) {
      c.done.forEach(m -> assertTrue(arrived.containsKey(m.units()), () -> "answered, lost: " + m));
      c.refused.forEach(m -> assertTrue(!arrived.containsKey(m.units()), () -> "refused: " + m));
      for (BankClient.Move move : c.givenUp) {
        if (arrived.containsKey(move.units())) {
          history.wasDone(move);
          without++;
        }
      }
    }
    for (int a = 0; a < accounts; a++) {
      assertEquals(expected[a], deposited().getOrDefault("a-" + a, 0L), "paid into a-" + a);
    }
    return without;
  }

  private Map<String, Long> deposited = Map.of();

  private Map<String, Long> deposited() throws SQLException {
    if (deposited.isEmpty()) {
      deposited = new HashMap<>();
      try (Connection c = database.connection();
          Statement s = c.createStatement();
          ResultSet rs =
              s.executeQuery(
                  "select a.name, -sum(p.amount) from posting p join account a on a.tenant ="
                      + " p.tenant and a.id = p.account where a.kind = 'balance'"
                      + " and p.name in ('top-up', 'transfer') group by a.name")) {
        while (rs.next()) {
          deposited.put(rs.getString(1), rs.getLong(2));
        }
      }
    }
    return deposited;
  }

  /** At no commit was a balance below its floor: 1 below 0 for odd accounts, else 0. */
  void judgeFloors() throws SQLException {
    assertEquals(
        0,
        number(
            """
            select count(*) from (
              select a.name, -sum(p.amount) over (partition by a.id order by p.seq) as balance
              from posting p join account a
                on a.tenant = p.tenant and a.id = p.account and a.kind = 'balance') b
            where balance < case when substr(name, 3)::int % 2 = 1 then -1000000000 else 0 end
            """),
        "I10: commits with a balance below its floor");
  }

  /** A top-up at another's account: entries and turnovers that are added up say nothing of it. */
  static void moveToTheWrongAccount(Database database) throws SQLException {
    try (Connection c = database.connection();
        Statement s = c.createStatement()) {
      s.execute("alter table posting disable trigger user"); // They keep it as it was written.
      assertEquals(
          1,
          s.executeUpdate(
              """
              update posting set account = (
                select min(a.id) from account a
                where a.tenant = posting.tenant and a.kind = 'balance' and a.id <> posting.account)
              where ctid = (
                select p.ctid from posting p join account a on a.tenant = p.tenant
                  and a.id = p.account and a.kind = 'balance'
                where p.name = 'top-up' limit 1)
              """));
    }
  }
}
