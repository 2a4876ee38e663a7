package io.millrace.tests.simulation;

import static io.millrace.tests.simulation.Plan.hours;

import io.millrace.connectors.clock.CommitClock;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.shard.Store;
import io.millrace.connectors.shard.StoreUnavailable;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.Shard;
import io.millrace.tests.oracle.Auditor;
import io.millrace.tests.oracle.Book;
import io.millrace.tests.oracle.Tariff;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One run from one seed: nodes, sources and a database go wrong for a while; then all is calm, and
 * what is left must drain. The same seed always runs the same way.
 */
final class Simulation {
  static final int COMMANDS = 500;
  private static final int MOST_STEPS = 2_000;
  private static final int MOST_CALM_STEPS = 300;

  /** What a run came to: nothing in {@code findings} where all is well. */
  record Outcome(List<String> findings, int steps, int commands, int commits) {}

  private final int shards;
  final Plan plan;
  final SimulatedStore truth;
  private final Store store;
  private final Planted planted;
  private final SplittableRandom random;
  private final Fault.Tally faults;
  private final Traffic traffic;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  final Sources sources;
  private final Funds funds;
  private final Clocks clocks;
  private final Operators operators;
  private final List<String> findings = new ArrayList<>();
  private long now;
  private int incarnations;
  private boolean calm;
  private @Nullable Book book;

  Simulation(long seed, Planted planted, Fault.Tally faults) {
    this(seed, planted, faults, Extras.of(seed));
  }

  Simulation(long seed, Planted planted, Fault.Tally faults, Extras extras) {
    SplittableRandom root = new SplittableRandom(seed);
    this.planted = planted;
    this.faults = faults;
    SplittableRandom plans = root.split();
    this.shards = 2 + root.nextInt(3);
    this.plan = Plan.of(plans, Counted.of(extras, ~seed), extras, planted, shards);
    this.truth = new SimulatedStore(shards, root.split(), faults);
    this.store = planted.around(truth, plan.rules());
    this.traffic = new Traffic(plan, root.split(), shards, truth.directory, faults);
    this.sources = new Sources(plan, shards, truth, planted, root.split(), faults);
    this.random = root.split();
    this.clocks = new Clocks(() -> now, planted, new SplittableRandom(~seed), faults);
    this.now = plan.start();
    this.funds = new Funds(plan.extras().added(), shards, ~seed, faults);
    this.operators = new Operators(plan, truth, random, faults);
  }

  /** What was agreed: with the second catalog where it was activated. */
  Tariff agreed() {
    return plan.tariff(truth.rules() > 1);
  }

  /** What a run that went to its end has left behind. */
  Book book() {
    return Objects.requireNonNull(book, "the run was stopped");
  }

  Outcome run(int mostSteps) {
    int steps = 0;
    try {
      for (int n = 0; n < 2 + random.nextInt(2); n++) {
        nodes.add(new SimulatedNode("node-" + n, 1 + random.nextInt(shards)));
      }
      sources.publish(funds.opening());
      sources.publish(traffic.subscriptions(now));
      while (steps < Math.min(mostSteps, MOST_STEPS) && wantsMore() && findings.isEmpty()) {
        steps++;
        step();
      }
      if (findings.isEmpty()) {
        settleDown();
      }
      findings.addAll(truth.violations);
      if (findings.isEmpty()) {
        Judgement judgement = new Judgement(this, shards);
        findings.addAll(judgement.replays(liveShards()));
        book = judgement.book(liveShards());
        findings.addAll(Auditor.audit(agreed(), book));
      }
    } catch (Throwable bug) {
      findings.addAll(truth.violations);
      findings.add("stopped: " + bug + SimulationRuns.at(bug));
    } finally {
      nodes.forEach(node -> stop(node, 0));
    }
    return new Outcome(findings, steps, sources.answers, truth.journal.size());
  }

  /** Until enough has been sent, and most of it has been through the faults. */
  private boolean wantsMore() {
    return sources.messages.size() < COMMANDS || sources.answers < COMMANDS / 2;
  }

  private Map<Integer, Shard> liveShards() {
    Map<Integer, Shard> live = new HashMap<>();
    for (SimulatedNode node : nodes) {
      if (node.shards != null) {
        node.shards.shards().forEach(s -> live.put(s.key().number(), s));
      }
    }
    return live;
  }

