package io.millrace.connectors.tenant;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The answers to requests with an {@code Idempotency-Key}: a request that is repeated gets the
 * answer that it got. Kept for {@link #DAYS} days.
 */
public final class AnswerStore {
  /** For how long an answer is kept. */
  public static final int DAYS = 7;

  /** Answers that are forgotten with each that is kept. */
  private static final int FORGET = 100;

  private final DataSource database;
  private final Tenant tenant;

  /** The answers of a tenant. */
  public AnswerStore(DataSource database, Tenant tenant) {
    this.database = database;
    this.tenant = tenant;
  }

  /**
   * An answer that was given.
   *
   * @param request a hash of the request that it was given to
   * @param status of HTTP
   */
  public record Stored(byte[] request, int status, String type, byte[] body) {}

  /** The answer of an operation to this key, if it has given one. */
  public Optional<Stored> find(String operation, String key) throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select request, status, type, body from answer"
                    + " where tenant = ? and operation = ? and key = ?")) {
      ps.setInt(1, tenant.id());
      ps.setString(2, operation);
      ps.setString(3, key);
      try (ResultSet rs = ps.executeQuery()) {
        return rs.next()
            ? Optional.of(new Stored(rs.getBytes(1), rs.getInt(2), rs.getString(3), rs.getBytes(4)))
            : Optional.empty();
      }
    }
  }

  /** Keeps an answer; where there is one to this key already, that one stays. */
  public void keep(String operation, String key, Stored answer) throws SQLException {
    try (Connection c = database.getConnection()) {
      try (PreparedStatement ps =
          c.prepareStatement(
              "delete from answer where ctid = any(array(select ctid from answer where tenant = ?"
                  + " and given_at < now() - interval '1 day' * ? limit ?))")) {
        ps.setInt(1, tenant.id());
        ps.setInt(2, DAYS);
        ps.setInt(3, FORGET);
        ps.executeUpdate();
      }
      try (PreparedStatement ps =
          c.prepareStatement(
              "insert into answer (tenant, operation, key, request, status, type, body)"
                  + " values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing")) {
        ps.setInt(1, tenant.id());
        ps.setString(2, operation);
        ps.setString(3, key);
        ps.setBytes(4, answer.request);
        ps.setInt(5, answer.status);
        ps.setString(6, answer.type);
        ps.setBytes(7, answer.body);
        ps.executeUpdate();
      }
    }
  }
}
