package io.millrace.connectors.explain;

import io.millrace.processors.shard.ChargeId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Sealed charges: one by its id, where an explanation begins, or a list of them. */
public final class ChargeStore {

  /** Charges of one page at most. */
  public static final int MOST = 1_000;

  /** How long the database may look for a page, in seconds. */
  private static final int QUERY_SECONDS = 20;

  private static final String CHARGE =
      """
      select c.*, s.subject, a.name as account_name, a.currency, a.scale
      from charge c
      join account a on a.tenant = c.tenant and a.id = c.account
      left join subscription s on s.tenant = c.tenant and s.id = c.subscription
      where c.tenant = ?
      """;

  private final DataSource pool;

  /** Reads from this database. */
  public ChargeStore(DataSource pool) {
    this.pool = pool;
  }

  /** The charge with this id, if there is one. */
  public Optional<StoredCharge> find(ChargeId id) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement select =
            connection.prepareStatement(CHARGE + "and c.shard = ? and c.seq = ? and c.n = ?")) {
      select.setInt(1, id.tenant());
      select.setInt(2, id.shard());
      select.setLong(3, id.seq());
      select.setInt(4, id.n());
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(charge(row)) : Optional.empty();
      }
    }
  }

  /**
   * What a list shows; null leaves a part open.
   *
   * @param account a customer's ledger account
   * @param subject a device: its own, and those of the pools that count its use
   * @param period the settlement period that it is booked to
   * @param offer the offer's name
   * @param name the charge's name in the offer
   * @param from windows that begin then or later
   * @param to windows that begin before
   */
  public record Filter(
      @Nullable Integer account,
      @Nullable String subject,
      @Nullable Integer period,
      @Nullable String offer,
      @Nullable String name,
      @Nullable Instant from,
      @Nullable Instant to) {}

  /**
   * Charges in the order of their ids.
   *
   * @param after the id of the last one seen; null from the first on
   * @param limit 1 to {@link #MOST}
   */
  public List<StoredCharge> list(int tenant, Filter filter, @Nullable ChargeId after, int limit)
      throws SQLException {
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("a page has 1 to " + MOST + " charges: " + limit);
    }
    List<Object> values = new ArrayList<>(List.of(tenant));
    StringBuilder sql = new StringBuilder(CHARGE);
    with(sql, values, "and c.account = ? ", filter.account);
    with(
        sql,
        values,
        "and c.subscription in (select unnest(array[id, pool]) from subscription"
            + " where tenant = c.tenant and subject = ?) ",
        filter.subject);
    with(sql, values, "and c.period = ? ", filter.period);
    with(sql, values, "and c.offer = ? ", filter.offer);
    with(sql, values, "and c.name = ? ", filter.name);
    with(sql, values, "and c.window_start >= ? ", timestamp(filter.from));
    with(sql, values, "and c.window_start < ? ", timestamp(filter.to));
    if (after != null) {
      sql.append("and (c.shard, c.seq, c.n) > (?, ?, ?) ");
      values.addAll(List.of(after.shard(), after.seq(), after.n()));
    }
    sql.append("order by c.shard, c.seq, c.n limit ").append(limit);
    List<StoredCharge> charges = new ArrayList<>();
    try (Connection connection = pool.getConnection();
        PreparedStatement select = connection.prepareStatement(sql.toString())) {
      select.setQueryTimeout(QUERY_SECONDS);
      for (int i = 0; i < values.size(); i++) {
        select.setObject(i + 1, values.get(i));
      }
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          charges.add(charge(row));
        }
      }
    }
    return charges;
  }

  /**
   * Shows the other charges of a charge's subscription, offer and name whose windows meet a time,
   * in the order of their ids.
   *
   * @param from its first moment
   * @param to the first moment after it
   */
  static void around(
      Connection connection, StoredCharge of, Instant from, Instant to, Consumer<StoredCharge> each)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            CHARGE
                + "and c.subscription = ? and c.offer = ? and c.name = ?"
                + " and c.window_start < ? and c.window_end > ?"
                + " and (c.shard, c.seq, c.n) <> (?, ?, ?) order by c.shard, c.seq, c.n")) {
      select.setFetchSize(MOST);
      select.setInt(1, of.id().tenant());
      select.setLong(2, of.subscription());
      select.setString(3, of.offer());
      select.setString(4, of.name());
      select.setTimestamp(5, Timestamp.from(to));
      select.setTimestamp(6, Timestamp.from(from));
      select.setInt(7, of.id().shard());
      select.setLong(8, of.id().seq());
      select.setInt(9, of.id().n());
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          each.accept(charge(row));
        }
      }
    }
  }

  private static void with(
      StringBuilder sql, List<Object> values, String condition, @Nullable Object value) {
    if (value != null) {
      sql.append(condition);
      values.add(value);
    }
  }

  private static @Nullable Timestamp timestamp(@Nullable Instant time) {
    return time == null ? null : Timestamp.from(time);
  }

  private static StoredCharge charge(ResultSet row) throws SQLException {
    return new StoredCharge(
        new ChargeId(
            row.getInt("tenant"), row.getInt("shard"), row.getLong("seq"), row.getInt("n")),
        row.getLong("subscription"),
        row.getString("subject"),
        row.getInt("account"),
        row.getString("account_name"),
        row.getString("catalog"),
        row.getString("offer"),
        row.getString("name"),
        row.getInt("period"),
        row.getBoolean("late"),
        row.getTimestamp("window_start").toInstant(),
        row.getTimestamp("window_end").toInstant(),
        row.getBoolean("delta"),
        row.getInt("events"),
        row.getLong("quantity"),
        row.getLong("amount"),
        row.getString("currency"),
        row.getInt("scale"),
        instant(row, "first_at"),
        instant(row, "last_at"),
        row.getBytes("tiers"),
        row.getBytes("evidence"),
        row.getBytes("digest"));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    Timestamp value = row.getTimestamp(column);
    return value == null ? null : value.toInstant();
  }
}