  private boolean strikes(int oneIn, Fault fault) {
    boolean strikes = !calm && random.nextInt(oneIn) == 0;
    if (strikes) {
      faults.add(fault);
    }
    return strikes;
  }

  private void step() {
    now += random.nextLong(240_000);
    truth.advance(random.nextLong(1_500));
    if (strikes(100, Fault.CLOCK_FORWARD)) {
      now += random.nextLong(hours(20));
    }
    truth.world = now;
    sources.publish(traffic.next(now));
    sources.publish(funds.next(now));
    operators.pass(now);
    for (SimulatedNode node : nodes) {
      if (node.shards == null) {
        if (--node.downFor <= 0) {
          start(node);
        }
      } else if (node.pausedFor > 0) {
        if (--node.pausedFor == 0) {
          wake(node);
        }
      } else {
        clocks.pass(node, node == nodes.getFirst());
        act(node);
      }
    }
  }

  private void act(SimulatedNode node) {
    if (node.trying) {
      drain(node);
      return;
    }
    switch (random.nextInt(12)) {
      case 0, 1 -> housekeeping(node);
      case 2 -> node.capture();
      case 3 -> storeCheckpoints(node);
      case 4 -> {
        if (random.nextInt(4) == 0) {
          mishap(node);
        }
      }
      default -> drain(node);
    }
  }

  private void mishap(SimulatedNode node) {
    switch (random.nextInt(3)) {
      case 0 -> {
        faults.add(Fault.CRASH_IDLE);
        stop(node, random.nextInt(8));
      }
      case 1 -> {
        faults.add(Fault.PAUSED);
        node.pending = sources.fetch(node, now);
        node.capture();
        node.pausedFor = 1 + random.nextInt(20);
        if (random.nextBoolean()) {
          sources.redeliver(node); // Its connection times out, and others get what it had.
        }
      }
      default -> {
        try {
          node.running().release();
          faults.add(Fault.RELEASED);
          stop(node, random.nextInt(4));
        } catch (StoreUnavailable e) {
          stop(node, random.nextInt(4));
        }
      }
    }
  }

  private void wake(SimulatedNode node) {
    faults.add(Fault.STALE_OWNER_WOKE);
    if (random.nextBoolean()) {
      storeCheckpoints(node);
    }
    if (node.shards != null) { // Else it has crashed in that.
      drain(node);
    }
  }

  private void start(SimulatedNode node) {
    boolean renamed = random.nextInt(3) == 0 || incarnations == 0;
    incarnations++;
    CrashPoints crash =
        point -> {
          if (point.equals(CrashPoints.BEFORE_COMMIT) && strikes(80, Fault.CRASH_BEFORE_COMMIT)) {
            throw new SimulatedStore.Crash();
          }
        };
    String name = renamed && !calm ? node.name + "-" + incarnations : node.name;
    NodeShards made =
        new NodeShards(
            SimulatedStore.TENANT, shards, store, plan.rules(), plan::rules, name, crash);
    node.shards = made;
    Planted.started(store, made);
    clocks.start(node);
    try {
      made.take(calm ? shards : node.most, true);
      made.shards().forEach(s -> node.clock().seen(s.time()));
    } catch (StoreUnavailable | SimulatedStore.Crash e) {
      stop(node, random.nextInt(4));
    }
  }

  private void stop(SimulatedNode node, int downFor) {
    if (node.shards != null) {
      node.shards.close();
    }
    sources.redeliver(node);
    node.shards = null;
    node.pending = null;
    node.trying = false;
    node.captured = List.of();
    node.pausedFor = 0;
    node.downFor = downFor;
  }

  private void housekeeping(SimulatedNode node) {
    try {
      node.running().renew();
      int wanting = (calm ? shards : node.most) - node.running().shards().size();
      if (wanting > 0) {
        node.running().take(wanting, false);
        node.running().shards().forEach(s -> node.clock().seen(s.time()));
      }
    } catch (StoreUnavailable e) {
      // It goes on with what it has.
    } catch (SimulatedStore.Crash e) {
      stop(node, random.nextInt(8));
    }
  }

