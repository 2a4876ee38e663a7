package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What is held for grants is enough for them, in whatever order they are used. */
class GrantsUsedInFullTest {
  private static final long START = OneShard.millis("2026-11-02T00:00:00Z");

  @Property(tries = 150)
  void grantsUsedInFullInAnyOrder_fitTheBalance(@ForAll long seed) {
    grantsUsedInFull(seed, new ChargingShard());
  }

  /** A maker pays for some of a car's energy. */
  @Property(tries = 150)
  void grantsThatAnotherPaysFor_fitTheBalance(@ForAll long seed) {
    String text =
        ChargingShard.CATALOG.replace(
            "          energy:\n",
            "          energy:\n            paid-by: {account: maker, up-to: 2}\n");
    grantsUsedInFull(seed, new ChargingShard(0, text));
  }

  /** A maker pays for some of all that a car does, whichever of it comes first. */
  @Property(tries = 150)
  void grantsOfSeveralTypesThatAnotherPaysFor_fitTheBalance(@ForAll long seed) {
    String text = ChargingShard.CATALOG + "    paid-by: {account: maker, up-to: 2}\n";
    grantsUsedInFull(seed, new ChargingShard(0, text));
  }

  private void grantsUsedInFull(long seed, ChargingShard shard) {
    Random random = new Random(seed);
    shard.ask(
        new AccountRequest.Open(ChargingShard.key(1), 1_000, ChargingShard.terms(true, 0, 1_000)));
    for (int d = 1; d <= 3; d++) {
      shard.add(new Command.Subscribe(d, "car", 1_000, 0, START, Long.MAX_VALUE));
    }
    shard.ask(
        new AccountRequest.Pay(
            ChargingShard.key(2), 1_000, (1 + random.nextInt(20_000)) * ChargingShard.MILL, false));
    shard.commit(START);
    List<AccountRequest.Reserve> asked = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      AccountRequest.Reserve r = reserve(10 + i, random);
      asked.add(r);
      shard.ask(r);
    }
    Effects effects = shard.commit(START + 1);
    List<Grant> grants = new ArrayList<>();
    asked.forEach(r -> take(grants, r, START + 1, effects));
    long now = START + 1;
    for (int serial = 100; !grants.isEmpty(); serial++) {
      Grant g = grants.remove(random.nextInt(grants.size()));
      now++;
      // What another holds for it must not be granted away as soon as that one is used.
      AccountRequest.Reserve more = reserve(serial, random);
      if (serial < 140) {
        shard.ask(more);
      }
      boolean inTwo = g.answer.quantity() > 1 && random.nextBoolean();
      long first = inTwo ? 1 + random.nextInt((int) g.answer.quantity() - 1) : 0;
      if (inTwo) {
        use(shard, 1_000 + 2 * serial, g, first, false);
      }
      use(shard, 1_001 + 2 * serial, g, g.answer.quantity() - first, true);
      Effects done = shard.commit(now);
      if (serial < 140) {
        take(grants, more, now, done);
      }
    }
    WalletView view = shard.shard().wallet(1_000).orElseThrow();
    assertEquals(0, view.reserved());
    assertEquals(0, view.overrun(), "what was granted costs more than was held");
  }

  private record Grant(long device, long at, AccountAnswer answer) {}

  private static void take(List<Grant> grants, AccountRequest.Reserve r, long at, Effects effects) {
    AccountAnswer answer = Objects.requireNonNull(effects.answers.get(r.key()));
    if (!answer.outcome().isRefusal()) {
      grants.add(new Grant(r.subscription(), at, answer));
    }
  }

  private static AccountRequest.Reserve reserve(int serial, Random random) {
    return new AccountRequest.Reserve(
        ChargingShard.key(serial),
        1 + random.nextInt(3),
        0,
        0,
        1 + random.nextInt(800),
        true,
        60_000,
        false);
  }

  private static void use(ChargingShard shard, int serial, Grant g, long quantity, boolean last) {
    int row = shard.row(g.device, g.at, quantity);
    shard.ask(
        new AccountRequest.Use(ChargingShard.key(serial), row, g.answer.seq(), g.answer.n(), last));
  }
}
