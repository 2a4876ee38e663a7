package io.millrace.connectors.shard;

import io.millrace.processors.shard.Command;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What has arrived from one source and waits for the next drain. Producers add under its lock; the
 * drain takes all at once. Bounded in events and in bytes.
 */
public final class Intake {
  private static final int FEWEST_ROWS = 1024;

  /** Batches kept to be filled again: one that is drained, one whose senders are being told. */
  private static final int MOST_SPARE = 2;

  private final int bound;
  private final int byteBound;
  private final Runnable wake;
  private UsageBatch usage = new UsageBatch(FEWEST_ROWS);
  private List<Ticket> tickets = new ArrayList<>();
  private List<Suspension> suspensions = new ArrayList<>();
  private final ArrayDeque<UsageBatch> spare = new ArrayDeque<>();
  private boolean wantsVerdicts;
  private boolean closed;
  private volatile boolean awaited;

  /** A command for suspense and who waits for it. */
  record Suspension(int shard, Command.Suspend command, Ticket ticket) {}

  /**
   * What one take took: the ticket of each row, and the suspensions.
   *
   * @param wantsVerdicts whether one of the rows' tickets does
   */
  record Taken(
      Intake intake,
      UsageBatch usage,
      List<Ticket> tickets,
      List<Suspension> suspensions,
      boolean wantsVerdicts) {
    /** Gives the room of the rows back, once nobody reads them any more. */
    void release() {
      intake.giveBack(usage);
    }

    int size() {
      return usage.size() + suspensions.size();
    }
  }

  /** Appends one event's row to a batch. */
  @FunctionalInterface
  public interface Appender {
    void append(UsageBatch usage);
  }

  /**
   * An empty intake.
   *
   * @param bound events it holds at most
   * @param byteBound raw bytes it holds at most
   * @param wake called when something came into an empty intake, and when it is half full
   */
  Intake(int bound, int byteBound, Runnable wake) {
    this.bound = bound;
    this.byteBound = byteBound;
    this.wake = wake;
  }

  /**
   * Takes an event in.
   *
   * @return whether there was room; where not, nothing was done
   */
  public boolean add(Appender event, Ticket ticket) {
    boolean wakeNow;
    synchronized (this) {
      if (isFull()) {
        return false;
      }
      event.append(usage);
      tickets.add(ticket);
      wantsVerdicts |= ticket.wantsVerdict();
      wakeNow = wakes();
    }
    if (wakeNow) {
      wake.run();
    }
    return true;
  }

  /** Takes in what can't be charged; otherwise as {@link #add}. */
  public boolean suspend(int shard, Command.Suspend command, Ticket ticket) {
    boolean wakeNow;
    synchronized (this) {
      if (isFull()) {
        return false;
      }
      suspensions.add(new Suspension(shard, command, ticket));
      wakeNow = wakes();
    }
    if (wakeNow) {
      wake.run();
    }
    return true;
  }

  private boolean isFull() {
    return closed || size() >= bound || usage.rawSize() >= byteBound;
  }

  private int size() {
    return usage.size() + suspensions.size();
  }

  private boolean wakes() {
    int size = size();
    return size == 1 || size == bound / 2;
  }

  /** Has what is in it drained as soon as may be: someone waits for its outcome. */
  public void hurry() {
    awaited = true;
    wake.run();
  }

  /** Whether it is to be drained soon: it is half full, or someone waits. */
  synchronized boolean isUrgent() {
    return awaited && size() > 0 || isHalfFull();
  }

  /** Whether a drain must not wait for more. */
  synchronized boolean isHalfFull() {
    return size() >= bound / 2 || usage.rawSize() >= byteBound / 2;
  }

  synchronized boolean isEmpty() {
    return size() == 0;
  }

  synchronized Taken take() {
    Taken taken = new Taken(this, usage, tickets, suspensions, wantsVerdicts);
    UsageBatch room = spare.poll();
    usage = room == null ? new UsageBatch(FEWEST_ROWS) : room;
    tickets = new ArrayList<>(Math.max(16, tickets.size()));
    suspensions = new ArrayList<>();
    wantsVerdicts = false;
    awaited = false;
    return taken;
  }

  private synchronized void giveBack(UsageBatch room) {
    if (spare.size() < MOST_SPARE) {
      room.clear();
      spare.add(room);
    }
  }

  /** Refuses everything from here on. */
  synchronized void close() {
    closed = true;
  }
}
