package io.millrace.connectors.files;

import io.millrace.connectors.files.FileClaim.Content;
import io.millrace.connectors.files.FileClaim.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Who reads which file, and how far it has come: the table {@code source_file}. Every change of a
 * row says who makes it, so that one who lost a claim changes nothing; leases run by the database's
 * clock.
 */
public final class SourceFiles {
  /** For how long a file stays with a reader that gives no sign of life. */
  public static final Duration LEASE = Duration.ofSeconds(15);

  /** How often a claim is to be renewed. */
  public static final Duration RENEWAL = Duration.ofSeconds(5);

  private static final String UNIQUE_VIOLATION = "23505";
  private static final String UNTIL = "clock_timestamp() + interval '15 seconds'";
  private static final String CLAIM =
      "insert into source_file as f (tenant, source, path, size, modified, state, node,"
          + " lease_until) values (?, ?, ?, ?, ?, 'claimed', ?, "
          + UNTIL
          + ") on conflict (tenant, source, path, size, modified) where there do update set"
          + " node = excluded.node, lease_until = excluded.lease_until where f.node is null"
          + " or f.node = excluded.node or f.lease_until < clock_timestamp()"
          + " returning id, state";
  private static final String MINE = " where tenant = ? and id = ? and node = ?";
  private static final String RENEW = "update source_file set lease_until = " + UNTIL + MINE;
  private static final String RELEASE =
      "update source_file set node = null, lease_until = null, changed_at = clock_timestamp()"
          + MINE;
  private static final String READ =
      """
      update source_file set state = 'reading', lines = ?,
        next_line = case when sha256 = ? then next_line else 0 end,
        charged = case when sha256 = ? then charged else 0 end,
        duplicate = case when sha256 = ? then duplicate else 0 end,
        suspended = case when sha256 = ? then suspended else 0 end,
        sha256 = ?, changed_at = clock_timestamp()
      """
          + MINE
          + " returning next_line";
  private static final String SAME =
      "select id, path, state, node is null or lease_until < clock_timestamp(), there"
          + " from source_file"
          + " where tenant = ? and source = ? and sha256 = ? and state in ('reading', 'done')"
          + " and id <> ?";
  private static final String YIELD =
      "update source_file set state = 'replayed', same_as = ?, there = false,"
          + " changed_at = clock_timestamp() where tenant = ? and id = ? and state = 'reading'"
          + " and (node is null or lease_until < clock_timestamp())";
  private static final String TAKE_OVER =
      "update source_file f set sha256 = o.sha256, lines = o.lines, next_line = o.next_line,"
          + " charged = o.charged, duplicate = o.duplicate, suspended = o.suspended,"
          + " state = 'reading' from source_file o where o.tenant = f.tenant and o.id = ?"
          + " and f.tenant = ? and f.id = ? and f.node = ?";
  private static final String PROGRESS =
      "update source_file set next_line = ?, charged = charged + ?, duplicate = duplicate + ?,"
          + " suspended = suspended + ?, changed_at = clock_timestamp(), lease_until = "
          + UNTIL
          + MINE
          + " and state = 'reading' and next_line = ?";
  private static final String END =
      "update source_file set state = ?, reason = ?, same_as = ?, sha256 = coalesce(?, sha256),"
          + " lines = greatest(lines, ?), changed_at = clock_timestamp()"
          + MINE;
  private static final String GONE =
      "update source_file set there = false, node = null, lease_until = null,"
          + " changed_at = clock_timestamp()"
          + MINE;

  private static final String FORGET = "delete from source_file" + MINE + " and state = 'claimed'";

  private static final String NOBODYS =
      " where tenant = ? and source = ? and there and path <> all(?)"
          + " and (node is null or lease_until < clock_timestamp())";
  private static final String SWEEP_UNREAD =
      "delete from source_file" + NOBODYS + " and state = 'claimed'";
  private static final String SWEEP_ENDED =
      "update source_file set there = false, node = null, lease_until = null,"
          + " changed_at = clock_timestamp()"
          + NOBODYS
          + " and state in ('done', 'replayed', 'failed')";

  private final DataSource database;
  private final int tenant;
  private final String node;

  /**
   * The files of a tenant's sources, as this node sees them.
   *
   * @param node unique among the processes that share the database
   */
  public SourceFiles(DataSource database, int tenant, String node) {
    this.database = database;
    this.tenant = tenant;
    this.node = node;
  }

  /** What one reader of this node does with files; no other reader has its number. */
  public Reader reader(String source, int number) {
    return new Reader(source, node + '/' + number);
  }

  /** One reader's hand on the table. All methods throw where the database can't be asked. */
  public final class Reader {
    private final String source;
    private final String name;

    private Reader(String source, String name) {
      this.source = source;
      this.name = name;
    }

    /** Takes a file, where no other reader has it. */
    public Optional<FileClaim> claim(FoundFile file) throws SQLException {
      try (Connection c = database.getConnection();
          PreparedStatement ps =
              prepare(c, CLAIM, tenant, source, file.path(), file.size(), file.modified(), name);
          ResultSet rs = ps.executeQuery()) {
        return rs.next()
            ? Optional.of(new FileClaim(rs.getLong(1), source, file, State.of(rs.getString(2))))
            : Optional.empty();
      }
    }

    /** Keeps a claim for another {@link #LEASE}. Returns whether it is still this reader's. */
    public boolean renew(FileClaim claim) throws SQLException {
      return update(RENEW, tenant, claim.id(), name) == 1;
    }

