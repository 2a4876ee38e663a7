package io.millrace.connectors.tenant;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * A Sparkplug edge node that should be asked for its births: something came that none explains.
 *
 * @param edge {@code group/edge}
 * @param askedAt since when
 */
public record Rebirth(String edge, Instant askedAt) {

  /** Where its host application asks it, by Sparkplug B's NCMD; empty where the name is no pair. */
  public Optional<String> topic() {
    int slash = edge.indexOf('/');
    return slash <= 0 || slash == edge.length() - 1
        ? Optional.empty()
        : Optional.of("spBv1.0/" + edge.substring(0, slash) + "/NCMD/" + edge.substring(slash + 1));
  }

  /** A tenant's, longest wanted first. */
  public static List<Rebirth> wanted(DataSource database, Tenant tenant) throws SQLException {
    List<Rebirth> wanted = new ArrayList<>();
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select node, asked_at from sparkplug_rebirth where tenant = ?"
                    + " order by asked_at, node")) {
      ps.setInt(1, tenant.id());
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          wanted.add(new Rebirth(rs.getString(1), rs.getTimestamp(2).toInstant()));
        }
      }
    }
    return wanted;
  }
}
