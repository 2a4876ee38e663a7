package io.millrace.connectors.shard;

import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Reservation;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.usage.Attributes;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for commands, in the order in which they came; they go ahead of usage. Any thread
 * adds, the thread of the shards takes.
 */
public final class Callers {
  private static final UsageBatch NONE = new UsageBatch(1);
  private static final boolean[] NO_ROWS = {};

  /** Requests that wait for a drain; who comes when so many do is refused ({@link CallersFull}). */
  static final int MOST_WAITING = 1 << 16;

  /** Bytes of evidence that wait with them, beyond which the same is said. */
  static final long MOST_BYTES_WAITING = 1 << 26;

  /**
   * Requests that one drain takes, and bytes of their evidence: they come on top of what it takes
   * of usage, and a journal row must stay below the codec's bounds.
   */
  static final int MOST_AT_ONCE = 1 << 12;

  private static final long MOST_BYTES_AT_ONCE = 1 << 23;

  private final Runnable wake;
  private final ConcurrentLinkedQueue<Asked> waiting = new ConcurrentLinkedQueue<>();

  /** How many wait; counted beside, since the queue would walk to count. */
  private final AtomicInteger count = new AtomicInteger();

  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /** What one asks for: a command, or uses whose rows are made as they are taken. */
  private record Asked(
      int shard,
      @Nullable Command command,
      @Nullable RowedRequest uses,
      CompletableFuture<@Nullable AccountAnswer> answer) {
    long size() {
      return uses == null ? 0 : uses.size();
    }
  }

  Callers(Runnable wake) {
    this.wake = wake;
  }

  /** Asks an account of a shard; the answer is given when it is committed. */
  public CompletableFuture<@Nullable AccountAnswer> ask(int shard, AccountRequest request) {
    return ask(shard, new Command.Account(request));
  }

  /** Has uses charged to an account of a shard; the answer is given when it is committed. */
  public CompletableFuture<@Nullable AccountAnswer> ask(int shard, RowedRequest uses) {
    return add(new Asked(shard, null, uses, new CompletableFuture<>()));
  }

  /** Has a command applied; completes when it is committed. */
  CompletableFuture<@Nullable AccountAnswer> ask(int shard, Command command) {
    return add(new Asked(shard, command, null, new CompletableFuture<>()));
  }

  private CompletableFuture<@Nullable AccountAnswer> add(Asked asked) {
    // What the node itself asks for is few, and is not to fail because of others.
    boolean isRequest = asked.uses != null || asked.command instanceof Command.Account;
    boolean isOver =
        count.incrementAndGet() > MOST_WAITING | bytes.addAndGet(asked.size()) > MOST_BYTES_WAITING;
    if (isOver && isRequest) {
      left(asked);
      refused.incrementAndGet();
      asked.answer.completeExceptionally(new CallersFull());
      return asked.answer;
    }
    waiting.add(asked);
    wake.run();
    return asked.answer;
  }

  private void left(Asked asked) {
    count.decrementAndGet();
    bytes.addAndGet(-asked.size());
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Requests that were refused since the start, because as many waited as may. */
  public long refused() {
    return refused.get();
  }

  /** Those that are taken at once, and the rows of their uses. */
  static final class Taken {
    private final List<Asked> asked = new ArrayList<>();
    private final List<boolean[]> rows = new ArrayList<>();
    private final UsageBatch usage;
    private final List<Caller> callers = new ArrayList<>();

    private Taken(UsageBatch usage) {
      this.usage = usage;
    }

    /** Work of the rows of uses, ahead of all others as their commands are, and of batches. */
    Work sorted(List<UsageBatch> batches, int shards, Work.Room room) {
      if (usage.size() == 0) {
        return Work.sorted(batches, shards, room);
      }
      batches.add(usage);
      return Work.sorted(batches, shards, room, batches.size() - 1);
    }

    /** Rows of uses, none where nobody asks for one. */
    UsageBatch usage() {
      return usage;
    }

    boolean isEmpty() {
      return asked.isEmpty();
    }

    /** Adds the commands to that work. */
    void addTo(Work work) {
      int[] next = new int[work.from.length - 1];
      for (int i = 0; i < asked.size(); i++) {
        Asked a = asked.get(i);
        Command command = a.command;
        if (a.uses != null) {
          boolean[] made = rows.get(i);
          int[] named = new int[made.length];
          for (int use = 0; use < named.length; use++) {
            named[use] = made[use] ? next[a.shard]++ : AccountRequest.Use.NO_ROW;
          }
          command = new Command.Account(a.uses.request(named));
        }
        if (command != null) {
          work.command(a.shard, command);
          callers.add(new Caller(a.shard, command, a.answer));
        }
      }
    }

    void told(NodeShards.Drained drained) {
      Caller.tell(callers, drained);
    }
  }

  /**
   * Takes some, {@link #MOST_AT_ONCE} at most; whoever waits no longer is left out.
   *
   * @param now when what is used without a reservation is used; milliseconds since 1970-01-01 UTC
   */
  Taken take(NodeShards node, long now) {
    Taken taken = new Taken(waiting.isEmpty() ? NONE : new UsageBatch(64));
    Asked next;
    while (taken.usage != NONE
        && taken.asked.size() < MOST_AT_ONCE
        && taken.usage.size() < MOST_AT_ONCE
        && taken.usage.rawSize() < MOST_BYTES_AT_ONCE
        && (next = waiting.poll()) != null) {
      left(next);
      if (next.answer.isDone()) {
        continue; // It has taken too long, and was told so: a repeat under its key comes instead.
      }
      taken.asked.add(next);
      taken.rows.add(next.uses == null ? NO_ROWS : rows(next.shard, next.uses, node, now, taken));
    }
    return taken;
  }

  private static boolean[] rows(
      int shard, RowedRequest request, NodeShards node, long now, Taken taken) {
    Shard owned = node.shard(shard).orElse(null);
    if (owned == null) {
      return NO_ROWS; // It is answered as moved.
    }
    List<AccountUse> uses = request.uses(owned, now);
    boolean[] made = new boolean[uses.size()];
    for (int i = 0; i < made.length; i++) {
      made[i] = addRow(shard, uses.get(i), owned, now, taken.usage);
    }
    return made;
  }

  private static boolean addRow(
      int shard, AccountUse use, Shard owned, long now, UsageBatch usage) {
    long subscription = use.subscription();
    long at = now;
    int type = use.type();
    int value = use.value();
    Attributes said = use.said();
    if (use.seq() != 0) {
      Reservation r = owned.reservation(use.seq(), use.n()).orElse(null);
      if (r == null || r.type() != type || r.value() != value) {
        return false;
      }
      subscription = r.subscription();
      at = r.at();
      said = said == null ? r.said() : said;
    }
    Rules rules = owned.rules();
    if (type >= rules.types().size() || value >= rules.types().get(type).meters().size()) {
      return false;
    }
    said = said == null ? Attributes.NONE : said;
    long[] values = said.readings(rules.types().get(type).meters(), value, use.quantity());
    byte[] raw = use.evidence(said);
    usage.add(
        shard,
        subscription,
        use.source(),
        use.key().high(),
        false,
        at,
        now,
        type,
        values,
        values.length,
        raw,
        0,
        raw.length);
    return true;
  }
}
