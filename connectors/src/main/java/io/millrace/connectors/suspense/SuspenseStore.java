package io.millrace.connectors.suspense;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What waits in suspense, as operators look at it. What ends there is the shards' business. */
public final class SuspenseStore {

  /** Events of one page at most. */
  public static final int MOST = 1_000;

  /** Bytes of an event that a list reads: room for a header before what it shows of the event. */
  public static final int HEAD = 600;

  /** Hex digits of a hash that name an event, at least. */
  public static final int SHORTEST_HASH = 8;

  private static final String EVENT =
      """
      select s.hash, coalesce(o.name, s.source::text), s.reason, s.state, s.received_at,
        s.ended_at, s.ended_by, s.raw_size, %s
      from suspense s left join source o on o.tenant = s.tenant and o.id = s.source
      where s.tenant = ?
      """;

  private final DataSource pool;

  /** Reads from this database. */
  public SuspenseStore(DataSource pool) {
    this.pool = pool;
  }

  /**
   * What a list shows; null leaves a part open.
   *
   * @param reason a reason's code
   * @param source a source's name
   * @param state a state
   * @param since received then or later
   */
  public record Filter(
      @Nullable String reason,
      @Nullable String source,
      @Nullable String state,
      @Nullable Instant since) {

    /** All that is still open. */
    public static final Filter OPEN = new Filter(null, null, "open", null);
  }

  /**
   * One page of a list.
   *
   * @param events oldest first
   * @param next the cursor of the page after it; empty on the last one
   */
  public record Page(List<SuspendedEvent> events, Optional<String> next) {

    public Page {
      events = List.copyOf(events);
    }
  }

  /**
   * Lists events, oldest first.
   *
   * @param limit of this page, 1 to {@link #MOST}
   * @param cursor the hash that {@link Page#next} gave; empty from the first on
   */
  public Page list(int tenant, Filter filter, int limit, String cursor) throws SQLException {
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("a page has 1 to " + MOST + " events: " + limit);
    }
    List<Object> parameters = new ArrayList<>(List.of(tenant));
    StringBuilder sql =
        new StringBuilder(EVENT.formatted("substring(s.raw from 1 for " + HEAD + ")"));
    with(sql, parameters, "and s.reason = ? ", filter.reason);
    with(sql, parameters, "and o.name = ? ", filter.source);
    with(sql, parameters, "and s.state = ? ", filter.state);
    Instant since = filter.since;
    with(sql, parameters, "and s.received_at >= ? ", since == null ? null : Timestamp.from(since));
    if (!cursor.isEmpty()) {
      sql.append("and (s.received_at, s.hash) > (select received_at, hash from suspense");
      sql.append(" where tenant = s.tenant and hash = ?) ");
      parameters.add(HexFormat.of().parseHex(cursor));
    }
    sql.append("order by s.received_at, s.hash limit ").append(limit + 1);
    List<SuspendedEvent> events = select(sql.toString(), parameters);
    if (events.size() <= limit) {
      return new Page(events, Optional.empty());
    }
    List<SuspendedEvent> page = events.subList(0, limit);
    return new Page(page, Optional.of(page.getLast().hash()));
  }

  /**
   * One event with all its bytes.
   *
   * @param hash its hash in hex or the beginning of it, {@link #SHORTEST_HASH} digits at least
   * @return empty where none begins so, or several do
   */
  public Optional<SuspendedEvent> show(int tenant, String hash) throws SQLException {
    if (!hash.matches("[0-9a-f]{" + SHORTEST_HASH + ",64}")) {
      return Optional.empty();
    }
    HexFormat hex = HexFormat.of();
    List<Object> bounds =
        List.of(
            tenant,
            hex.parseHex(hash + "0".repeat(64 - hash.length())),
            hex.parseHex(hash + "f".repeat(64 - hash.length())));
    List<SuspendedEvent> found =
        select(EVENT.formatted("s.raw") + "and s.hash between ? and ? limit 2", bounds);
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }

  /** How many events are open, by reason. */
  public Map<String, Long> openByReason(int tenant) throws SQLException {
    Map<String, Long> counts = new TreeMap<>();
    try (Connection connection = pool.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select reason, count(*) from suspense where tenant = ? and state = 'open'"
                    + " group by reason")) {
      select.setInt(1, tenant);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          counts.put(row.getString(1), row.getLong(2));
        }
      }
    }
    return counts;
  }

  private static void with(
      StringBuilder sql, List<Object> parameters, String condition, @Nullable Object value) {
    if (value != null) {
      sql.append(condition);
      parameters.add(value);
    }
  }

  private List<SuspendedEvent> select(String sql, List<Object> parameters) throws SQLException {
    List<SuspendedEvent> events = new ArrayList<>();
    try (Connection connection = pool.getConnection();
        PreparedStatement select = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.size(); i++) {
        select.setObject(i + 1, parameters.get(i));
      }
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          events.add(event(row));
        }
      }
    }
    return events;
  }

  private static SuspendedEvent event(ResultSet row) throws SQLException {
    Timestamp ended = row.getTimestamp(6);
    return new SuspendedEvent(
        HexFormat.of().formatHex(row.getBytes(1)),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getTimestamp(5).toInstant(),
        ended == null ? null : ended.toInstant(),
        row.getString(7),
        row.getInt(8),
        row.getBytes(9));
  }
}
