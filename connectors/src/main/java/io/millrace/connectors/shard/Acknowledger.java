package io.millrace.connectors.shard;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells sources, in the order of the commits and beside the next one, what has been disposed of.
 */
final class Acknowledger {
  private static final Logger LOG = LoggerFactory.getLogger(Acknowledger.class);

  private record Drain(List<Intake.Taken> taken, Set<Integer> lost) {}

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
  void acknowledge(List<Intake.Taken> taken, Set<Integer> lost) {
    if (!taken.isEmpty()) {
      try {
        queue.put(new Drain(taken, lost));
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
          drain.taken.forEach(taken -> tell(taken, drain.lost));
          crash.at(CrashPoints.AFTER_ACKNOWLEDGE);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static void tell(Intake.Taken taken, Set<Integer> lost) {
    List<Ticket> tickets = taken.tickets();
    for (int i = 0; i < tickets.size(); i++) {
      tell(tickets.get(i), taken.usage().shard[i], lost);
    }
    taken.suspensions().forEach(s -> tell(s.ticket(), s.shard(), lost));
    taken.release();
  }

  private static void tell(Ticket ticket, int shard, Set<Integer> lost) {
    try {
      if (lost.contains(shard)) {
        ticket.failed(new ShardMoved(shard));
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
