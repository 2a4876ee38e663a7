package io.millrace.tests.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many seeds, side by side, and what a failing one needs to be looked at. */
final class SimulationRuns {
  private static final int THREADS = 2;
  private static final int SHOWN = 3;

  /** What the runs came to, and how often each fault struck. */
  record Result(List<String> failures, Fault.Tally faults, long commands) {}

  private SimulationRuns() {}

  /** Where it came from, and what from. */
  static String at(Throwable bug) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(6, bug.getStackTrace().length); i++) {
      text.append("\n    at ").append(bug.getStackTrace()[i]);
    }
    return bug.getCause() == null
        ? text.toString()
        : text + "\n  by " + bug.getCause() + at(bug.getCause());
  }

  /** Runs the seeds from one to before another. */
  static Result run(long from, long to) throws InterruptedException, ExecutionException {
    List<Callable<Result>> parts = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      long first = from + t;
      parts.add(() -> part(first, to));
    }
    List<String> failures = new ArrayList<>();
    Fault.Tally faults = new Fault.Tally();
    long commands = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (Future<Result> part : threads.invokeAll(parts)) {
        failures.addAll(part.get().failures);
        faults.add(part.get().faults);
        commands += part.get().commands;
      }
    }
    return new Result(failures, faults, commands);
  }

  private static Result part(long first, long to) {
    List<String> failures = new ArrayList<>();
    Fault.Tally faults = new Fault.Tally();
    long commands = 0;
    for (long seed = first; seed < to; seed += THREADS) {
      Simulation.Outcome outcome =
          new Simulation(seed, Planted.NONE, faults).run(Integer.MAX_VALUE);
      commands += outcome.commands();
      if (!outcome.findings().isEmpty()) {
        failures.add(failures.size() < SHOWN ? explain(seed, outcome) : "seed " + seed);
      }
    }
    return new Result(failures, faults, commands);
  }

  /** The findings of the shortest run of a seed that still fails, and how to see it again. */
  static String explain(long seed, Simulation.Outcome whole) {
    Simulation.Outcome least = whole;
    int passes = 0;
    int fails = whole.steps();
    while (fails - passes > 1) {
      int middle = (passes + fails) >>> 1;
      Simulation.Outcome some = new Simulation(seed, Planted.NONE, new Fault.Tally()).run(middle);
      if (some.findings().isEmpty()) {
        passes = middle;
      } else {
        fails = middle;
        least = some;
      }
    }
    return "seed %d fails in %d steps (whole run: %d); run it again with%n  mvn -pl tests -am test -Dsurefire.failIfNoSpecifiedTests=false -Dtest=SimulationTest -Dseed=%d -Dsteps=%d%n  %s"
        .formatted(
            seed, least.steps(), whole.steps(), seed, fails, String.join("\n  ", least.findings()));
  }

  /** The first seed that catches a planted bug, with what it found; null where none does. */
  static String caught(Planted bug, int seeds) {
    for (long seed = 0; seed < seeds; seed++) {
      Simulation.Outcome outcome =
          new Simulation(seed, bug, new Fault.Tally()).run(Integer.MAX_VALUE);
      if (!outcome.findings().isEmpty()) {
        return "seed " + seed + ": " + outcome.findings().getFirst();
      }
    }
    return null;
  }
}
