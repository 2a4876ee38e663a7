package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.connectors.shard.Store.ChainPoint;
import io.millrace.processors.shard.Command;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChainPointsTest extends FreeShardsGround {
  private long device;

  ChainPointsTest() {
    super(60_000);
  }

  @Test
  void pointsOfAllShards_areNotedOnceInSoManyCommits_alsoOfThoseThatHaveNoPart() throws Exception {
    try (NodeShards node = shards("node", store)) {
      node.take(SHARDS, true);
      commit(node, 2);
      String idle = chain(2);
      int commits = 0;
      for (; node.progress().chainPoints().isEmpty(); commits++) {
        commit(node, 1);
      }
      assertEquals(ChainPoints.EVERY - 1, commits, "and so many numbers");
      commit(node, 1);
      List<ChainPoint> points = new ArrayList<>();
      while (points.isEmpty()) {
        commit(node, 1);
        points = node.progress().chainPoints();
      }
      store.note(points);
      store.note(points); // Another one of them in so many numbers is left out.
      long last = number("select max(number) from journal");
      assertEquals(2, number("select count(*) from chain_point where number = " + last));
      assertEquals(chain(1), noted(1));
      assertEquals(idle, noted(2));
    }
  }

  @Test
  void pointOfAShardThatIsAnothersByNow_isLeftOut() throws Exception {
    try (NodeShards node = shards("node", store)) {
      node.take(SHARDS, true);
      commit(node, 1);
      ChainPoint point = node.progress().checkpoints().getFirst().point();
      long later = point.number() + 5; // Whoever has the shard may have used a number before it.
      byte[] chain = point.chain();
      store.note(List.of(new ChainPoint(1, point.epoch() - 1, point.seq(), later, chain)));
      assertEquals(0, number("select count(*) from chain_point"));
      store.note(List.of(new ChainPoint(1, point.epoch(), point.seq(), later, chain)));
      assertEquals(1, number("select count(*) from chain_point"));
    }
  }

  private void commit(NodeShards node, int shard) {
    Work work = Work.sorted(List.of(), SHARDS, new Work.Room());
    long id = ++device;
    work.command(
        shard, new Command.Subscribe(id, "lamp-" + id, account, 0, NOW + id, Long.MAX_VALUE));
    node.drain(work, NOW, 1_000);
  }

  private String chain(int shard) throws SQLException {
    return text("select chain from shard where number = " + shard);
  }

  private String noted(int shard) throws SQLException {
    return text("select chain from chain_point where shard = " + shard);
  }

  private String text(String sql) throws SQLException {
    try (Connection c = database.connection();
        ResultSet rs = c.createStatement().executeQuery(sql)) {
      rs.next();
      return HexFormat.of().formatHex(rs.getBytes(1));
    }
  }

  private long number(String sql) throws SQLException {
    try (Connection c = database.connection();
        ResultSet rs = c.createStatement().executeQuery(sql)) {
      rs.next();
      return rs.getLong(1);
    }
  }
}
