package io.millrace.connectors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Command;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rows that requests name go ahead of all others, and are named right when one is taken out. */
class UsesOfAccountsTest {
  private static final int SHARDS = 2;

  private static UsageBatch batch(int... shards) {
    UsageBatch batch = new UsageBatch(4);
    for (int i = 0; i < shards.length; i++) {
      batch.add(
          shards[i],
          10L * shards.length + i,
          1,
          i,
          true,
          0,
          0,
          0,
          new long[1],
          1,
          new byte[0],
          0,
          0);
    }
    return batch;
  }

  private static Command.Account use(int row) {
    return new Command.Account(
        new AccountRequest.Use(new AccountRequest.Key(row, 0, 0, 0), row, 0, 0, true));
  }

  private static String rows(Work work, int shard) {
    StringBuilder rows = new StringBuilder();
    for (int i = work.from[shard]; i < work.from[shard + 1]; i++) {
      rows.append(work.usage.subscription[i]).append(' ');
    }
    return rows.toString().strip();
  }

  private static List<Integer> named(Work work, int shard) {
    List<Integer> named = new ArrayList<>();
    for (Command c : work.commands.getOrDefault(shard, List.of())) {
      if (c instanceof Command.Account a && a.request() instanceof AccountRequest.Use u) {
        named.add(u.row());
      }
    }
    return named;
  }

  @Test
  void batchAhead_comesFirstInEveryShardAndOriginsStay() {
    List<UsageBatch> batches = List.of(batch(0, 1, 0), batch(1), batch(1, 0, 1, 0));
    Work work = Work.sorted(batches, SHARDS, new Work.Room(), 2);
    assertEquals("41 43 30 32", rows(work, 0));
    assertEquals("40 42 31 10", rows(work, 1));
    assertEquals(2L << 32 | 3, work.originOf(0, 1));
    assertEquals(1L << 32, work.originOf(1, 3));
    Work plain = Work.sorted(batches, SHARDS, new Work.Room());
    assertEquals("30 32 41 43", rows(plain, 0));
  }

  @Test
  void usageBesideCallers_isTakenByAFewShardsAtATimeAndNamesWhereItCameFrom() {
    int shards = 2 * Backlog.PART_SHARDS;
    int[] twice = new int[2 * shards];
    Arrays.setAll(twice, i -> shards - 1 - i / 2);
    Intake intake = new Intake(100, 1 << 20, () -> {});
    Ticket nobodys =
        new Ticket() {
          @Override
          public void done() {}

          @Override
          public void failed(Exception why) {}
        };
    UsageBatch usage = batch(twice);
    for (int i = 0; i < usage.size(); i++) {
      int row = i;
      intake.add(to -> to.addRow(usage, row), nobodys);
    }
    Forwarding none = new Forwarding(null);
    Backlog backlog = Backlog.taken(List.of(intake), none, shards, 0);
    Work.Room room = new Work.Room();

    Work first = backlog.part(batch(1, 0), true, room);
    assertEquals("21 " + rows(usage, 0), rows(first, 0));
    assertEquals(1L << 32 | 1, first.originOf(0, 0), "the batch behind is the callers'");
    assertEquals(2 * shards - 2, first.originOf(0, 1));
    assertEquals("20 " + rows(usage, 1), rows(first, 1));
    assertEquals("", rows(first, Backlog.PART_SHARDS));
    assertFalse(backlog.isDone());

    Work second = backlog.part(batch(0), true, room);
    assertEquals("10", rows(second, 0));
    for (int s = Backlog.PART_SHARDS; s < shards; s++) {
      assertEquals(rows(usage, s), rows(second, s));
    }
    assertTrue(backlog.isDone());

    intake.add(to -> to.addRow(usage, 0), nobodys);
    Backlog alone = Backlog.taken(List.of(intake), none, shards, 0);
    alone.part(batch(), false, room);
    assertTrue(alone.isDone());
  }

  private static String rows(UsageBatch usage, int shard) {
    return IntStream.range(0, usage.size())
        .filter(i -> usage.shard[i] == shard)
        .mapToObj(i -> Long.toString(usage.subscription[i]))
        .collect(Collectors.joining(" "));
  }

  @Test
  void rowTakenOut_isLostToItsSessionAndTheOthersMove() {
    Work work = Work.sorted(List.of(batch(0, 0, 0)), SHARDS, new Work.Room());
    AccountRequest.Step.Part part = new AccountRequest.Step.Part(7, 0, 0, 0, true, 5);
    work.command(
        0,
        new Command.Account(
            new AccountRequest.Step(
                new AccountRequest.Key(1, 0, 0, 0),
                AccountRequest.Step.Kind.UPDATE,
                1,
                0,
                0,
                2,
                1_000,
                List.of(part, part.ofRow(1), part.ofRow(2)))));
    Command.Account left = (Command.Account) work.without(1).commands.get(0).getFirst();
    AccountRequest.Step step = (AccountRequest.Step) left.request();
    assertEquals(
        List.of(0, AccountRequest.Step.Part.LOST, 1),
        step.parts().stream().map(AccountRequest.Step.Part::row).toList());
    assertEquals(List.of(0, 1), step.rows());
  }

  @Test
  void rowTakenOut_takesItsUseAlongAndMovesThoseBehind() {
    List<UsageBatch> batches = List.of(batch(0, 0, 0, 1));
    Work work = Work.sorted(batches, SHARDS, new Work.Room());
    for (int row = 0; row < 3; row++) {
      work.command(0, use(row));
    }
    work.command(1, use(0));
    Work left = work.without(1);
    assertEquals("40 42", rows(left, 0));
    assertEquals(List.of(0, 1), named(left, 0));
    assertEquals(List.of(0), named(left, 1));
    AccountRequest.Key moved = ((Command.Account) left.commands.get(0).get(1)).request().key();
    assertEquals(2, moved.high(), "it is still the third one's");
  }
}
