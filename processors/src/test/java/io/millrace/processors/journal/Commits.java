package io.millrace.processors.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.shard.ShardMessage;
import io.millrace.processors.shard.WalletTerms;
import io.millrace.processors.usage.Attributes;
import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Commits to write and to compare. */
final class Commits {

  static final long MINUTE = 1_793_613_660_000L;

  private Commits() {}

  /** A minute of street lamps, their rows in one section a shard. */
  static Commit lamps(int rows, int shards, long seed) {
    Random random = new Random(seed);
    UsageBatch usage = new UsageBatch(rows);
    List<Section> sections = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      int from = usage.size();
      for (int i = shard; i < rows; i += shards) {
        int lamp = random.nextInt(200_000);
        int second = random.nextInt(60);
        long id = 1_000 + random.nextInt(40);
        int wh = random.nextInt(1_000);
        byte[] raw = lamp(lamp, id, second, wh, random.nextInt(400));
        usage.add(
            shard,
            lamp + 1,
            7,
            id,
            true,
            MINUTE + second * 1_000L,
            MINUTE + 61_000 + i,
            0,
            new long[] {wh},
            1,
            raw,
            0,
            raw.length);
      }
      sections.add(
          new Section(
              shard, 3, 500 + shard, MINUTE + 62_000, 1_000, List.of(), from, usage.size()));
    }
    return new Commit(1, 99, 2, sections, usage);
  }

  static byte[] lamp(int lamp, long id, int second, int wh, int lux) {
    String json =
        ("{\"specversion\":\"1.0\",\"id\":\"%d\",\"source\":\"/city/lamps\","
                + "\"type\":\"lamp.report\","
                + "\"subject\":\"lamp-%06d\",\"time\":\"2026-11-02T10:01:%02dZ\","
                + "\"datacontenttype\":\"application/json\","
                + "\"data\":{\"wh\":0.%03d,\"lux\":%d,\"fault\":0}}")
            .formatted(id, lamp, second, wh, lux);
    return json.getBytes(StandardCharsets.UTF_8);
  }

  static List<Command> oneOfEach() {
    return List.of(
        new Command.Subscribe(12, "lamp-ñ", 3, 0, MINUTE, Long.MAX_VALUE),
        new Command.Suspend(
            7, Reason.BAD_QUANTITY, -5, MINUTE, new byte[] {0, 1, -1}, 70_000, new byte[32]),
        new Command.ClosePeriod(4),
        new Command.Recycled(0, 7, new byte[] {1, 2, 3}, "maria"),
        new Command.Recycled(1, 8, new byte[] {4}, null),
        new Command.Discard(7, List.of(new byte[] {1, 2}, new byte[32])),
        new Command.Move(12, MINUTE + 1, 13, 4, "lamp-ñ", 5, 1, Long.MAX_VALUE),
        new Command.Subscribe(14, "sim", 5, 1, MINUTE, MINUTE + 2, new Command.Share(15, "ñ")),
        new Command.Move(14, MINUTE + 1, 16, 4, "sim", 5, 2, MINUTE + 2, new Command.Share(17, "")),
        new Command.Received(
            2,
            76,
            0,
            new ShardMessage.Device(
                16, "sim", 5, 2, 0, 1, new byte[] {1}, new Command.Share(17, "g"))),
        new Command.Received(
            2,
            77,
            1,
            new ShardMessage.Device(
                13, "lamp-ñ", 5, 1, MINUTE + 1, Long.MAX_VALUE, new byte[] {9, 0, -1}, null)),
        new Command.Received(2, 78, 0, new ShardMessage.Money(5, 6, 1L << 59, 9, true)),
        new Command.Received(2, 79, 0, new ShardMessage.Sponsored(5, 9, 0, paid())),
        new Command.Received(2, 79, 1, new ShardMessage.Sponsored(5, 9, 1L << 59, paid())),
        new Command.Received(2, 80, 0, new ShardMessage.QuotaAsk(5, 1L << 59, 0, 7)),
        new Command.Received(2, 80, 1, new ShardMessage.QuotaSlice(5, 1L << 58, MINUTE, true)),
        new Command.Received(2, 80, 2, new ShardMessage.QuotaBack(5, 63)),
        new Command.Account(
            new AccountRequest.Transfer(new AccountRequest.Key(5, 5, 5, 5), 5, 6, 63, 1L << 59, 9)),
        new Command.Account(
            new AccountRequest.Open(
                new AccountRequest.Key(1, -2, 3, -4),
                5,
                new WalletTerms(
                    true, -7, Long.MIN_VALUE, new WalletTerms.Ledger(11, 12, 13, 14, 15)))),
        new Command.Account(
            new AccountRequest.Pay(
                new AccountRequest.Key(Long.MIN_VALUE, Long.MAX_VALUE, 0, 0), 5, -6, true)),
        new Command.Account(
            new AccountRequest.Pay(
                new AccountRequest.Key(7, 7, 7, 7),
                5,
                6,
                false,
                new AccountRequest.Into("größe", 2, 1L << 41, 16, 17),
                "a mistake")),
        new Command.Account(
            new AccountRequest.Units(
                new AccountRequest.Key(8, 8, 8, 8), 5, "größe", "extra", -9, true, 1L << 41, "no")),
        new Command.Account(
            new AccountRequest.Reserve(
                new AccountRequest.Key(2, 2, 2, 2), 12, 1, 2, 900, true, 60_000, false)),
        new Command.Account(
            new AccountRequest.Reserve(
                new AccountRequest.Key(9, 9, 9, 9),
                12,
                1,
                2,
                900,
                false,
                60_000,
                true,
                Attributes.of(Map.of("zone", "größe", "rat", "4")))),
        new Command.Account(
            new AccountRequest.Use(new AccountRequest.Key(3, 3, 3, 3), 1, 77, 2, true)),
        new Command.Account(new AccountRequest.Release(new AccountRequest.Key(4, 4, 4, 4), 77, 3)),
        new Command.Account(
            new AccountRequest.Step(
                new AccountRequest.Key(6, 6, 6, 6),
                AccountRequest.Step.Kind.UPDATE,
                77,
                4,
                12,
                1L << 31,
                60_000,
                List.of(
                    new AccountRequest.Step.Part((1L << 32) - 1, 2, 1, 0, true, 900),
                    new AccountRequest.Step.Part(
                        0, AccountRequest.Step.Part.LOST, 0, -1, false, 0)))));
  }

  static void assertSame(Commit expected, Commit actual, boolean evidence) {
    assertEquals(expected.tenant(), actual.tenant());
    assertEquals(expected.number(), actual.number());
    assertEquals(expected.rules(), actual.rules());
    assertEquals(expected.sections().size(), actual.sections().size());
    for (int s = 0; s < expected.sections().size(); s++) {
      assertSame(expected.sections().get(s), actual.sections().get(s), evidence);
    }
    UsageBatch a = expected.usage();
    UsageBatch b = actual.usage();
    assertEquals(a.size(), b.size());
    for (int i = 0; i < a.size(); i++) {
      assertEquals(a.shard[i], b.shard[i]);
      assertEquals(a.subscription[i], b.subscription[i]);
      assertEquals(a.source[i], b.source[i]);
      assertEquals(a.eventId[i], b.eventId[i]);
      assertEquals(a.numbered[i], b.numbered[i]);
      assertEquals(a.occurredAt[i], b.occurredAt[i]);
      assertEquals(a.receivedAt[i], b.receivedAt[i]);
      assertEquals(a.type[i], b.type[i]);
      assertEquals(a.valueFrom[i + 1], b.valueFrom[i + 1]);
      assertArrayEquals(evidence ? a.rawOf(i) : new byte[0], b.rawOf(i));
    }
    for (int v = 0; v < a.valueFrom[a.size()]; v++) {
      assertEquals(a.values[v], b.values[v]);
    }
  }

  private static void assertSame(Section a, Section b, boolean evidence) {
    assertEquals(
        List.of(a.shard(), a.epoch(), a.seq(), a.time(), a.dueLimit(), a.usageFrom(), a.usageTo()),
        List.of(b.shard(), b.epoch(), b.seq(), b.time(), b.dueLimit(), b.usageFrom(), b.usageTo()));
    assertEquals(a.commands().size(), b.commands().size());
    for (int c = 0; c < a.commands().size(); c++) {
      assertEquals(
          text(a.commands().get(c), evidence), text(b.commands().get(c), true), "command " + c);
    }
  }

  /** A command with its arrays spelt out, since records compare arrays by identity. */
  private static String text(Command command, boolean evidence) {
    return switch (command) {
      case Command.Subscribe c ->
          new Command.Subscribe(
                  c.subscription(),
                  evidence ? c.subject() : "",
                  c.account(),
                  c.offer(),
                  c.from(),
                  c.to())
              .toString();
      case Command.Suspend c ->
          List.of(c.source(), c.reason(), c.fingerprint(), c.receivedAt(), c.rawSize())
              + hex(evidence ? c.raw() : new byte[0])
              + hex(evidence ? c.rawHash() : new byte[0]);
      case Command.ClosePeriod c -> c.toString();
      case Command.Account c ->
          evidence ? c.toString() : new Command.Account(c.request().because("")).toString();
      case Command.Recycled c -> c.row() + " " + c.source() + hex(c.rawHash()) + c.override();
      case Command.Discard c ->
          c.source() + c.rawHashes().stream().map(Commits::hex).toList().toString();
      case Command.Move c ->
          List.of(
                  c.subscription(),
                  c.at(),
                  c.successor(),
                  c.shard(),
                  c.account(),
                  c.offer(),
                  c.to())
              + (evidence ? c.subject() : "");
      case Command.Received c ->
          switch (c.message()) {
            case ShardMessage.Device m ->
                List.of(
                        c.from(),
                        c.seq(),
                        c.n(),
                        m.successor(),
                        m.account(),
                        m.offer(),
                        m.from(),
                        m.to())
                    + (evidence ? m.subject() : "")
                    + hex(m.state());
            case ShardMessage.Money m -> c.toString();
            case ShardMessage.Sponsored m -> c.toString();
            case ShardMessage.QuotaAsk m -> c.toString();
            case ShardMessage.QuotaSlice m -> c.toString();
            case ShardMessage.QuotaBack m -> c.toString();
          };
    };
  }

  private static List<ShardMessage.Paid> paid() {
    return List.of(
        new ShardMessage.Paid(
            13, "hash", 1, 2, 3, true, MINUTE, MINUTE + 7, false, -1, MINUTE, -63),
        new ShardMessage.Paid(1L << 40, "", 0, 0, 0, false, -7, 0, true, 0, 0, 1L << 59));
  }

  private static String hex(byte[] bytes) {
    return " " + HexFormat.of().formatHex(bytes);
  }
}
