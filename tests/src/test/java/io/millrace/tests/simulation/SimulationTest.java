package io.millrace.tests.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The shard core under faults, judged by the oracle; see the package. */
class SimulationTest {
  private static final int SEEDS = Integer.getInteger("seeds", 2_000);
  private static final int LEAST_OF_EACH_FAULT = 100;
  private static final int SEEDS_FOR_A_PLANTED_BUG = 120;

  /** {@code -Dseed=} runs one seed, {@code -Dsteps=} stops it early. */
  private static final Long SEED = Long.getLong("seed");

  @Test
  void anySeed_leavesBooksThatTheOracleAccepts() throws Exception {
    if (SEED != null) {
      int steps = Integer.getInteger("steps", Integer.MAX_VALUE);
      Simulation.Outcome one = new Simulation(SEED, Planted.NONE, new Fault.Tally()).run(steps);
      assertEquals(List.of(), one.findings());
      return;
    }
    SimulationRuns.Result result = SimulationRuns.run(0, SEEDS);
    System.out.printf("%d seeds, %,d commands%n%s", SEEDS, result.commands(), result.faults());
    assertTrue(result.failures().isEmpty(), () -> String.join("\n", result.failures()));
    assertTrue(result.commands() >= (long) SEEDS * Simulation.COMMANDS, "too few commands");
    List<Fault> rare = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      if (result.faults().of(fault) < LEAST_OF_EACH_FAULT * SEEDS / 2_000) {
        rare.add(fault);
      }
    }
    assertEquals(List.of(), rare, "these faults struck too rarely to prove anything");
  }

  /** What seeds found in the shard core, and what it would have done to a bill. */
  @ParameterizedTest(name = "{1} (seed {0})")
  @CsvSource({
    "0,a refused command let other shards' events go unjournalled and acknowledged",
    "1,an exception in apply ended the node for good",
    "18,a refused event that came out of suspense counted twice",
    "1824,a refused event that waited in suspense already counted as two",
    "6,a commit of unknown outcome stayed open and sound events were refused",
    "3,a node wrote a shard it took under a number below the shard's last",
    "5,a shard that was taken without an answer belonged to nobody who worked",
    "2,an event without its reading was billed with its neighbour's",
    "13,late usage hid in a charge that was not late",
    "55,a window across a period's end was sealed twice as if the first time",
    "20,usage of an account's devices overflowed in its sum",
    "1707,an event that fits was refused where the total it moves is below zero",
    "9,clocks that jumped again while stopped were believed after a restart",
  })
  void seedThatFoundABug_findsNothing(long seed, String bug) {
    assertEquals(
        List.of(),
        new Simulation(seed, Planted.NONE, new Fault.Tally(), Extras.NONE)
            .run(Integer.MAX_VALUE)
            .findings(),
        bug);
  }

  /** The same of what not all cities have. */
  @ParameterizedTest(name = "{1} (seed {0})")
  @CsvSource({
    "292,what devices share had members twice after two joined in a commit that failed",
    "40,a reading that a row lacks was counted from its neighbour in a bundle",
  })
  void seedThatFoundABugOfMore_findsNothing(long seed, String bug) {
    assertEquals(
        List.of(),
        new Simulation(seed, Planted.NONE, new Fault.Tally(), Extras.before(seed))
            .run(Integer.MAX_VALUE)
            .findings(),
        bug);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void plantedBug_isCaught(Planted bug) {
    assertNotNull(
        SimulationRuns.caught(bug, SEEDS_FOR_A_PLANTED_BUG),
        () -> bug + " goes unnoticed in " + SEEDS_FOR_A_PLANTED_BUG + " seeds");
  }
}
