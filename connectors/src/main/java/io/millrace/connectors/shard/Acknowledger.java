package io.millrace.connectors.shard;

import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells sources, in the order of the commits and beside the next one, what has been disposed of.
 */
final class Acknowledger {
  private static final Logger LOG = LoggerFactory.getLogger(Acknowledger.class);

  /** {@code kept} are the rows that are not disposed of yet. */
  private record Drain(
      List<Intake.Taken> taken,
      Map<Intake.Taken, BitSet> kept,
      Set<Integer> lost,
      Outcomes outcomes) {}

  private final ArrayBlockingQueue<Drain> queue;
  private final CrashPoints crash;
  private final Thread thread;
  private volatile boolean running = true;

  Acknowledger(int bound, CrashPoints crash) {
    this.queue = new ArrayBlockingQueue<>(bound);
    this.crash = crash;
    this.thread = Thread.ofPlatform().name("millrace-acknowledge").start(this::run);
  }

  /** Waits where the sources can't keep up with the commits. */
  void acknowledge(
      List<Intake.Taken> taken,
      Map<Intake.Taken, BitSet> kept,
      Set<Integer> lost,
      Outcomes outcomes) {
    if (!taken.isEmpty()) {
      try {
        queue.put(new Drain(taken, kept, lost, outcomes));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    while (running || !queue.isEmpty()) {
      try {
        Drain drain = queue.poll(50, TimeUnit.MILLISECONDS);
        if (drain != null) {
          crash.at(CrashPoints.AFTER_COMMIT);
          for (int i = 0; i < drain.taken.size(); i++) {
            tell(drain.taken.get(i), i, drain);
          }
          crash.at(CrashPoints.AFTER_ACKNOWLEDGE);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static void tell(Intake.Taken taken, int batch, Drain drain) {
    List<Ticket> tickets = taken.tickets();
    BitSet kept = drain.kept.get(taken);
    for (int i = 0; i < tickets.size(); i++) {
      if (kept != null && kept.get(i)) {
        continue;
      }
      Ticket ticket = tickets.get(i);
      int shard = taken.usage().shard[i];
      if (ticket.wantsVerdict()) {
        Outcomes all = drain.outcomes;
        tell(ticket, shard, drain.lost, all.verdict(batch, i), all.reason(batch, i));
      } else {
        tell(ticket, shard, drain.lost, null, null);
      }
    }
    taken
        .suspensions()
        .forEach(
            s -> tell(s.ticket(), s.shard(), drain.lost, Verdict.SUSPENDED, s.command().reason()));
    taken.release();
  }

  private static void tell(
      Ticket ticket,
      int shard,
      Set<Integer> lost,
      @Nullable Verdict verdict,
      @Nullable Reason reason) {
    try {
      if (lost.contains(shard)) {
        ticket.failed(new ShardMoved(shard));
      } else if (verdict != null && ticket.wantsVerdict()) {
        ticket.done(verdict, reason);
      } else {
        ticket.done();
      }
    } catch (RuntimeException e) {
      LOG.warn("an acknowledgement failed; its source will send the event again", e);
    }
  }

  void close() throws InterruptedException {
    running = false;
    thread.join(TimeUnit.SECONDS.toMillis(10));
  }
}
