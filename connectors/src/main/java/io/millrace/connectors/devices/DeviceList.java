package io.millrace.connectors.devices;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The subscriptions of devices, as the directory has them. */
public final class DeviceList {
  private static final String ROWS =
      "select s.id, s.subject, a.name, s.offer, s.valid_from, least(s.valid_to, n.valid_from),"
          + " s.shard, coalesce(s.group_name, '') from subscription s"
          + " join account a on a.tenant = s.tenant and a.id = s.account"
          + " left join subscription n on n.tenant = s.tenant and n.takes_over = s.id"
          + " where s.tenant = ?";

  private final DataSource database;

  /** Reads from this database. */
  public DeviceList(DataSource database) {
    this.database = database;
  }

  /**
   * A device on an offer for an account, for a time.
   *
   * @param id the subscription's
   * @param to the first moment after it, where another takes over at the latest
   * @param shard the one that took it in; a device that has moved is where its last one was taken
   *     in
   * @param group that it shares in; empty where it shares in none
   */
  public record Row(
      long id,
      String subject,
      String account,
      String offer,
      Instant from,
      Optional<Instant> to,
      int shard,
      String group) {}

  /**
   * What a list shows; null leaves a part open.
   *
   * @param at subscriptions that are valid at this moment
   */
  public record Filter(
      @Nullable String subject,
      @Nullable String account,
      @Nullable String offer,
      @Nullable Instant at) {}

  /**
   * Lists subscriptions in the order of their ids.
   *
   * @param after the id of the last one of the page before; −1 from the first on
   * @param limit rows at most
   */
  public List<Row> list(int tenant, Filter filter, long after, int limit) throws SQLException {
    StringBuilder sql = new StringBuilder(ROWS).append(" and s.id > ?");
    List<Object> values = new ArrayList<>(List.of(tenant, after));
    if (filter.subject != null) {
      sql.append(" and s.subject = ?");
      values.add(filter.subject);
    }
    if (filter.account != null) {
      sql.append(" and s.account in (select id from account where tenant = ? and kind = 'customer'")
          .append(" and name = ?)");
      values.add(tenant);
      values.add(filter.account);
    }
    if (filter.offer != null) {
      sql.append(" and s.offer = ?");
      values.add(filter.offer);
    }
    if (filter.at != null) {
      sql.append(" and s.valid_from <= ? and (s.valid_to is null or s.valid_to > ?)")
          .append(" and (n.valid_from is null or n.valid_from > ?)");
      values.add(Timestamp.from(filter.at));
      values.add(Timestamp.from(filter.at));
      values.add(Timestamp.from(filter.at));
    }
    return rows(sql.append(" order by s.id limit ").append(limit).toString(), values);
  }

  /** All subscriptions of a device, the earliest first. */
  public List<Row> of(int tenant, String subject) throws SQLException {
    return rows(
        ROWS + " and s.subject = ? order by s.valid_from limit 1000", List.of(tenant, subject));
  }

  private List<Row> rows(String sql, List<Object> values) throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement ps = c.prepareStatement(sql)) {
      for (int i = 0; i < values.size(); i++) {
        ps.setObject(i + 1, values.get(i));
      }
      try (ResultSet rs = ps.executeQuery()) {
        List<Row> rows = new ArrayList<>();
        while (rs.next()) {
          rows.add(
              new Row(
                  rs.getLong(1),
                  rs.getString(2),
                  rs.getString(3),
                  rs.getString(4),
                  rs.getTimestamp(5).toInstant(),
                  Optional.ofNullable(rs.getTimestamp(6)).map(Timestamp::toInstant),
                  rs.getInt(7),
                  rs.getString(8)));
        }
        return rows;
      }
    }
  }
}