    /** Lets go of a file that somebody is to read on. */
    public void release(FileClaim claim) throws SQLException {
      update(RELEASE, tenant, claim.id(), name);
    }

    /**
     * Says what a claimed file holds.
     *
     * @param sha256 of its bytes
     * @param lines of usage in it
     * @param isThere whether a path still lies on the server: a file that was renamed while it was
     *     read is read on under its new name
     */
    public Content holds(FileClaim claim, byte[] sha256, long lines, Predicate<String> isThere)
        throws SQLException {
      try (Connection c = database.getConnection()) {
        return holds(c, claim, sha256, lines, isThere);
      }
    }

    private Content holds(
        Connection c, FileClaim claim, byte[] sha256, long lines, Predicate<String> isThere)
        throws SQLException {
      try (PreparedStatement ps =
              prepare(
                  c,
                  READ,
                  lines,
                  sha256,
                  sha256,
                  sha256,
                  sha256,
                  sha256,
                  tenant,
                  claim.id(),
                  name);
          ResultSet rs = ps.executeQuery()) {
        return rs.next() ? new Content.Read(rs.getLong(1)) : new Content.Busy(claim.file().path());
      } catch (SQLException e) {
        if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
          throw e;
        }
      }
      return sameAs(c, claim, sha256, isThere);
    }

    private Content sameAs(Connection c, FileClaim claim, byte[] sha256, Predicate<String> isThere)
        throws SQLException {
      long other;
      String path;
      try (PreparedStatement ps = prepare(c, SAME, tenant, source, sha256, claim.id());
          ResultSet rs = ps.executeQuery()) {
        if (!rs.next()) {
          return new Content.Busy(claim.file().path());
        }
        other = rs.getLong(1);
        path = rs.getString(2);
        if (State.of(rs.getString(3)) == State.DONE) {
          return new Content.Replayed(other, path);
        }
        if (!rs.getBoolean(4) || (rs.getBoolean(5) && isThere.test(path))) {
          return new Content.Busy(path);
        }
      }
      return takeOver(c, claim, other, path);
    }

    /** One transaction: the bytes are never nobody's. */
    private Content takeOver(Connection c, FileClaim claim, long other, String path)
        throws SQLException {
      c.setAutoCommit(false);
      try {
        if (update(c, YIELD, claim.id(), tenant, other) == 0
            || update(c, TAKE_OVER, other, tenant, claim.id(), name) == 0) {
          c.rollback();
          return new Content.Busy(path);
        }
        long next;
        try (PreparedStatement ps =
                prepare(
                    c,
                    "select next_line from source_file where tenant = ? and id = ?",
                    tenant,
                    claim.id());
            ResultSet rs = ps.executeQuery()) {
          rs.next();
          next = rs.getLong(1);
        }
        c.commit();
        return new Content.Read(next);
      } catch (SQLException e) {
        c.rollback();
        throw e;
      } finally {
        c.setAutoCommit(true);
      }
    }

    /**
     * Stores how far a file is read, and renews its claim.
     *
     * @param from where the progress stored before ended
     * @param to all lines before it are disposed of
     * @return whether it was stored; where not, another has the file
     */
    public boolean progress(FileClaim claim, long from, long to, LineCounts counts)
        throws SQLException {
      return update(
              PROGRESS,
              to,
              counts.charged(),
              counts.duplicate(),
              counts.suspended(),
              tenant,
              claim.id(),
              name,
              from)
          == 1;
    }

    /** All lines are disposed of. */
    public void done(FileClaim claim) throws SQLException {
      end(claim, State.DONE, null, null, null, 0);
    }

    /** Its bytes were read as another file. */
    public void replayed(FileClaim claim, byte[] sha256, long lines, long sameAs)
        throws SQLException {
      end(claim, State.REPLAYED, null, sameAs, sha256, lines);
    }

    /** None of its lines may be used. */
    public void failed(FileClaim claim, String reason) throws SQLException {
      end(claim, State.FAILED, reason, null, null, 0);
    }

    private void end(
        FileClaim claim,
        State state,
        @Nullable String reason,
        @Nullable Long sameAs,
        byte @Nullable [] sha256,
        long lines)
        throws SQLException {
      update(END, state.word(), reason, sameAs, sha256, lines, tenant, claim.id(), name);
    }

    /**
     * Settles what a reader left that died, or lost its connection, between moving a file and
     * {@link #gone saying so}. One that is half read stays: it may lie there under another name.
     *
     * @param paths what lies there now
     */
    public void sweep(Set<String> paths) throws SQLException {
      String[] there = paths.toArray(String[]::new);
      update(SWEEP_UNREAD, tenant, source, there);
      update(SWEEP_ENDED, tenant, source, there);
    }

    /**
     * It lies no longer where it was found: what comes there next is another file. One that was
     * never read whole is forgotten.
     */
    public void gone(FileClaim claim) throws SQLException {
      if (update(FORGET, tenant, claim.id(), name) == 0) {
        update(GONE, tenant, claim.id(), name);
      }
    }
  }

  private int update(String sql, @Nullable Object... values) throws SQLException {
    try (Connection c = database.getConnection()) {
      return update(c, sql, values);
    }
  }

  private static int update(Connection c, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement ps = prepare(c, sql, values)) {
      return ps.executeUpdate();
    }
  }

  private static PreparedStatement prepare(Connection c, String sql, @Nullable Object... values)
      throws SQLException {
    PreparedStatement ps = c.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      ps.setObject(i + 1, values[i]);
    }
    return ps;
  }
}