  private void storeCheckpoints(SimulatedNode node) {
    if (node.captured.isEmpty()) {
      return;
    }
    try {
      node.storeCaptured(store);
      if (!node.captured.isEmpty()) {
        faults.add(Fault.FOLDED);
      }
    } catch (StoreUnavailable e) {
      // Taken again later.
    } catch (SimulatedStore.Crash e) {
      stop(node, random.nextInt(8));
    }
  }

  private void drain(SimulatedNode node) {
    SimulatedNode.Batch batch = node.pending == null ? sources.fetch(node, now) : node.pending;
    node.pending = batch;
    boolean first = !node.trying;
    node.trying = true;
    if (planted == Planted.ACKNOWLEDGE_BEFORE_COMMIT) {
      batch.messages().forEach(sources::acknowledge);
    }
    CommitClock.Reading clock = clocks.read(node);
    long time = clock.now() - (strikes(30, Fault.CLOCK_BACKWARD) ? random.nextLong(hours(2)) : 0);
    int some = calm || random.nextInt(3) > 0 ? 1_000 : 1 + random.nextInt(3);
    int dueLimit = clock.ticks() ? some : 0;
    NodeShards.Drained drained;
    try {
      drained = node.running().drain(batch.work(), time, dueLimit);
    } catch (StoreUnavailable e) {
      return; // Tried again with the same work.
    } catch (SimulatedStore.Crash e) {
      stop(node, random.nextInt(8));
      return;
    }
    node.pending = null;
    node.trying = false;
    if (first) {
      findings.addAll(clocks.judge(node, drained, batch.leaving(truth.directory)));
    }
    findings.addAll(Funds.judge(node.running().shards()));
    if (strikes(50, Fault.CRASH_BEFORE_ACKNOWLEDGE)) {
      stop(node, random.nextInt(8));
      return;
    }
    Map<Message, Effects.MovedRow> moved = batch.moved(drained);
    for (int i = 0; i < batch.messages().size(); i++) {
      Message m = batch.messages().get(i);
      Effects.MovedRow to = moved.get(m);
      if (to != null) {
        sources.sendOn(node, m, to.subscription(), to.shard());
      } else if (drained.lost().contains(batch.shards().get(i))
          && planted != Planted.ACKNOWLEDGE_WHAT_MOVED) {
        faults.add(Fault.SHARD_MOVED);
        m.forwarded = false;
        if (node.name.equals(m.heldBy)) {
          m.heldBy = null;
        }
      } else {
        sources.acknowledge(m);
      }
    }
  }

  /** Nothing fails any more; in the end nothing may be left. */
  private void settleDown() {
    calm = true;
    clocks.calm(nodes);
    sources.calm = true;
    truth.calm();
    for (SimulatedNode node : nodes) {
      if (node.pausedFor > 0) {
        node.pausedFor = 0;
        wake(node);
      }
    }
    for (int i = 0; i < MOST_CALM_STEPS && findings.isEmpty(); i++) {
      now += 600_000;
      truth.advance(3_000);
      if (i == 10) {
        now += hours(50);
        if (random.nextBoolean()) { // Else the live shards still know what their charges came to.
          operators.closeAll(now);
        }
      }
      truth.world = now;
      for (SimulatedNode node : nodes) {
        if (node.shards == null) {
          start(node);
        } else {
          clocks.pass(node, false);
          if (!node.trying) {
            housekeeping(node);
            storeCheckpoints(node);
          }
          drain(node);
        }
      }
      if (i > 12 && isDone()) {
        return;
      }
    }
    findings.add(
        "liveness: "
            + sources.queue.size()
            + " messages and "
            + truth.letters.size()
            + " between shards are left, shards owned: "
            + new TreeSet<>(liveShards().keySet()));
  }

  private boolean isDone() {
    return sources.queue.isEmpty()
        && truth.letters.isEmpty()
        && liveShards().size() == shards
        && nodes.stream().noneMatch(n -> n.trying)
        && liveShards().values().stream()
            .allMatch(s -> s.closed() == s.closing() && s.openWindows() == 0 && s.nextDue() > now)
        && liveShards().values().stream().allMatch(s -> s.borrowed(Added.MAKER) == 0);
  }
}
