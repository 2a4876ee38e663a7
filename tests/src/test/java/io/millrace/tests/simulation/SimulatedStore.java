package io.millrace.tests.simulation;

import io.millrace.connectors.shard.Store;
import io.millrace.connectors.shard.StoreUnavailable;
import io.millrace.processors.journal.Encoded;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.shard.Effects;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The database in memory: it keeps what it is given, refuses what PostgreSQL would refuse, and
 * fails in each way that a database and its network can. Notes for the oracle what it did, whatever
 * the fence said.
 */
final class SimulatedStore implements Store {
  static final int TENANT = 1;
  private static final long LEASE = 10_000;

  /** A shard's row. */
  static final class Row {
    int epoch;
    long seq;
    int closing = -1;
    int closed = -1;
    int rules = 1;
    byte[] chain;
    String node;
    long leaseUntil;

    Row(int shard) {
      chain = JournalCodec.chain(new byte[32], shard, TENANT, new byte[32]);
    }
  }

  /** A commit as it was written, and the epochs of its shards' rows then. */
  record Written(Write write, Map<Integer, Integer> epochs) {}

  /** A row of suspense. */
  record Waiting(Effects.SuspenseRow row, String state) {}

  /** The process dies while its commit is under way. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  final Row[] rows;
  final TreeMap<Long, Written> journal = new TreeMap<>();
  final Map<Integer, TreeMap<Long, Checkpoint>> checkpoints = new HashMap<>();
  final Map<String, Waiting> suspense = new LinkedHashMap<>();
  final Map<List<Integer>, Long> balances = new HashMap<>();
  final SimulatedDirectory directory = new SimulatedDirectory();

  /** Messages between shards that are not journalled, by (from, seq, n). */
  final TreeMap<List<Long>, Letter> letters = new TreeMap<>(SimulatedStore::inOrder);

  /** What accounts have lent, or shards were lent: less than 0; by account and shard. */
  final Map<List<Integer>, Long> lent = new HashMap<>();

  /** The ledger of units that were bought, by account and shard. */
  final Map<List<Integer>, Long> units = new HashMap<>();

  /** What messages carry of it. */
  final Map<List<Long>, Long> lentUnderWay = new HashMap<>();

  final List<String> violations = new ArrayList<>();

  /** A planted bug switches it off. */
  boolean fenced = true;

  /** The same, for commits under rules that are not the shard's. */
  boolean rulesFenced = true;

  /** All shards go over to other rules at once; here a planted bug has some of them left out. */
  boolean activatesAll = true;

  /** The same, for checkpoints. */
  boolean fencedCheckpoints = true;

  /** The world's time; no node knows it. */
  long world = Long.MAX_VALUE / 2;

  private final SplittableRandom random;
  private final Fault.Tally faults;
  private long sequence;
  private long clock;
  private boolean calm;

  SimulatedStore(int shards, SplittableRandom random, Fault.Tally faults) {
    rows = new Row[shards];
    for (int s = 0; s < shards; s++) {
      rows[s] = new Row(s);
    }
    this.random = random;
    this.faults = faults;
  }

  /** Lets time pass by the database's own clock. */
  void advance(long millis) {
    clock += millis;
  }

  /** From here on nothing fails. */
  void calm() {
    calm = true;
  }

  /** Asks all shards to close a period. */
  void askClose(int period) {
    for (Row row : rows) {
      row.closing = Math.max(row.closing, period);
    }
  }

  /**
   * Has all shards commit under other rules from here on; where it is asked again, nothing more.
   *
   * @return whether who asks is told that it is so
   */
  boolean activate(int version) {
    if (strikes(3, Fault.ACTIVATION_NOT_MADE)) {
      return false;
    }
    for (int s = 0; s < rows.length; s += activatesAll ? 1 : 2) {
      rows[s].rules = version;
    }
    faults.add(Fault.ACTIVATED);
    return !strikes(3, Fault.ACTIVATION_ANSWER_LOST);
  }

  /** The newest rules that some shard commits under. */
  int rules() {
    return Arrays.stream(rows).mapToInt(row -> row.rules).max().orElse(0);
  }

  private boolean strikes(int oneIn, Fault fault) {
    boolean strikes = !calm && random.nextInt(oneIn) == 0;
    if (strikes) {
      faults.add(fault);
    }
    return strikes;
  }

