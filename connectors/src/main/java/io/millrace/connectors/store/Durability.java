package io.millrace.connectors.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The settings that decide whether a commit survives a power cut, as the server has them.
 *
 * @param fsync whether WAL reaches the disk
 * @param synchronousCommit {@code on} where a commit waits for it
 * @param fullPageWrites whether a torn page can be repaired
 */
public record Durability(String fsync, String synchronousCommit, String fullPageWrites) {

  /** Reads them from the server that this connection is to. */
  public static Durability of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select current_setting('fsync'), current_setting('synchronous_commit'),"
                    + " current_setting('full_page_writes')")) {
      row.next();
      return new Durability(row.getString(1), row.getString(2), row.getString(3));
    }
  }

  /** Whether a commit that was answered can't be lost by a crash of the machine. */
  public boolean holds() {
    return fsync.equals("on") && !synchronousCommit.equals("off") && fullPageWrites.equals("on");
  }

  @Override
  public String toString() {
    return "fsync="
        + fsync
        + " synchronous_commit="
        + synchronousCommit
        + " full_page_writes="
        + fullPageWrites;
  }
}
