package io.millrace.connectors.shard;

import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was taken in at once and is committed in one piece, or, where callers come meanwhile, in
 * parts of some rows and shards, so that a caller waits for one part at most: who comes during one
 * is committed ahead of the next. Its sources are told once all of it is disposed of. Where the
 * node ends before, they hand all of it in again.
 */
final class Backlog {
  /** Rows of usage that a commit takes beside callers. */
  static final int PART_ROWS = 1_000;

  /** Shards that a commit takes beside callers: a row of the journal and a fence each. */
  static final int PART_SHARDS = 8;

  /**
   * Where a drain holds this much, the other intakes wait for the next: one more intake can come on
   * top, and a journal row must stay below the codec's bounds.
   */
  private static final int MOST_EVENTS = 1 << 16;

  private static final long MOST_BYTES = 1 << 25;

  private final List<Intake.Taken> taken;
  private final List<UsageBatch> batches = new ArrayList<>();
  private final int shards;
  private final Map<Intake.Taken, BitSet> kept = new IdentityHashMap<>();
  private final Set<Integer> lost = new HashSet<>();
  private final Outcomes outcomes;

  /** Its rows by shard, packed as those of {@link Work}; made when the first part is asked for. */
  private long[] origin = {};

  private int next;
  private boolean begun;

  private Backlog(List<Intake.Taken> taken, int shards) {
    this.taken = List.copyOf(taken);
    this.shards = shards;
    this.outcomes = Outcomes.of(taken);
    taken.forEach(some -> batches.add(some.usage()));
  }

  /** Of no rows: a commit of callers alone. */
  static Backlog none(int shards) {
    return new Backlog(List.of(), shards);
  }

  /** Takes what has arrived, and what waited for its device to arrive. */
  static Backlog taken(Iterable<Intake> intakes, Forwarding forwarding, int shards, long now) {
    List<Intake.Taken> taken = new ArrayList<>();
    int events = forwarding.takeInto(taken, now);
    long bytes = 0;
    for (Intake intake : intakes) {
      if (events < MOST_EVENTS && bytes < MOST_BYTES && !intake.isEmpty()) {
        Intake.Taken some = intake.take();
        taken.add(some);
        events += some.size();
        bytes += some.usage().rawSize();
      }
    }
    return new Backlog(taken, shards);
  }

  /** How many batches it is of. */
  int batches() {
    return batches.size();
  }

  /** Whether it is more than a commit takes beside callers. */
  boolean isLarge() {
    return batches.stream().mapToInt(UsageBatch::size).sum() > PART_SHARDS;
  }

  /** All of it as one piece of work, beside callers' and what is tried again. */
  Work whole(Callers.Taken asked, List<UsageBatch> more, Work.Room room) {
    begun = true;
    next = origin.length;
    List<UsageBatch> all = new ArrayList<>(batches);
    all.addAll(more);
    Work work = asked.sorted(all, shards, room);
    addSuspensions(work);
    return work;
  }

  /**
   * The next part of it, beside rows of callers, which go ahead; all that is left where none are
   * expected.
   */
  Work part(UsageBatch asked, boolean callersExpected, Work.Room room) {
    boolean isFirst = !begun;
    if (isFirst) {
      begun = true;
      origin = Work.origins(batches, shards);
    }
    int from = next;
    int parts = 0;
    int last = -1;
    while (next < origin.length && (!callersExpected || next - from < PART_ROWS)) {
      int shard = shardOf(origin[next]);
      if (shard != last) {
        if (callersExpected && parts == PART_SHARDS) {
          break;
        }
        parts++;
        last = shard;
      }
      next++;
    }
    List<UsageBatch> all = new ArrayList<>(batches);
    all.add(asked);
    Work work = Work.of(all, merged(asked, from), shards, room);
    if (isFirst) {
      addSuspensions(work);
    }
    return work;
  }

  /** The rows of callers and those of the part, by shard, callers' first. */
  private long[] merged(UsageBatch asked, int from) {
    long[] callers = Work.origins(List.of(asked), shards);
    long[] rows = new long[callers.length + next - from];
    int c = 0;
    int p = from;
    for (int i = 0; i < rows.length; i++) {
      boolean isCallers =
          c < callers.length && (p == next || asked.shard[(int) callers[c]] <= shardOf(origin[p]));
      rows[i] = isCallers ? (long) batches.size() << 32 | (int) callers[c++] : origin[p++];
    }
    return rows;
  }

  private int shardOf(long row) {
    return batches.get((int) (row >>> 32)).shard[(int) row];
  }

  private void addSuspensions(Work work) {
    for (Intake.Taken some : taken) {
      some.suspensions().forEach(s -> work.command(s.shard(), s.command()));
    }
  }

  /** Notes what a drain of it, or of a part, came to. */
  void note(NodeShards.Drained drained, Forwarding forwarding, long now) {
    forwarding.moved(drained, taken, kept, now);
    outcomes.note(drained);
    lost.addAll(drained.lost());
  }

  /** Whether all of it has been committed or found to be elsewhere. */
  boolean isDone() {
    return begun && next == origin.length;
  }

  /** How many of its events have been disposed of. */
  int disposed() {
    int all = taken.stream().mapToInt(Intake.Taken::size).sum();
    return all - kept.values().stream().mapToInt(BitSet::cardinality).sum();
  }

  /** Has its sources told. */
  void tell(Acknowledger acknowledger) {
    acknowledger.acknowledge(taken, kept, lost, outcomes);
  }
}
