package io.millrace.connectors.store;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Rows on their way into one table by COPY, in its binary format: each value is added in the type
 * of its column, in the order of the columns. Not thread-safe; the caller flushes often enough to
 * bound it.
 */
public final class CopyRows {

  /** The signature, no flags, no extension of the header. */
  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };

  private static final int FEWEST_BYTES = 1 << 13;

  /** Where the server's time begins: 2000-01-01 UTC. */
  private static final long EPOCH_MILLIS = 946_684_800_000L;

  private final String sql;
  private final int columns;
  private byte[] bytes = new byte[FEWEST_BYTES];
  private int size;
  private int values;

  /**
   * For a table.
   *
   * @param table its name
   * @param columns in the order in which each row adds them, with commas
   */
  public CopyRows(String table, String columns) {
    this.sql = "copy " + table + " (" + columns + ") from stdin (format binary)";
    this.columns = columns.split(",").length;
    clear();
  }

  /** Adds a smallint. */
  public CopyRows int2(int value) {
    begin(Short.BYTES);
    put2((short) value);
    return this;
  }

  /** Adds an int. */
  public CopyRows int4(int value) {
    begin(Integer.BYTES);
    put4(value);
    return this;
  }

  /** Adds a bigint. */
  public CopyRows int8(long value) {
    begin(Long.BYTES);
    put8(value);
    return this;
  }

  /** Adds a boolean. */
  public CopyRows bool(boolean value) {
    begin(1);
    bytes[size++] = (byte) (value ? 1 : 0);
    return this;
  }

  /** Adds text, whatever is in it but NUL, which PostgreSQL has no place for. */
  public CopyRows text(String value) {
    return bytea(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a bytea. */
  public CopyRows bytea(byte[] value) {
    begin(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
    return this;
  }

  /** Adds a timestamptz, given in milliseconds since 1970-01-01 UTC. */
  public CopyRows time(long millis) {
    return int8(Math.multiplyExact(millis - EPOCH_MILLIS, 1_000));
  }

  /** Ends the row. */
  public void end() {
    if (values != columns) {
      throw new IllegalStateException(values + " values for " + columns + " columns: " + sql);
    }
    values = 0;
  }

  /** How many bytes wait. */
  public int size() {
    return size - HEADER.length;
  }

  /** Writes what waits, as part of the connection's transaction. */
  public void flush(Connection connection) throws SQLException {
    if (size() == 0) {
      return;
    }
    put2((short) -1);
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
    try {
      copy.writeToCopy(bytes, 0, size);
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
    clear();
  }

  private void clear() {
    System.arraycopy(HEADER, 0, bytes, 0, HEADER.length);
    size = HEADER.length;
  }

  /** The value's length, behind the number of columns where it is a row's first. */
  private void begin(int length) {
    int least = size + length + 3 * Integer.BYTES;
    if (least > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(least, 2 * bytes.length));
    }
    if (values++ == 0) {
      put2((short) columns);
    }
    put4(length);
  }

  private void put2(short value) {
    bytes[size++] = (byte) (value >> 8);
    bytes[size++] = (byte) value;
  }

  private void put4(int value) {
    put2((short) (value >> 16));
    put2((short) value);
  }

  private void put8(long value) {
    put4((int) (value >> 32));
    put4((int) value);
  }
}
