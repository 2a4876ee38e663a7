package io.millrace.connectors.shard;

import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Command;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one drain takes in: commands by shard, and usage with each shard's rows side by side, in the
 * order in which they came.
 */
public final class Work {
  final TreeMap<Integer, List<Command>> commands = new TreeMap<>();
  final UsageBatch usage;

  /** Where the rows of shard s begin; one element more than shards. */
  final int[] from;

  /** The batch and row that each row of usage came from, packed as batch × 2^32 + row. */
  final long[] origin;

  private Work(UsageBatch usage, int[] from, long[] origin) {
    this.usage = usage;
    this.from = from;
    this.origin = origin;
  }

  /**
   * Sorts batches by shard; what comes from one batch keeps its order.
   *
   * @param shards how many the tenant has
   * @param room takes the rows; what it held is forgotten
   * @return work that is good for as long as the batches and the room are left alone
   */
  public static Work sorted(List<UsageBatch> batches, int shards, Room room) {
    return sorted(batches, shards, room, 0);
  }

  /** The same with the rows of one batch ahead of all others. */
  static Work sorted(List<UsageBatch> batches, int shards, Room room, int ahead) {
    int[] from = sections(batches, shards);
    long[] origin = origins(batches, from, ahead);
    room.sorted.gather(room.merged(batches), Room.rows(batches, origin));
    return new Work(room.sorted, from, origin);
  }

  /** Rows of batches in this order, which is that of their shards. */
  static Work of(List<UsageBatch> batches, long[] origin, int shards, Room room) {
    int[] from = new int[shards + 1];
    room.sorted.clear();
    for (long each : origin) {
      UsageBatch batch = batches.get((int) (each >>> 32));
      from[batch.shard[(int) each] + 1]++;
      room.sorted.addRow(batch, (int) each);
    }
    return new Work(room.sorted, begins(from), origin);
  }

  /** Where the rows of each shard begin once they are sorted by shard; one more than shards. */
  private static int[] sections(List<UsageBatch> batches, int shards) {
    int[] from = new int[shards + 1];
    for (UsageBatch batch : batches) {
      for (int i = 0; i < batch.size(); i++) {
        from[batch.shard[i] + 1]++;
      }
    }
    return begins(from);
  }

  /** Makes of how many rows each shard has where they begin. */
  private static int[] begins(int[] from) {
    for (int s = 1; s < from.length; s++) {
      from[s] += from[s - 1];
    }
    return from;
  }

  /** The batch and row of each row, by shard, packed as {@link #origin}. */
  static long[] origins(List<UsageBatch> batches, int shards) {
    return origins(batches, sections(batches, shards), 0);
  }

  private static long[] origins(List<UsageBatch> batches, int[] from, int ahead) {
    long[] origin = new long[from[from.length - 1]];
    int[] next = from.clone();
    for (int n = 0; n < batches.size(); n++) {
      int b = n == 0 ? ahead : n <= ahead ? n - 1 : n;
      UsageBatch batch = batches.get(b);
      for (int i = 0; i < batch.size(); i++) {
        origin[next[batch.shard[i]]++] = ((long) b << 32) | i;
      }
    }
    return origin;
  }

  /** Arrays of a drain that the next one uses again, since arrays of this size are costly. */
  public static final class Room {
    private static final int FEWEST_ROWS = 1024;

    private final UsageBatch merged = new UsageBatch(FEWEST_ROWS);
    private final UsageBatch sorted = new UsageBatch(FEWEST_ROWS);

    /** Room for nothing yet. */
    public Room() {}

    private UsageBatch merged(List<UsageBatch> batches) {
      if (batches.size() == 1) {
        return batches.getFirst();
      }
      merged.clear();
      batches.forEach(merged::addAll);
      return merged;
    }

    /** Where each row is in the merged batch. */
    private static int[] rows(List<UsageBatch> batches, long[] origin) {
      int[] first = new int[batches.size()];
      for (int b = 1; b < first.length; b++) {
        first[b] = first[b - 1] + batches.get(b - 1).size();
      }
      int[] rows = new int[origin.length];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = first[(int) (origin[i] >>> 32)] + (int) origin[i];
      }
      return rows;
    }
  }

  /** Adds a command, applied before the usage. */
  public void command(int shard, Command command) {
    commands.computeIfAbsent(shard, s -> new ArrayList<>()).add(command);
  }

  /** A row of suspense: the source that it is counted for, and its identity. */
  public record Waiting(int source, byte[] hash) {}

  /** Says of which suspense rows the rows of a batch are another try. */
  public void recycled(int batch, List<Waiting> rows, @Nullable String override) {
    for (int row = 0; row < origin.length; row++) {
      if (origin[row] >>> 32 == batch) {
        int shard = usage.shard[row];
        Waiting w = rows.get((int) origin[row]);
        command(shard, new Command.Recycled(row - from[shard], w.source, w.hash, override));
      }
    }
  }

  /** The batch and row that a row of a shard's came from, packed as batch × 2^32 + row. */
  public long originOf(int shard, int row) {
    return origin[from[shard] + row];
  }

  /** Whether a row of usage came out of suspense. */
  boolean isRecycled(int row) {
    int shard = usage.shard[row];
    return commands.getOrDefault(shard, List.of()).stream()
        .anyMatch(c -> c instanceof Command.Recycled r && r.row() == row - from[shard]);
  }

  boolean has(int shard) {
    return from[shard + 1] > from[shard] || commands.containsKey(shard);
  }

  /** The same without one row of usage. */
  Work without(int row) {
    UsageBatch usageLeft = new UsageBatch(usage.size());
    long[] originLeft = new long[origin.length - 1];
    int[] fromLeft = from.clone();
    int n = 0;
    for (int i = 0; i < usage.size(); i++) {
      if (i != row) {
        usageLeft.addRow(usage, i);
        originLeft[n++] = origin[i];
      }
    }
    for (int s = usage.shard[row] + 1; s < fromLeft.length; s++) {
      fromLeft[s]--;
    }
    Work left = new Work(usageLeft, fromLeft, originLeft);
    int shardOfRow = usage.shard[row];
    int inSection = row - from[shardOfRow];
    commands.forEach(
        (shard, list) ->
            list.forEach(
                c -> {
                  if (shard == shardOfRow && c instanceof Command.Account a) {
                    AccountRequest rest = a.request().without(inSection);
                    if (rest != null) {
                      left.command(shard, rest == a.request() ? c : new Command.Account(rest));
                    }
                  } else if (shard != shardOfRow || !(c instanceof Command.Recycled r)) {
                    left.command(shard, c);
                  } else if (r.row() != inSection) {
                    int moved = r.row() > inSection ? r.row() - 1 : r.row();
                    left.command(
                        shard, new Command.Recycled(moved, r.source(), r.rawHash(), r.override()));
                  }
                }));
    return left;
  }
}
