package io.millrace.connectors.shard;

import java.sql.SQLException;

/** The database's rules are against what a commit writes: it would refuse it again. */
final class CommitRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final SQLException sql;

  CommitRefused(SQLException sql) {
    super(sql);
    this.sql = sql;
  }

  SQLException sql() {
    return sql;
  }
}