  private void mayBeUnavailable(String doing) {
    if (strikes(60, Fault.STORE_UNAVAILABLE)) {
      throw unavailable(doing);
    }
  }

  private static StoreUnavailable unavailable(String doing) {
    return new StoreUnavailable(doing, new IllegalStateException("connection refused"));
  }

  @Override
  public long nextNumber() {
    mayBeUnavailable("draw a number");
    return ++sequence;
  }

  @Override
  public boolean refuses(Write write) {
    return false;
  }

  @Override
  public Outcome commit(Write write) {
    if (strikes(25, Fault.COMMIT_FAILED)) {
      return new Outcome.Failed(new IllegalStateException("could not serialize"));
    }
    if (strikes(40, Fault.COMMIT_UNKNOWN_NOT_MADE)) {
      return new Outcome.Unknown(new IllegalStateException("connection reset"));
    }
    if (strikes(60, Fault.CRASH_IN_COMMIT_NOT_MADE)) {
      throw new Crash();
    }
    Outcome outcome = perform(write);
    if (outcome instanceof Outcome.Committed) {
      if (strikes(40, Fault.COMMIT_UNKNOWN_MADE)) {
        return new Outcome.Unknown(new IllegalStateException("connection reset"));
      }
      if (strikes(60, Fault.CRASH_IN_COMMIT_MADE)) {
        throw new Crash();
      }
    }
    return outcome;
  }

  private Outcome perform(Write write) {
    Set<Integer> lost = new HashSet<>();
    Map<Integer, Integer> epochs = new HashMap<>();
    Map<Integer, Integer> closing = new HashMap<>();
    for (Fence f : write.fences()) {
      Row row = rows[f.shard()];
      epochs.put(f.shard(), row.epoch);
      closing.put(f.shard(), row.closing);
      if (row.rules != write.rules()) {
        faults.add(Fault.COMMIT_UNDER_OTHER_RULES);
        if (rulesFenced) {
          lost.add(f.shard());
        } else {
          violations.add("rules: commit " + write.number() + " is under " + write.rules());
        }
      }
      if (row.epoch != f.epoch() || row.seq != f.seq() - 1) {
        lost.add(f.shard());
        if (row.epoch == f.epoch()) {
          violations.add(
              "fence: the owner of shard "
                  + f.shard()
                  + " is at "
                  + f.seq()
                  + ", its row at "
                  + row.seq);
        }
      }
    }
    if (!lost.isEmpty() && fenced) {
      faults.add(Fault.COMMIT_FENCED);
      return new Outcome.Fenced(lost);
    }
    if (journal.putIfAbsent(write.number(), new Written(write, epochs)) != null) {
      violations.add("journal: the number " + write.number() + " is used twice");
      return new Outcome.Failed(new IllegalStateException("duplicate key"));
    }
    for (Fence f : write.fences()) {
      Row row = rows[f.shard()];
      row.seq = f.seq();
      row.chain = f.chain();
      row.closed = Math.max(row.closed, f.closed());
    }
    write.parts().forEach(part -> StoredEffects.write(this, part, faults));
    long had = lent.values().stream().mapToLong(n -> n).sum();
    long carried = lentUnderWay.values().stream().mapToLong(n -> n).sum();
    if (had != carried) {
      violations.add("lent: " + had + " with " + carried + " under way");
    }
    return new Outcome.Committed(++sequence, closing);
  }

  @Override
  public List<ShardRow> settled(List<Integer> shards) {
    if (strikes(3, Fault.SETTLING_UNAVAILABLE)) {
      throw unavailable("read the shard rows");
    }
    return shards.stream().map(this::row).toList();
  }

  @Override
  public boolean renounce(String node, List<Fence> fences) {
    mayBeUnavailable("end the epochs of a commit that was not made");
    for (Fence f : fences) {
      Row row = rows[f.shard()];
      boolean ended = row.epoch == f.epoch() + 1 && node.equals(row.node);
      if (row.seq != f.seq() - 1 || row.epoch != f.epoch() && !ended) {
        return false;
      }
    }
    fences.forEach(f -> rows[f.shard()].epoch = f.epoch() + 1);
    return true;
  }

  private ShardRow row(int shard) {
    Row row = rows[shard];
    return new ShardRow(shard, row.epoch, row.seq, row.rules, row.closing, row.chain);
  }

