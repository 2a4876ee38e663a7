package io.millrace.tests.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.ChargeRule;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.shard.Work;
import io.millrace.processors.rating.OfferHistory;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.shard.Command;
import io.millrace.processors.usage.UsageBatch;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the simulation can't reach by what sources and stores do: a bug in what falls due. */
class NodeShardsTest {
  private static final long LAMP = 7;

  @Test
  void bugInWhatFallsDue_isNotBlamedOnTheEventsBesideIt() {
    Plan plan = Plan.of(new SplittableRandom(0), Counted.NONE, Extras.NONE, Planted.NONE, 1);
    SimulatedStore store = new SimulatedStore(1, new SplittableRandom(0), new Fault.Tally());
    store.calm();
    try (NodeShards node =
        new NodeShards(
            SimulatedStore.TENANT,
            1,
            store,
            tripsWhenItSeals(plan.rules()),
            "node",
            CrashPoints.NONE)) {
      node.take(1, true);
      Work first = work(plan.start(), 1);
      first.command(
          0, new Command.Subscribe(LAMP, "lamp", 101, 0, plan.start() + 1, Long.MAX_VALUE));
      assertEquals(Map.of(), node.drain(work(plan.start(), 0), plan.start(), 10).effects());
      node.drain(first, plan.start(), 10);
      long later = plan.start() + Plan.hours(60);

      AssertionError stopped =
          assertThrows(AssertionError.class, () -> node.drain(work(later, 2), later, 10));

      assertTrue(stopped.getMessage().contains("no command is to blame"), stopped.getMessage());
      assertEquals(1, store.journal.size(), "nothing is journalled as refused");
      assertTrue(store.suspense.isEmpty());
    }
  }

  /** Partners' accounts are missing, so that sharing what is posted trips. */
  private static Rules tripsWhenItSeals(Rules sound) {
    List<OfferHistory> offers =
        sound.offers().stream().map(NodeShardsTest::withoutParties).toList();
    return new Rules(
        sound.version(),
        sound.catalog(),
        sound.catalogs(),
        sound.types(),
        offers,
        sound.numbers(),
        sound.periods(),
        sound.revenue(),
        sound.shared(),
        sound.shards(),
        sound.horizon(),
        sound.future(),
        sound.mostSuspended());
  }

  private static OfferHistory withoutParties(OfferHistory sound) {
    OfferRules terms = sound.last();
    return new OfferHistory(
        sound.name(),
        terms.offer().charges().stream().map(ChargeRule::name).toList(),
        List.of(
            new OfferRules(
                terms.catalog(),
                terms.from(),
                terms.offer(),
                terms.windows(),
                terms.usage(),
                terms.recurring(),
                terms.closing(),
                terms.sharings().stream().map(NodeShardsTest::withoutParties).toList(),
                terms.sharingOf(),
                terms.sponsors(),
                terms.gauged())),
        sound.slots());
  }

  private static Rules.Sharing withoutParties(Rules.Sharing sound) {
    return new Rules.Sharing(sound.index(), sound.line(), sound.split(), null, new int[0]);
  }

  private static Work work(long at, int events) {
    UsageBatch batch = new UsageBatch(4);
    for (int i = 0; i < events; i++) {
      byte[] raw = {(byte) i};
      batch.add(
          0,
          LAMP,
          1,
          at + i,
          true,
          at + 2,
          at,
          Plan.LAMP_REPORT,
          new long[] {5_000_000},
          1,
          raw,
          0,
          1);
    }
    return Work.sorted(List.of(batch), 1, new Work.Room());
  }
}
