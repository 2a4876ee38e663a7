package io.millrace.connectors.tenant;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What changed accounts with balances other than use. */
public final class AccountChanges {
  private AccountChanges() {}

  /**
   * A change.
   *
   * @param place where it stands in its account's history
   * @param kind {@code top-up}, {@code adjustment}, {@code transfer} or {@code expired}
   * @param bucket its name; empty for the main balance
   * @param allowance that the bucket is units of; empty where it is money
   * @param amount ledger units, or the scaled integers of the allowance's meter; more than 0 for
   *     what came in
   * @param reason in somebody's words; empty where there is none
   */
  public record Change(
      Place place,
      Instant at,
      String kind,
      String bucket,
      String allowance,
      long amount,
      String reason) {}

  /** A change's commit in its shard, and which of that commit's it is. */
  public record Place(long seq, int n) {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,18})-([0-9]{1,9})");

    /** One that was written; empty where it is none. */
    public static Optional<Place> of(String text) {
      Matcher m = TEXT.matcher(text);
      return m.matches()
          ? Optional.of(new Place(Long.parseLong(m.group(1)), Integer.parseInt(m.group(2))))
          : Optional.empty();
    }

    @Override
    public String toString() {
      return seq + "-" + n;
    }
  }

  /**
   * Which changes are asked for; each is null where it does not matter.
   *
   * @param kind one of a change's
   * @param bucket its name; empty for the main balance
   * @param from the first moment
   * @param to the first moment after
   */
  public record Filter(
      @Nullable String kind,
      @Nullable String bucket,
      @Nullable Instant from,
      @Nullable Instant to) {

    /** All of them. */
    public static final Filter ALL = new Filter(null, null, null, null);
  }

  /**
   * An account's last ones, the latest first: all of a root's are of one shard, in its order.
   *
   * @param before those from there on are left out; null for none
   */
  public static List<Change> last(
      DataSource database,
      Tenant tenant,
      int account,
      Filter filter,
      @Nullable Place before,
      int limit)
      throws SQLException {
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "select at, kind, bucket, allowance, amount, reason, seq, n from account_change"
                    + " where tenant = ? and account = ? and (seq, n) < (?, ?)"
                    + " and (?::text is null or kind = ?) and (?::text is null or bucket = ?)"
                    + " and at >= ? and at < ? order by seq desc, n desc limit ?")) {
      ps.setInt(1, tenant.id());
      ps.setInt(2, account);
      ps.setLong(3, before == null ? Long.MAX_VALUE : before.seq);
      ps.setInt(4, before == null ? 0 : before.n);
      ps.setString(5, filter.kind);
      ps.setString(6, filter.kind);
      ps.setString(7, filter.bucket);
      ps.setString(8, filter.bucket);
      ps.setObject(9, at(filter.from, OffsetDateTime.MIN));
      ps.setObject(10, at(filter.to, OffsetDateTime.MAX));
      ps.setInt(11, limit);
      try (ResultSet rs = ps.executeQuery()) {
        List<Change> all = new ArrayList<>();
        while (rs.next()) {
          all.add(
              new Change(
                  new Place(rs.getLong(7), rs.getInt(8)),
                  rs.getObject(1, OffsetDateTime.class).toInstant(),
                  rs.getString(2),
                  rs.getString(3),
                  rs.getString(4),
                  rs.getLong(5),
                  rs.getString(6)));
        }
        return all;
      }
    }
  }

  /** The driver writes the least and the last as infinities. */
  private static OffsetDateTime at(@Nullable Instant moment, OffsetDateTime otherwise) {
    return moment == null ? otherwise : moment.atOffset(ZoneOffset.UTC);
  }
}
