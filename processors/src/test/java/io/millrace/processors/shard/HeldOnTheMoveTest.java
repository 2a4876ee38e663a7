package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.shard.AccountAnswer.Outcome;
import org.junit.jupiter.api.Test;

/** What is held for a device that is on its way, or has come back, is enough for its grants. */
class HeldOnTheMoveTest {
  private static final long START = OneShard.millis("2026-11-02T00:00:00Z");
  private static final long HOUR = 3_600_000;
  private static final int ACCOUNT = 1_000;
  private static final long MILL = ChargingShard.MILL;

  private final ChargingShard shard = new ChargingShard();
  private long now = START;
  private long serial;

  HeldOnTheMoveTest() {
    asked(
        new AccountRequest.Open(
            ChargingShard.key(++serial), ACCOUNT, ChargingShard.terms(true, 0, ACCOUNT)));
    asked(new AccountRequest.Pay(ChargingShard.key(++serial), ACCOUNT, 4_300 * MILL, false));
    for (int device = 1; device <= 2; device++) {
      shard.add(new Command.Subscribe(device, "car", ACCOUNT, 0, START, Long.MAX_VALUE));
    }
    shard.commit(now);
  }

  private AccountAnswer asked(AccountRequest request) {
    return shard.answered(++now, request);
  }

  private AccountAnswer reserve(int device, long quantity) {
    return asked(
        new AccountRequest.Reserve(
            ChargingShard.key(++serial), device, 0, 0, quantity, true, HOUR, false));
  }

  private void use(int device, long quantity) {
    shard.use(device, START, quantity);
    shard.commit(++now);
  }

  /** Has device 1 go on with another subscription of the account from an hour on. */
  private Command.Received leave() {
    shard.add(new Command.Move(1, START + HOUR, 11, 0, "car", ACCOUNT, 0, Long.MAX_VALUE));
    Effects left = shard.commit(++now);
    return new Command.Received(0, shard.shard().seq(), 0, left.messages.getFirst().message());
  }

  private WalletView wallet() {
    return shard.shard().wallet(ACCOUNT).orElseThrow();
  }

  /** The one that is let go of holds what both cost more, since usage made them dearer. */
  @Test
  void grantThatEndsWhileItsDeviceIsOnItsWay_leavesEnoughForThoseBesideIt() {
    AccountAnswer first = reserve(1, 100);
    AccountAnswer second = reserve(1, 100);
    use(1, 1_000);
    assertEquals(1_000 * MILL, wallet().reserved());
    Command.Received device = leave();
    asked(new AccountRequest.Release(ChargingShard.key(++serial), first.seq(), first.n()));
    assertEquals(1_000 * MILL, wallet().reserved(), "what the other costs is not known here");
    assertEquals(Outcome.GRANTED_IN_PART, reserve(2, 1_000).outcome(), "of what is left");
    shard.add(device);
    shard.commit(++now);
    assertEquals(500 * MILL, heldFor(second), "it is known again");
    int row = shard.row(1, START + 2, 100);
    asked(new AccountRequest.Use(ChargingShard.key(++serial), row, second.seq(), second.n(), true));
    assertEquals(0, wallet().overrun());
    shard.assertReplays();
  }

  private long heldFor(AccountAnswer granted) {
    return shard.shard().reservation(granted.seq(), granted.n()).orElseThrow().held();
  }
}
