package io.millrace.connectors.shard;

import io.millrace.processors.shard.Effects;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Events that reached a shard which their device had left: they wait here, for a moment, until the
 * device has arrived in another shard of this node, and are handed in again for that one. Their
 * source is told once they are disposed of; or to send them again, where the device is not here in
 * time. On the thread of the shards.
 */
final class Forwarding {
  /** Events that wait at most; a source is told at once of more. */
  private static final int MOST_WAITING = 1 << 16;

  private static final long MOST_BYTES = 1 << 25;

  /** An arrival takes one commit; a node that is about to own the shard, a lease. */
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final AtomicLong moves = new AtomicLong();
  private final NodeShards node;
  private final Intake origin = new Intake(0, 0, () -> {});
  private UsageBatch rows = new UsageBatch(16);
  private final List<Waiting> waiting = new ArrayList<>();

  private record Waiting(Ticket ticket, long since) {}

  Forwarding(NodeShards node) {
    this.node = node;
  }

  /** Commits since the start that a directory may not know of; any thread. */
  long moves() {
    return moves.get();
  }

  /** Whether something can be handed in or told now. */
  boolean isDue(long now) {
    for (int i = 0; i < waiting.size(); i++) {
      if (isOver(rows.shard[i], waiting.get(i), now)
          || node.holds(rows.shard[i], rows.subscription[i])) {
        return true;
      }
    }
    return false;
  }

  private boolean isOver(int shard, Waiting w, long now) {
    return !node.owns(shard) || now - w.since > WAIT_NANOS;
  }

  /** Adds what can be handed in now; gives how many rows that is. */
  int takeInto(List<Intake.Taken> taken, long now) {
    if (waiting.isEmpty()) {
      return 0;
    }
    UsageBatch all = rows;
    List<Waiting> those = List.copyOf(waiting);
    rows = new UsageBatch(16);
    waiting.clear();
    UsageBatch ready = new UsageBatch(those.size());
    List<Ticket> tickets = new ArrayList<>();
    List<Integer> over = new ArrayList<>();
    for (int i = 0; i < those.size(); i++) {
      Waiting w = those.get(i);
      if (node.holds(all.shard[i], all.subscription[i])) {
        ready.addRow(all, i);
        tickets.add(w.ticket);
      } else if (isOver(all.shard[i], w, now)) {
        over.add(i);
      } else {
        rows.addRow(all, i);
        waiting.add(w);
      }
    }
    over.forEach(i -> those.get(i).ticket.failed(new ShardMoved(all.shard[i])));
    if (tickets.isEmpty()) {
      return 0;
    }
    boolean verdicts = tickets.stream().anyMatch(Ticket::wantsVerdict);
    taken.add(new Intake.Taken(origin, ready, tickets, List.of(), verdicts));
    return tickets.size();
  }

  /**
   * Takes in what a drain found to be elsewhere.
   *
   * @param taken what it drained or a part of it, in the order of the work's batches
   * @param kept takes the rows of each whose source is not to be told
   */
  void moved(
      NodeShards.Drained drained,
      List<Intake.Taken> taken,
      Map<Intake.Taken, BitSet> kept,
      long now) {
    if (drained.effects().values().stream()
        .anyMatch(e -> !e.moved.isEmpty() || !e.received.isEmpty())) {
      moves.incrementAndGet();
    }
    drained
        .effects()
        .forEach(
            (shard, effects) -> {
              for (Effects.MovedRow m : effects.moved) {
                long from = drained.work().originOf(shard, m.row());
                if (from >>> 32 < taken.size()) { // Else it came out of suspense, and stays there.
                  Intake.Taken batch = taken.get((int) (from >>> 32));
                  kept.computeIfAbsent(batch, b -> new BitSet()).set((int) from);
                  add(batch, (int) from, m, now);
                }
              }
            });
  }

  private void add(Intake.Taken batch, int row, Effects.MovedRow to, long now) {
    Ticket ticket = batch.tickets().get(row);
    if (waiting.size() == MOST_WAITING || rows.rawSize() > MOST_BYTES || !node.owns(to.shard())) {
      ticket.failed(new ShardMoved(to.shard()));
    } else {
      rows.addRow(batch.usage(), row, to.shard(), to.subscription());
      waiting.add(new Waiting(ticket, now));
    }
  }
}
