package io.millrace.connectors.shard;

import io.millrace.connectors.clock.CommitClock;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.usage.UsageBatch;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a node that changes shards: it drains what has arrived, makes one commit of it
 * and then, on another thread, tells those who wait. Readers' questions run between commits, so
 * that they see what is committed.
 */
public final class ShardHost implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ShardHost.class);

  /** Usage alone waits this long for company. */
  private static final long USAGE_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * Beside callers usage waits this long for company even where someone waits for its outcome: each
   * part of it is a commit that callers wait for, and takes as long for few rows as for many.
   */
  static final long USAGE_WAIT_BESIDE_CALLERS_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  /** How often an idle node looks whether something is due. */
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** So long after a caller, another is expected, and usage is committed in parts. */
  private static final long CALLERS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long STOP_MILLIS = 10_000;
  private static final long FIRST_RETRY_MILLIS = 50;
  private static final long LAST_RETRY_MILLIS = 2_000;

  /** Acknowledgements waiting for the thread that sends them, in drains. */
  private static final int ACKNOWLEDGEMENT_DRAINS = 4;

  /**
   * How a node runs its shards.
   *
   * @param dueLimit due items a shard may run in one commit
   * @param leaseMillis how long the shards stay with a node that gives no sign of life
   * @param checkpointMillis the pause between checkpoints, and longer where they take long
   */
  public record Settings(int shards, int dueLimit, long leaseMillis, long checkpointMillis) {}

  private final NodeShards node;
  private final Store store;
  private final Settings settings;
  private final CommitClock clock;
  private final CrashPoints crash;
  private final CopyOnWriteArrayList<Intake> intakes = new CopyOnWriteArrayList<>();
  private final Callers callers = new Callers(this::wake);
  private final ConcurrentLinkedQueue<Recycle> recycles = new ConcurrentLinkedQueue<>();
  private final Questions questions;
  private final Tenure tenure;
  private final Forwarding forwarding;
  private final Acknowledger acknowledger;
  private final Checkpointer checkpointer;
  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong committedRows = new AtomicLong();
  private final AtomicLong drainNanos = new AtomicLong();
  private final Thread thread;
  private volatile boolean running = true;

  /** What is committed in parts, while it lasts. */
  private @Nullable Backlog backlog;

  /** Whether the last commit was one of its parts: callers of meanwhile go ahead of the next. */
  private boolean partBefore;

  private long lastCaller = System.nanoTime() - CALLERS_NANOS;

  /** For the drain that goes on. */
  private final Work.Room room = new Work.Room();

  /** A host that has not started; {@link #start} takes the shards. */
  public ShardHost(
      NodeShards node, Store store, Settings settings, CommitClock clock, CrashPoints crash) {
    this.node = node;
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    this.crash = crash;
    this.questions = new Questions(node::shards);
    this.tenure = new Tenure(node, settings, this::tellTimes);
    this.checkpointer = new Checkpointer(node, store, settings.checkpointMillis());
    this.forwarding = new Forwarding(node);
    this.acknowledger = new Acknowledger(ACKNOWLEDGEMENT_DRAINS, crash);
    this.thread = Thread.ofPlatform().name("millrace-shards").unstarted(this::run);
  }

  /** Takes what shards are free, on the calling thread, and begins to drain. */
  public void start() {
    tenure.begin();
    thread.start();
  }

  /**
   * A place for a source's events.
   *
   * @param bound events it holds at most
   */
  public Intake intake(int bound, int byteBound) {
    Intake intake = new Intake(bound, byteBound, this::wake);
    intakes.add(intake);
    return intake;
  }

  /** Has a command applied ahead of usage; completes when it is committed. */
  public CompletableFuture<Void> submit(int shard, Command command) {
    return callers.ask(shard, command).thenAccept(none -> {});
  }

  /** Those who ask accounts of shards. */
  public Callers callers() {
    return callers;
  }

  /**
   * Has events that wait in suspense tried again; completes when the outcome of each is committed.
   *
   * @param usage the events, decoded again
   * @param rows the suspense row of each
   * @param override who allows them to be older than the horizon, if someone does
   */
  public CompletableFuture<Void> recycle(
      UsageBatch usage, List<Work.Waiting> rows, @Nullable String override) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    recycles.add(new Recycle(usage, List.copyOf(rows), override, answer));
    wake();
    return answer;
  }

  /** Asks the shards of this node something between two commits; the answer must not keep them. */
  public <T> CompletableFuture<T> ask(Function<List<Shard>, T> question) {
    CompletableFuture<T> answer = questions.add(question);
    wake();
    return answer;
  }

  /**
   * Shows the dedupe windows that changed, between two commits: {@link Progress#changedWindows}.
   */
  public CompletableFuture<Integer> changedWindows(int from, WindowSink sink) {
    return ask(shards -> node.progress().changedWindows(from, sink));
  }

  /** The rules that it commits under. */
  public Rules rules() {
    return node.rules();
  }

  /** Whether it owns shards and its last commit went through. */
  public boolean isReady() {
    return tenure.isReady();
  }

  /** What keeps it from working, if something does. */
  public @Nullable String trouble() {
    return tenure.trouble();
  }

  /** Commits made since the start. */
  public long commits() {
    return commits.get();
  }

  /** Rises when a device arrives or its events come to where it was: directories may be stale. */
  public long moves() {
    return forwarding.moves();
  }

  /** Events disposed of since the start. */
  public long committedRows() {
    return committedRows.get();
  }

  /** Nanoseconds spent in the drains of these commits, from the first event taken to the commit. */
  public long drainNanos() {
    return drainNanos.get();
  }

  /** Has leases, closes and what is due looked at now. */
  public void nudge() {
    tenure.hurry();
    wake();
  }

  private void wake() {
    LockSupport.unpark(thread);
  }

  private void run() {
    try {
      long firstArrival = 0;
      while (running) {
        long now = System.nanoTime();
        questions.answer(tenure::confirm);
        housekeeping(now);
        boolean arrived = intakes.stream().anyMatch(i -> !i.isEmpty());
        firstArrival = arrived ? (firstArrival == 0 ? now : firstArrival) : 0;
        long waited = now - firstArrival;
        boolean gathers =
            arrived && waited < USAGE_WAIT_BESIDE_CALLERS_NANOS && now - lastCaller < CALLERS_NANOS;
        boolean usageDue =
            arrived
                && (waited >= USAGE_WAIT_NANOS
                    || intakes.stream().anyMatch(gathers ? Intake::isHalfFull : Intake::isUrgent));
        boolean isFree = backlog == null;
        boolean forwardingDue = isFree && forwarding.isDue(now);
        if (usageDue
            || !isFree
            || !callers.isEmpty()
            || !recycles.isEmpty()
            || forwardingDue
            || isDue()) {
          boolean takesUsage = isFree && (usageDue || forwardingDue || arrived && !gathers);
          firstArrival = takesUsage ? 0 : firstArrival;
          drain(takesUsage);
        } else {
          long most = gathers ? USAGE_WAIT_BESIDE_CALLERS_NANOS : USAGE_WAIT_NANOS;
          LockSupport.parkNanos(arrived ? Math.max(1, most - waited) : TICK_NANOS);
        }
      }
    } catch (Throwable fatal) {
      tenure.stopped(fatal);
      LOG.error("the shards of this node have stopped; restart it. Cause: ", fatal);
    } finally {
      tenure.end();
    }
  }

  private boolean isDue() {
    CommitClock.Reading time = clock.read();
    return node.isDue(time.ticks() ? time.now() : Long.MIN_VALUE);
  }

  /** What was committed before is what the clock must not fall behind. */
  private void tellTimes() {
    node.shards().forEach(s -> clock.seen(s.time()));
  }

  private void drain(boolean takesUsage) {
    long begun = System.nanoTime();
    boolean aside = partBefore && backlog != null && !callers.isEmpty();
    partBefore = false;
    Backlog usage = aside ? null : backlog;
    if (usage == null) {
      usage =
          takesUsage
              ? Backlog.taken(intakes, forwarding, settings.shards(), begun)
              : Backlog.none(settings.shards());
    }
    crash.at(CrashPoints.AFTER_READ);
    Callers.Taken asked = callers.take(node, clock.read().now());
    if (!asked.isEmpty()) {
      lastCaller = begun;
    }
    Recycle again = null;
    Work work;
    boolean callersExpected = begun - lastCaller < CALLERS_NANOS;
    if (!aside && (backlog != null || callersExpected && usage.isLarge() && recycles.isEmpty())) {
      backlog = usage;
      partBefore = true;
      work = usage.part(asked.usage(), callersExpected, room);
    } else {
      again = aside ? null : recycles.poll();
      work = usage.whole(asked, again == null ? List.of() : List.of(again.usage()), room);
      if (again != null) {
        work.recycled(usage.batches(), again.rows(), again.override());
      }
    }
    asked.addTo(work);
    NodeShards.@Nullable Drained drained = commit(work);
    if (drained == null) {
      return; // Stopping: nobody is told, so every source hands its events in again.
    }
    drainNanos.addAndGet(System.nanoTime() - begun);
    commits.incrementAndGet();
    usage.note(drained, forwarding, begun);
    if (usage.isDone()) {
      backlog = aside ? backlog : null;
      committedRows.addAndGet(usage.disposed());
      usage.tell(acknowledger);
    }
    if (again != null) {
      again.answer().complete(null); // What moved stays open there, and can be recycled again.
    }
    asked.told(drained);
  }

  /** Tries until it is committed: nothing that was taken in is let go of while the node runs. */
  private NodeShards.@Nullable Drained commit(Work work) {
    long pause = FIRST_RETRY_MILLIS;
    while (running) {
      try {
        int owned = node.owned();
        CommitClock.Reading time = clock.read();
        NodeShards.Drained drained =
            node.drain(work, time.now(), time.ticks() ? settings.dueLimit() : 0);
        tenure.noteLoss(owned - node.owned());
        tenure.noteOwnership();
        return drained;
      } catch (StoreUnavailable e) {
        if (tenure.trouble() == null) {
          LOG.warn("nothing can be committed, sources are held back; {}", e.getMessage());
        }
        tenure.failed(e);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
        pause = Math.min(pause * 2, LAST_RETRY_MILLIS);
      } catch (RulesUnreadable e) {
        tenure.letGo(e); // What is under way is answered as moved, and comes to who has them then.
      }
    }
    return null;
  }

  private void housekeeping(long now) {
    try {
      tenure.look(now);
      checkpointer.look(now);
    } catch (StoreUnavailable e) {
      tenure.failed(e);
    }
  }

  /** Stops taking in, lets the last drain end, and gives the shards back. */
  @Override
  public void close() {
    intakes.forEach(Intake::close);
    running = false;
    wake();
    try {
      // After a lease they may be another's anyway.
      thread.join(Math.min(STOP_MILLIS, settings.leaseMillis()));
      checkpointer.close();
      acknowledger.close();
      if (thread.isAlive()) {
        // Inside a commit: what the shards hold then is not to be written before it has ended.
        LOG.warn(
            "stopped while a commit goes on; the shards are free when their leases have ended");
        return;
      }
      TreeSet<Integer> moved = node.progress().moved();
      for (List<Store.Checkpoint> some;
          !(some = node.progress().checkpoints(moved, Checkpointer.BYTES)).isEmpty(); ) {
        store.checkpoint(some);
      }
      node.release();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (StoreUnavailable e) {
      LOG.warn("stopped without a last checkpoint: {}", e.getMessage());
    }
  }
}
