package io.millrace.connectors.files;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What became of files, as operators look at it. */
public final class FileReports {
  /** Files of one page at most. */
  public static final int MOST = 1_000;

  private static final String SELECT =
      """
      select id, source, path, size, modified, state, lines, next_line, same_as, reason, node,
        found_at, changed_at, charged, duplicate, suspended
      from source_file
      where tenant = ? and id < ? and (?::text is null or source = ?)
        and (?::text is null or state = ?)
      order by id desc limit ?
      """;

  private final DataSource database;
  private final int tenant;

  /** Of a tenant's sources. */
  public FileReports(DataSource database, int tenant) {
    this.database = database;
    this.tenant = tenant;
  }

  /**
   * One page of a list.
   *
   * @param files newest first
   * @param next the cursor of the page after it; empty on the last one
   */
  public record Page(List<FileReport> files, Optional<Long> next) {
    public Page {
      files = List.copyOf(files);
    }
  }

  /**
   * Lists files, newest first.
   *
   * @param source of this source only; of all where null
   * @param state in this state only
   * @param limit of this page, 1 to {@link #MOST}
   * @param cursor what {@link Page#next} gave; {@link Long#MAX_VALUE} from the first on
   */
  public Page list(@Nullable String source, FileClaim.@Nullable State state, int limit, long cursor)
      throws SQLException {
    if (limit < 1 || limit > MOST) {
      throw new IllegalArgumentException("a page has 1 to " + MOST + " files: " + limit);
    }
    String word = state == null ? null : state.word();
    try (Connection c = database.getConnection();
        PreparedStatement select = c.prepareStatement(SELECT)) {
      select.setInt(1, tenant);
      select.setLong(2, cursor);
      select.setString(3, source);
      select.setString(4, source);
      select.setString(5, word);
      select.setString(6, word);
      select.setInt(7, limit + 1);
      List<FileReport> files = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          files.add(report(row));
        }
      }
      if (files.size() <= limit) {
        return new Page(files, Optional.empty());
      }
      List<FileReport> page = files.subList(0, limit);
      return new Page(page, Optional.of(page.getLast().id()));
    }
  }

  private static FileReport report(ResultSet row) throws SQLException {
    return new FileReport(
        row.getLong(1),
        row.getString(2),
        new FoundFile(row.getString(3), row.getLong(4), row.getLong(5)),
        FileClaim.State.of(row.getString(6)),
        row.getLong(7),
        row.getLong(8),
        new LineCounts(row.getLong(14), row.getLong(15), row.getLong(16)),
        Optional.ofNullable(row.getObject(9, Long.class)),
        Optional.ofNullable(row.getString(10)),
        Optional.ofNullable(row.getString(11)),
        row.getTimestamp(12).toInstant(),
        row.getTimestamp(13).toInstant());
  }
}
