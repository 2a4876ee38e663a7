package io.millrace.connectors.explain;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Whose events a charge may be of: those of its device, or of the members of its pool. */
final class Members {
  private final long charged;

  /** The names of devices by their subscriptions, UTF-8. */
  private final Map<Long, byte[]> subjects = new HashMap<>();

  private Members(long charged) {
    this.charged = charged;
  }

  /** As the directory has them by now; a device stays a member of what it was one of. */
  static Members of(DataSource database, StoredCharge charge) throws SQLException {
    Members members = new Members(charge.subscription());
    String device = charge.subject();
    if (device != null) {
      members.add(charge.subscription(), device);
      return members;
    }
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select id, subject from subscription where tenant = ? and pool = ?")) {
      select.setInt(1, charge.id().tenant());
      select.setLong(2, charge.subscription());
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          members.add(row.getLong(1), row.getString(2));
        }
      }
    }
    return members;
  }

  private void add(long subscription, String subject) {
    subjects.put(subscription, subject.getBytes(StandardCharsets.UTF_8));
  }

  /** What counts an event's use: the charge's own number where it is of one of these. */
  long counted(long subscription) {
    return subjects.containsKey(subscription) ? charged : subscription;
  }

  /** The name of an event's device; null where it is not known. */
  byte @Nullable [] subject(long subscription) {
    return subjects.get(subscription);
  }
}
