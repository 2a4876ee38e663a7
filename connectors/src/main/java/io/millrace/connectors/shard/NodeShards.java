package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.Fence;
import io.millrace.connectors.shard.Store.Outcome;
import io.millrace.connectors.shard.Store.ShardRow;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.usage.UsageBatch;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The shards that a node owns, and the protocol that makes a drain one commit: apply, fence,
 * journal, effects; and only then accepted. Has one caller at a time; no threads, no clock of its
 * own.
 */
public final class NodeShards implements AutoCloseable {
  private final int tenant;
  private final int shards;
  private final Store store;
  private final RuleBook book;
  private final String node;
  private final CrashPoints crash;
  private final JournalCodec codec = new JournalCodec();
  private final OwnedShards owned = new OwnedShards();
  private final Mail mail;
  private long nextNumber;

  /** What it commits under; newer ones are adopted as soon as a shard's row names them. */
  private volatile Rules rules;

  private @Nullable Unsettled unsettled;
  private final Progress progress = new Progress(owned, () -> unsettled != null);

  /**
   * A node that owns nothing yet.
   *
   * @param shards how many the tenant has
   * @param rules what it commits under at first
   * @param node its name, unique among nodes that run
   */
  public NodeShards(
      int tenant, int shards, Store store, Rules rules, String node, CrashPoints crash) {
    this(tenant, shards, store, rules, RuleBook.of(rules), node, crash);
  }

  /** As the other one, with rules of which versions are activated while it runs. */
  public NodeShards(
      int tenant,
      int shards,
      Store store,
      Rules rules,
      RuleBook book,
      String node,
      CrashPoints crash) {
    this.tenant = tenant;
    this.shards = shards;
    this.store = store;
    this.mail = new Mail(store);
    this.rules = rules;
    this.book = book;
    this.node = node;
    this.crash = crash;
  }

  /** The first hash of a shard's chain. */
  public static byte[] genesis(int tenant, int shard) {
    return JournalCodec.chain(new byte[32], shard, tenant, new byte[32]);
  }

  /** What a drain came to. */
  public record Drained(
      boolean committed, Set<Integer> lost, Map<Integer, Effects> effects, Work work) {}

  /**
   * Takes free shards and brings their state back.
   *
   * @param most how many at most
   * @param own also those left under this node's name, by a process that has ended
   * @return how many it took
   */
  public int take(int most, boolean own) {
    List<ShardRow> rows = store.take(node, most, own);
    if (!rows.isEmpty()) {
      adopt(rows);
      Collection<Owned> back = new Recovery(tenant, store, rules, book, codec).recover(rows);
      // Their journals may hold higher numbers than the one in hand, and numbers rise in a shard:
      // none of them may commit before a new one is drawn.
      nextNumber = store.nextNumber();
      back.forEach(o -> owned.put(o.number(), o));
      mail.look();
    }
    return rows.size();
  }

  /**
   * Prolongs the leases; forgets shards that others own by now. Returns their numbers. What was
   * taken without its state being brought back is not prolonged, so that it is free again soon.
   */
  public Set<Integer> renew() {
    Map<Integer, Integer> epochs = new TreeMap<>();
    owned.values().forEach(o -> epochs.put(o.number(), o.epoch));
    Map<Integer, ShardRow> rows = new HashMap<>();
    store.renew(node, epochs).forEach(row -> rows.put(row.shard(), row));
    if (unsettled == null) {
      adopt(rows.values());
    }
    Set<Integer> lost = new HashSet<>();
    for (Owned o : owned.values()) {
      ShardRow row = rows.get(o.number());
      if (row == null) {
        lost.add(o.number());
      } else {
        o.closing = Math.max(o.closing, row.closing());
      }
    }
    lost.forEach(owned::remove);
    if (owned.size() < shards) {
      mail.look(); // Other nodes' shards may have sent some.
    }
    return lost;
  }

  /** The rules that it commits under. */
  public Rules rules() {
    return rules;
  }