  @Override
  public List<ShardRow> take(String node, int most, boolean own) {
    mayBeUnavailable("take shards");
    List<ShardRow> taken = new ArrayList<>();
    for (int s = 0; s < rows.length && taken.size() < most; s++) {
      Row row = rows[s];
      boolean mine = own && node.equals(row.node);
      if (row.node == null || row.leaseUntil < clock || mine) {
        if (mine) {
          faults.add(Fault.RESTART_SAME_NAME);
        } else if (row.node != null) {
          faults.add(Fault.TAKEN_OVER);
        }
        row.node = node;
        row.epoch++;
        row.leaseUntil = clock + LEASE;
        taken.add(row(s));
      }
    }
    if (!taken.isEmpty() && strikes(20, Fault.TAKE_ANSWER_LOST)) {
      throw unavailable("take shards");
    }
    return taken;
  }

  @Override
  public List<ShardRow> renew(String node, Map<Integer, Integer> epochs) {
    mayBeUnavailable("prolong the leases");
    List<ShardRow> renewed = new ArrayList<>();
    for (int s = 0; s < rows.length; s++) {
      if (node.equals(rows[s].node) && Integer.valueOf(rows[s].epoch).equals(epochs.get(s))) {
        rows[s].leaseUntil = clock + LEASE;
        renewed.add(row(s));
      }
    }
    return renewed;
  }

  @Override
  public void release(String node) {
    mayBeUnavailable("give the shards back");
    for (Row row : rows) {
      if (node.equals(row.node)) {
        row.node = null;
      }
    }
  }

  @Override
  public void note(List<ChainPoint> none) {}

  @Override
  public Set<Integer> checkpoint(List<Checkpoint> some) {
    if (strikes(8, Fault.CHECKPOINT_FAILED)) {
      throw unavailable("store a checkpoint");
    }
    Set<Integer> stored = new HashSet<>();
    for (Checkpoint c : some) {
      Row row = rows[c.shard()];
      if (row.epoch != c.epoch()) {
        faults.add(Fault.CHECKPOINT_STALE);
        if (fencedCheckpoints) {
          continue;
        }
        violations.add("checkpoint: of epoch " + c.epoch() + ", the row's is " + row.epoch);
      }
      if (c.seq() > row.seq) {
        violations.add(
            "checkpoint: of shard " + c.shard() + "/" + c.seq() + ", ahead of the commits");
      }
      TreeMap<Long, Checkpoint> all = checkpoints.computeIfAbsent(c.shard(), s -> new TreeMap<>());
      all.put(c.seq(), c);
      if (c.base() == 0) {
        all.headMap(c.seq()).clear();
      }
      stored.add(c.shard());
    }
    if (strikes(8, Fault.CHECKPOINT_ANSWER_LOST)) {
      throw unavailable("store a checkpoint");
    }
    return stored;
  }

  @Override
  public List<Checkpoint> checkpoints(int shard) {
    if (strikes(60, Fault.CRASH_IN_RECOVERY)) {
      throw new Crash();
    }
    mayBeUnavailable("read the checkpoints");
    TreeMap<Long, Checkpoint> all = checkpoints.getOrDefault(shard, new TreeMap<>());
    long full = -1;
    for (Checkpoint c : all.values()) {
      full = c.base() == 0 ? c.seq() : full;
    }
    return full < 0 ? List.of() : List.copyOf(all.tailMap(full).values());
  }

  private static int inOrder(List<Long> a, List<Long> b) {
    return Arrays.compare(a.toArray(Long[]::new), b.toArray(Long[]::new));
  }

  @Override
  public List<Letter> letters(Collection<Integer> to, Collection<Pair> held, int most) {
    mayBeUnavailable("read the messages between shards");
    return letters.values().stream()
        .filter(l -> to.contains(l.to()) && !held.contains(new Pair(l.from(), l.to())))
        .limit(most)
        .toList();
  }

  @Override
  public List<JournalRow> journal(long after, int most) {
    mayBeUnavailable("read the journal");
    return journal.tailMap(after, false).entrySet().stream()
        .limit(most)
        .map(
            e -> {
              Encoded j = e.getValue().write.journal();
              return new JournalRow(
                  e.getKey(), e.getValue().write.rules(), j.rating(), j.evidenceHash(), j.digest());
            })
        .toList();
  }
}
