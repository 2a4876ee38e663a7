package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.millrace.processors.rating.Rules.AccountName;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.usage.Attributes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A checkpoint of version 20, as the last commit before 21 wrote it: reservations open, used in
 * part, released and expired, a bucket of money, a sponsor that grants count on, and answers.
 */
class CheckpointOfBeforeTest {
  private static final long START = OneShard.millis("2026-11-02T00:00:00Z");
  private static final int MAKER = ChargingShard.account(new AccountName("customer", "maker"));
  private static final int ACCOUNT = 1_000;
  private static final long MILL = ChargingShard.MILL;

  private final ChargingShard shard =
      new ChargingShard(
          ShardKey.of(MAKER, 2),
          ChargingShard.CATALOG + "    paid-by: {account: maker, up-to: 2, within: balance}\n");

  private static byte[] stored() throws IOException {
    try (InputStream in = CheckpointOfBeforeTest.class.getResourceAsStream("checkpoint-20.hex")) {
      assertNotNull(in);
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(hex.replace("\n", ""));
    }
  }

  private static List<Object> of(Reservation r) {
    assertEquals(Attributes.NONE, r.said());
    return List.of(r.subscription(), r.granted(), r.left(), r.held() / MILL, r.end());
  }

  private Reservation reservation(long seq) {
    return shard.shard().reservation(seq, 0).orElseThrow();
  }

  @Test
  void checkpointOfVersion20_isReadAndGoesOn() throws IOException {
    shard.restore(stored());
    assertEquals(14, shard.shard().seq());
    assertEquals(List.of(1L, 900L, 900L, 2_000L, Reservation.End.OPEN), of(reservation(7)));
    assertEquals(List.of(2L, 500L, 300L, 0L, Reservation.End.OPEN), of(reservation(8)));
    assertEquals(List.of(1L, 100L, 100L, 0L, Reservation.End.EXPIRED), of(reservation(9)));
    assertEquals(List.of(2L, 50L, 50L, 0L, Reservation.End.RELEASED), of(reservation(11)));
    WalletView own = shard.shard().wallet(ACCOUNT).orElseThrow();
    assertEquals(3_700 * MILL, own.available());
    assertEquals(700 * MILL, own.buckets().getFirst().left());
    assertEquals(1_620 * MILL, shard.shard().account(MAKER).orElseThrow().accrued());
    assertArrayEquals(
        new long[] {2_000 * MILL, 2_000 * MILL}, shard.shard().pledged(MAKER), "and is kept");
    AccountRequest paid =
        new AccountRequest.Pay(ChargingShard.key(2), ACCOUNT, 5_000 * MILL, false);
    shard.answered(START + 80_000, paid);
    assertEquals(
        3_700 * MILL, shard.shard().wallet(ACCOUNT).orElseThrow().available(), "it was paid once");
    int row = shard.row(1, START + 1, 900);
    AccountAnswer used =
        shard.answered(
            START + 90_000, new AccountRequest.Use(ChargingShard.key(99), row, 7, 0, true));
    assertEquals(Outcome.COMMITTED, used.outcome());
    assertEquals(2_000 * MILL, used.amount(), "beside 1.1 that the maker pays");
    assertEquals(900 * MILL, shard.shard().pledged(MAKER)[0], "of the other device's grant");
  }
}