  /** Goes over to newer rules where rows name some; says whether any does. Between batches. */
  private boolean adopt(Collection<ShardRow> rows) {
    int newest = rows.stream().mapToInt(ShardRow::rules).max().orElse(0);
    if (newest <= rules.version()) {
      return false;
    }
    Rules newer = book.read(newest);
    owned.values().forEach(o -> o.shard.adopt(newer));
    rules = newer;
    return true;
  }

  /**
   * Gives all shards back.
   *
   * @throws StoreUnavailable where they stay this node's until their leases end; it has let go
   */
  public void release() {
    owned.clear();
    store.release(node);
  }

  /** Which features are unlocked in its shards, for any thread. */
  public Entitled entitled() {
    return owned;
  }

  /** The shards owned, ascending. */
  public List<Shard> shards() {
    return owned.shards();
  }

  int owned() {
    return owned.size();
  }

  /** Whether a shard of this node can answer for a subscription: {@link Shard#holds}. */
  public boolean holds(int shard, long subscription) {
    return shard(shard).map(s -> s.holds(subscription)).orElse(false);
  }

  /** A shard of this node, between two drains. */
  Optional<Shard> shard(int number) {
    return Optional.ofNullable(owned.get(number)).map(o -> o.shard);
  }

  /** Whether this node owns a shard. */
  public boolean owns(int shard) {
    return owned.containsKey(shard);
  }

  /** Whether something is due at this time, or a close was asked for. */
  public boolean isDue(long now) {
    return mail.isDue() || owned.anyIsDue(now);
  }

  /**
   * Applies what came and commits it. Rows and commands of shards that are not owned are left out
   * and named as lost.
   *
   * @param now milliseconds since 1970-01-01 UTC
   * @param dueLimit how many due items each shard may run; 0: nothing falls due, no close either
   * @throws StoreUnavailable where it is not known to be committed; call again with the same work
   */
  public Drained drain(Work work, long now, int dueLimit) {
    Drained before = settled(work);
    if (before != null) {
      return before;
    }
    nextNumber = mail.read(owned, nextNumber);
    Work left = work;
    Set<Integer> lost = new HashSet<>();
    for (int s = 0; s < shards; s++) {
      if (left.has(s) && !owns(s)) {
        lost.add(s);
      }
    }
    while (true) {
      TreeMap<Integer, Applied> applied = new TreeMap<>();
      Work withoutPoison = apply(applied, left, now, dueLimit);
      if (withoutPoison != null) {
        undo(applied);
        left = withoutPoison;
        continue;
      }
      if (applied.isEmpty()) {
        return new Drained(true, lost, Map.of(), left);
      }
      try {
        Drained drained = commit(work, applied, left, lost);
        if (drained != null) {
          return drained;
        }
      } catch (CommitRefused e) {
        left = withoutRefused(left, applied.keySet(), now, dueLimit, e.sql());
      }
    }
  }

  /** The work without what the database refuses to write down. */
  private Work withoutRefused(
      Work work, Set<Integer> of, long now, int dueLimit, SQLException cause) {
    for (int s : of) {
      Owned o = owned.get(s);
      if (o != null) {
        Poison poison =
            new Poison(
                o, nextNumber, now, dueLimit, a -> store.refuses(write(List.of(a), work.usage)));
        Work left = poison.isolateRefused(work, cause);
        if (left != null) {
          return left;
        }
      }
    }
    throw new StoreUnavailable("the database refuses a commit, and no shard's part alone", cause);
  }

  private Store.Write write(Collection<Applied> parts, UsageBatch usage) {
    return Applied.write(codec, tenant, nextNumber, rules.version(), parts, usage);
  }

  /** Applies the work of all shards; where one of them trips, the work to be tried instead. */
  private @Nullable Work apply(
      TreeMap<Integer, Applied> applied, Work work, long now, int dueLimit) {
    for (Owned o : owned.values()) {
      if (work.has(o.number()) || o.isDue(dueLimit == 0 ? Long.MIN_VALUE : now)) {
        try {
          applied.put(o.number(), apply(o, work, now, dueLimit));
        } catch (AssertionError | RuntimeException bug) {
          o.shard.undo();
          if (isMeantForOthers(o, applied)) {
            return work;
          }
          return new Poison(o, nextNumber, now, dueLimit, a -> false).isolate(work, bug);
        }
      }
    }
    return null;
  }

