package io.millrace.connectors.shard;

import io.millrace.processors.journal.Encoded;
import io.millrace.processors.shard.Effects;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the truth is kept: shard rows, journal, checkpoints and effects. Every write of a shard
 * carries its fence. Methods throw {@link StoreUnavailable} where the store can't be reached; only
 * {@link #commit} has an answer for that.
 */
public interface Store {

  /**
   * A shard's row.
   *
   * @param epoch rises with every change of owner
   * @param seq the number of its last commit
   * @param rules the version of the rules it commits under
   * @param closing the last period whose close was asked for
   * @param chain hash over all its sections
   */
  record ShardRow(int shard, int epoch, long seq, int rules, int closing, byte[] chain) {}

  /** What must be true of a shard's row for a commit, and what it becomes. */
  record Fence(int shard, int epoch, long seq, byte[] chain, int closed) {}

  /** One shard's effects in a commit. */
  record Part(int shard, long seq, long time, Effects effects) {}

  /** A commit of one tenant: all of it is written, or nothing. */
  record Write(long number, int rules, List<Fence> fences, Encoded journal, List<Part> parts) {}

  /** How a commit ended. */
  sealed interface Outcome {

    /**
     * It is durable.
     *
     * @param next the number for the next commit
     * @param closing the stamp of each shard in it
     */
    record Committed(long next, Map<Integer, Integer> closing) implements Outcome {}

    /** Nothing was written: these shards' rows are not as expected. */
    record Fenced(Set<Integer> lost) implements Outcome {}

    /** Nothing was written. */
    record Failed(Exception cause) implements Outcome {}

    /** Nothing was written, and nothing of it will be: the database's rules are against it. */
    record Refused(SQLException cause) implements Outcome {}

    /** The answer to the commit was lost: the shard rows tell, see {@link #settled}. */
    record Unknown(Exception cause) implements Outcome {}
  }

  /** A message that its sender has committed, and its receiver has not journalled. */
  record Letter(int from, long seq, int n, int to, byte[] body) {

    static List<Letter> all(ResultSet rs) throws SQLException {
      List<Letter> some = new ArrayList<>();
      while (rs.next()) {
        some.add(
            new Letter(rs.getInt(1), rs.getLong(2), rs.getInt(3), rs.getInt(4), rs.getBytes(5)));
      }
      return some;
    }
  }

  /** A row of the journal; evidence is not read. */
  record JournalRow(long number, int rules, byte[] rating, byte[] evidenceHash, byte[] digest) {}

  /**
   * A checkpoint.
   *
   * @param seq the shard's commit that it follows
   * @param number that commit's number
   * @param base the checkpoint's seq that it changes, 0 where it is all state
   */
  record Checkpoint(
      int shard, long seq, int epoch, long number, long base, byte[] chain, byte[] body) {
    /** Where the shard's chain was then. */
    ChainPoint point() {
      return new ChainPoint(shard, epoch, seq, number, chain);
    }
  }

  /**
   * A point of a shard's chain.
   *
   * @param epoch of its owner
   * @param seq the shard's last commit
   * @param number of that commit, or of a later one of its owner's in which the shard has no part
   */
  record ChainPoint(int shard, int epoch, long seq, long number, byte[] chain) {}

  /** A number for a commit, higher than any used of the shards that this node owns by now. */
  long nextNumber();

  /** Writes a commit. */
  Outcome commit(Write write);

  /**
   * Whether the database's rules are against a commit, tried and taken back.
   *
   * @throws StoreUnavailable where it could not be tried
   */
  boolean refuses(Write write);

  /** The rows as they are once nothing is under way on them; what an unknown outcome came to. */
  List<ShardRow> settled(List<Integer> shards);

  /**
   * Raises the epochs of a commit's shards, so that it can't be made any more: its statement may
   * not have come to the server yet. May be asked again where the answer was lost.
   *
   * @param node whose commit it is
   * @return whether all of its fences held still; else nothing is raised
   */
  boolean renounce(String node, List<Fence> fences);

  /**
   * Takes shards that are free or whose lease has run out, and raises their epochs. A transaction
   * in which their owner stands still no longer keeps them from the next.
   *
   * @param node who takes them
   * @param most how many at most
   * @param own also those under this node's own name, left by a process that has ended; a last
   *     transaction of its that the server has not ended yet is waited for
   */
  List<ShardRow> take(String node, int most, boolean own);

  /**
   * Prolongs a node's leases, of the shards it knows that it has: what an earlier process of its
   * name has left, or what it took without learning so, runs out.
   *
   * @param epochs of its shards
   * @return the rows that have it and this epoch still
   */
  List<ShardRow> renew(String node, Map<Integer, Integer> epochs);

  /** Gives a node's shards back. */
  void release(String node);

  /** Stores checkpoints in one transaction; returns the shards whose epoch was still this. */
  Set<Integer> checkpoint(List<Checkpoint> checkpoints);

  /**
   * Notes points of chains. Those of shards whose epoch is another by now are left out: the next
   * owner may have used lower numbers. So are those that come soon after another of their shard.
   */
  void note(List<ChainPoint> points);

  /** The latest full checkpoint of a shard and what was stored after it, in order of seq. */
  List<Checkpoint> checkpoints(int shard);

  /** The shard that sends, and the one that is sent to. */
  record Pair(int from, int to) {}

  /**
   * At most {@code most} messages to these shards, those of a sender in its order.
   *
   * @param held pairs whose messages wait, and are left out
   */
  List<Letter> letters(Collection<Integer> to, Collection<Pair> held, int most);

  /** At most {@code most} rows of the journal with a number above {@code after}, in order. */
  List<JournalRow> journal(long after, int most);
}
