package io.millrace.connectors.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.connectors.directory.Directory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** A directory that follows what shards of any node take in. */
class SubscriptionsTest extends MovingLamps {
  private void takenIn(long id, String subject, int shard, long seq) throws SQLException {
    try (Connection c = database.connection();
        PreparedStatement ps =
            c.prepareStatement(
                "insert into subscription (tenant, id, subject, account, offer, valid_from,"
                    + " valid_to, shard, seq) select tenant, ?, ?, account, offer, valid_from,"
                    + " valid_to, ?, ? from subscription where tenant = ? limit 1")) {
      ps.setLong(1, id);
      ps.setString(2, subject);
      ps.setInt(3, shard);
      ps.setLong(4, seq);
      ps.setInt(5, tenant.id());
      assertEquals(1, ps.executeUpdate());
      if (!c.getAutoCommit()) {
        c.commit();
      }
    }
  }

  @Test
  void lowerIdThatIsCommittedAfterAHigherOne_isNotMissed() throws SQLException {
    Directory directory = new Directory();
    Subscriptions subscriptions =
        new Subscriptions(database.pool(), tenant, () -> rules, directory);
    assertEquals(LAMPS, subscriptions.follow());
    assertEquals(0, subscriptions.follow());
    takenIn(2_000_000, "later-id-first", 0, 1_000_000);
    assertEquals(1, subscriptions.follow());
    takenIn(1_000_000, "earlier-id-last", 1, 1_000_001);
    takenIn(2_000_001, "same-shard", 0, 1_000_002);
    assertEquals(2, subscriptions.follow());
    assertEquals(0, subscriptions.follow());
    assertEquals(LAMPS + 3, directory.view().size());
  }
}
