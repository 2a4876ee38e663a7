package io.millrace.ops.node;

import io.millrace.connectors.clock.ClockState;
import io.millrace.connectors.shard.ShardHost;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/**
 * Whether a node works.
 *
 * @param up whether all checks are
 */
public record Health(boolean up, List<Check> checks) {
  private static final int ANSWER_SECONDS = 2;

  /**
   * One thing that was looked at.
   *
   * @param detail why it isn't up, or what an operator should do although it is; empty where
   *     neither
   */
  public record Check(String name, boolean up, String detail) {
    static Check of(String name, boolean up, String otherwise) {
      return new Check(name, up, up ? "" : otherwise);
    }
  }

  public Health {
    checks = List.copyOf(checks);
  }

  private static Health of(List<Check> checks) {
    return new Health(checks.stream().allMatch(Check::up), checks);
  }

  /** Whether the shards' thread lives; where not, only a restart helps. */
  static Health live(ShardHost host) {
    String trouble = host.trouble();
    boolean stopped = trouble != null && trouble.startsWith("stopped");
    return of(List.of(Check.of("shards", !stopped, "stopped by a failure; restart the node")));
  }

  /** Whether it takes usage in: shards owned, database answering, no source without its broker. */
  static Health ready(
      ShardHost host, DataSource database, List<SourceFace> sources, ClockState clock) {
    long waiting = sources.stream().filter(s -> s.state() == SourceFace.State.WAITING).count();
    return of(
        List.of(
            Check.of(
                "shards",
                host.isReady(),
                "no shard is owned, or the last commit did not go through"),
            Check.of("database", answers(database), "it does not answer"),
            Check.of("sources", waiting == 0, waiting + " without a connection"),
            // Usage is taken all the same: who sends it elsewhere gains nothing.
            new Check("clock", true, clock.trouble())));
  }

  private static boolean answers(DataSource database) {
    try (Connection connection = database.getConnection()) {
      return connection.isValid(ANSWER_SECONDS);
    } catch (SQLException e) {
      return false;
    }
  }
}
