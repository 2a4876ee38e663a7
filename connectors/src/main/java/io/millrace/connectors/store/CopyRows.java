package io.millrace.connectors.store;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/**
 * Rows on their way into one table by COPY, in its text format. Not thread-safe; the caller flushes
 * often enough to bound it.
 */
public final class CopyRows {

  private final String sql;
  private final StringBuilder text = new StringBuilder();
  private boolean rowBegun;

  /**
   * For a table.
   *
   * @param table its name
   * @param columns in the order in which each row adds them
   */
  public CopyRows(String table, String columns) {
    this.sql = "copy " + table + " (" + columns + ") from stdin";
  }

  /** Adds a number to the row. */
  public CopyRows add(long value) {
    separate();
    text.append(value);
    return this;
  }

  /** Adds a truth value to the row. */
  public CopyRows add(boolean value) {
    separate();
    text.append(value ? 't' : 'f');
    return this;
  }

  /** Adds text to the row, whatever is in it but NUL, which PostgreSQL has no place for. */
  public CopyRows add(String value) {
    separate();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> text.append(c);
      }
    }
    return this;
  }

  /** Ends the row. */
  public void end() {
    text.append('\n');
    rowBegun = false;
  }

  /** How many characters wait. */
  public int size() {
    return text.length();
  }

  /** Writes what waits, as part of the connection's transaction. */
  public void flush(Connection connection) throws SQLException {
    if (text.isEmpty()) {
      return;
    }
    try {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(sql, new StringReader(text.toString()));
    } catch (IOException e) {
      throw new SQLException("COPY broke off", e);
    }
    text.setLength(0);
  }

  private void separate() {
    if (rowBegun) {
      text.append('\t');
    }
    rowBegun = true;
  }
}