  /** Whether what tripped may be meant for rules that this node did not know yet. */
  private boolean isMeantForOthers(Owned o, TreeMap<Integer, Applied> applied) {
    try {
      return adopt(store.settled(List.of(o.number())));
    } catch (StoreUnavailable e) {
      undo(applied);
      throw e;
    }
  }

  private Applied apply(Owned o, Work work, long now, int dueLimit) {
    int s = o.number();
    Section section =
        o.section(
            work.commands.getOrDefault(s, List.of()),
            work.from[s],
            work.from[s + 1],
            now,
            dueLimit);
    return new Applied(o, section, o.shard.apply(nextNumber, section, work.usage));
  }

  /** Null where shards turned out lost and the rest is to be tried again. */
  private @Nullable Drained commit(
      Work asked, TreeMap<Integer, Applied> applied, Work work, Set<Integer> lost) {
    Store.Write write = write(applied.values(), work.usage);
    crash.at(CrashPoints.BEFORE_COMMIT);
    Outcome outcome = store.commit(write);
    Unsettled commitMade = new Unsettled(asked, applied, write.fences(), work, lost);
    if (outcome instanceof Outcome.Unknown) {
      unsettled = commitMade;
      outcome = settle(write.fences(), false);
      unsettled = null;
    }
    return concluded(commitMade, outcome);
  }

  /** Null where nothing was committed and the work is to be tried again. */
  private @Nullable Drained concluded(Unsettled u, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Committed committed -> {
        Map<Integer, Effects> effects = new HashMap<>();
        for (Fence fence : u.fences()) {
          Applied a = Objects.requireNonNull(u.applied().get(fence.shard()));
          accept(a, fence, committed.closing());
          effects.put(a.owned().number(), a.effects());
        }
        nextNumber = committed.next();
        yield new Drained(true, u.lost(), effects, u.work());
      }
      case Outcome.Fenced fenced -> {
        undo(u.applied());
        if (!adopt(store.settled(List.copyOf(fenced.lost())))) {
          fenced.lost().forEach(owned::remove);
          u.lost().addAll(fenced.lost());
        }
        yield null;
      }
      case Outcome.Failed failed -> {
        undo(u.applied());
        throw new StoreUnavailable("the commit was not made", failed.cause());
      }
      case Outcome.Refused refused -> {
        undo(u.applied());
        throw new CommitRefused(refused.cause());
      }
      case Outcome.Unknown unknown -> throw new AssertionError("settled already", unknown.cause());
    };
  }

  /** Learns what became of a commit of unknown outcome; nothing may be applied before. */
  private @Nullable Drained settled(Work asked) {
    Unsettled before = unsettled;
    if (before == null) {
      return null;
    }
    Outcome outcome = settle(before.fences(), true);
    unsettled = null;
    if (outcome instanceof Outcome.Failed) {
      undo(before.applied());
      return null;
    }
    Drained drained = concluded(before, outcome);
    return before.asked() == asked ? drained : null;
  }

  private void accept(Applied a, Fence fence, Map<Integer, Integer> closing) {
    a.owned().shard.accept();
    a.owned().chain = fence.chain();
    a.owned().number = nextNumber;
    a.owned().inbox = List.of();
    mail.sent(a.effects());
    a.owned().closing = Math.max(a.owned().closing, closing.getOrDefault(fence.shard(), -1));
  }

  private Outcome settle(List<Fence> fences, boolean again) {
    Outcome outcome = Settled.outcome(store, node, owned, fences, again);
    if (outcome instanceof Outcome.Failed) {
      nextNumber = store.nextNumber();
    }
    return outcome;
  }

  private static void undo(TreeMap<Integer, Applied> applied) {
    applied.values().forEach(a -> a.owned().shard.undo());
  }

  /** What moved on and is to be stored or shown. */
  public Progress progress() {
    return progress;
  }

  /** Lets go of what is not on the heap; the shards stay this node's until their leases end. */
  @Override
  public void close() {
    codec.close();
  }
}
