package io.millrace.tests.simulation;

import static io.millrace.tests.simulation.Plan.hours;

import io.millrace.connectors.clock.ClockBook;
import io.millrace.connectors.clock.ClockGuard;
import io.millrace.connectors.clock.ClockRecord;
import io.millrace.connectors.clock.CommitClock;
import io.millrace.connectors.shard.NodeShards;
import io.millrace.processors.rating.Sponsor;
import io.millrace.processors.shard.Effects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

/**
 * The clocks of the nodes' machines and of the database, each set wrong now and then, and the
 * operators who set them right. The world's own time is known to nobody but the judge.
 */
final class Clocks {
  private static final long TOLERANCE = ClockGuard.TOLERANCE.toMillis();

  /** A clock is believed so far off its last check, and was so far off then. */
  static final long MOST_AHEAD = 2 * TOLERANCE;

  private final LongSupplier world;
  private final Planted planted;
  private final SplittableRandom random;
  private final Fault.Tally faults;
  private final Map<String, ClockRecord> books = new HashMap<>();

  /** The database runs on the first node's machine, and has its clock. */
  private final boolean together;

  private long databaseOff;
  private boolean calm;

  Clocks(LongSupplier world, Planted planted, SplittableRandom random, Fault.Tally faults) {
    this.world = world;
    this.planted = planted;
    this.random = random;
    this.faults = faults;
    this.together = random.nextBoolean();
  }

  /** A process starts on the node's machine. */
  void start(SimulatedNode node) {
    ClockRecord before = books.get(node.name);
    if (before != null && before.stop() != null) {
      faults.add(Fault.RESTART_WHILE_STOPPED);
      if (planted == Planted.STOP_FORGOTTEN) {
        books.remove(node.name);
      }
    }
    node.clock =
        ClockGuard.unscheduled(
            () -> world.getAsLong() + node.clockOff,
            () -> world.getAsLong() * 1_000_000,
            book(node.name));
  }

  private ClockBook book(String name) {
    return new ClockBook() {
      @Override
      public long databaseTime() {
        return world.getAsLong() + databaseOff;
      }

      @Override
      public Optional<ClockRecord> load() {
        return Optional.ofNullable(books.get(name));
      }

      @Override
      public void save(ClockRecord record) {
        books.put(name, record);
      }
    };
  }

  /** What the node's guard says; where a bug is planted, what it should have said otherwise. */
  CommitClock.Reading read(SimulatedNode node) {
    CommitClock.Reading reading = node.clock().read();
    return switch (planted) {
      case NO_CLOCK_GUARD -> new CommitClock.Reading(world.getAsLong() + node.clockOff, true);
      case TICKS_WHILE_STOPPED -> new CommitClock.Reading(reading.now(), true);
      default -> reading;
    };
  }

  /**
   * While its clock is not believed a node takes usage, and nothing falls due. A device that leaves
   * has the lines of periods that had ended brought up to date with usage that was taken: time has
   * no part in that, and nothing else may be sealed.
   */
  List<String> judge(SimulatedNode node, NodeShards.Drained drained, LongPredicate leaving) {
    List<String> findings = new ArrayList<>();
    if (isStopped(node)) {
      for (Effects e : drained.effects().values()) {
        if (e.verdicts.length > 0) {
          faults.add(Fault.USAGE_WHILE_STOPPED);
        }
        boolean ran =
            e.charges.stream()
                .filter(c -> !Sponsor.isLine(c.offer())) // A bill from elsewhere is paid at once.
                .anyMatch(c -> !c.delta() || c.events() > 0 || !leaving.test(c.subscription()));
        if (ran || e.closed >= 0) {
          findings.add("clock: what is due ran on " + node.name + ", whose clock is not believed");
        }
      }
    }
    return findings;
  }

  /** Whether the node's clock is not believed. */
  private static boolean isStopped(SimulatedNode node) {
    return !node.clock().read().ticks();
  }

  /** A while on a node's machine: clocks go wrong, are looked at, and are set right. */
  void pass(SimulatedNode node, boolean first) {
    if (calm) {
      if (isStopped(node)) {
        node.clock().agree("operator");
      }
      node.clock().look();
      return;
    }
    switch (random.nextInt(first && together ? 60 : 120)) {
      case 0 -> jump(node, first, Fault.CLOCK_JUMPED_FORWARD, 1);
      case 1 -> jump(node, first, Fault.CLOCK_JUMPED_BACK, -1);
      case 2, 3, 4 -> {
        faults.add(Fault.CLOCK_STEPPED);
        node.clockOff = small();
      }
      default -> {}
    }
    // A node looks at its own clock all the time, and at the database's now and then.
    boolean stopped = isStopped(node);
    if (random.nextInt(3) == 0) {
      node.clock().look();
    }
    if (stopped && random.nextInt(12) == 0) {
      faults.add(Fault.CLOCK_AGREED);
      databaseOff = 0;
      node.clockOff = small();
      node.clock().agree("operator");
    }
  }

  private void jump(SimulatedNode node, boolean first, Fault fault, int direction) {
    faults.add(fault);
    long by = direction * (TOLERANCE + 1 + random.nextLong(hours(20)));
    node.clockOff += by;
    if (first && together) {
      faults.add(Fault.DATABASE_CLOCK_JUMPED);
      databaseOff += by;
    }
  }

  private long small() {
    return random.nextLong(TOLERANCE + 1) - TOLERANCE / 2;
  }

  /** From here on every clock is right; operators still have to say so. */
  void calm(Iterable<SimulatedNode> nodes) {
    calm = true;
    databaseOff = 0;
    nodes.forEach(node -> node.clockOff = 0);
  }
}
