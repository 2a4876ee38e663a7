package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
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
    Random random = new Random(seed);
    ChargingShard shard = new ChargingShard();
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
      AccountRequest.Reserve r =
          new AccountRequest.Reserve(
              ChargingShard.key(10 + i),
              1 + random.nextInt(3),
              0,
              0,
              1 + random.nextInt(800),
              true,
              60_000,
              false);
      asked.add(r);
      shard.ask(r);
    }
    Effects effects = shard.commit(START + 1);
    Collections.shuffle(asked, random);
    for (AccountRequest.Reserve r : asked) {
      AccountAnswer granted = Objects.requireNonNull(effects.answers.get(r.key()));
      if (!granted.outcome().isRefusal()) {
        int row = shard.row(r.subscription(), START + 1, granted.quantity());
        shard.ask(
            new AccountRequest.Use(
                ChargingShard.key(100 + row), row, granted.seq(), granted.n(), true));
      }
    }
    shard.commit(START + 2);
    WalletView view = shard.shard().wallet(1_000).orElseThrow();
    assertEquals(0, view.reserved());
    assertEquals(0, view.overrun(), "what was granted costs more than was held");
  }
}
