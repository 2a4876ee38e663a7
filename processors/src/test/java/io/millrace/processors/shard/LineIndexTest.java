package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.millrace.processors.shard.AccountTotals.Line;
import io.millrace.processors.undo.UndoLog;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LineIndexTest {
  private record Key(int offer, int charge, int period) {}

  private final AccountTotals account = new AccountTotals(7);
  private final Map<Key, Line> known = new HashMap<>();
  private final SplittableRandom random = new SplittableRandom(3);

  @Test
  void manyLines_areFoundAsFewAre() {
    for (int i = 0; i < 3_000; i++) {
      Key key = any();
      assertSame(known.get(key), account.find(key.offer, key.charge, key.period));
      Line line = account.line(key.offer, key.charge, key.period);
      assertSame(line, known.computeIfAbsent(key, k -> line));
    }
    assertEquals(known.size(), account.lines.length);
  }

  @Test
  void lineOfABatchThatIsTakenBack_isNotFound() {
    fill(500);
    UndoLog log = new UndoLog();
    account.save(log);
    account.line(1_000, 0, 1);
    log.undo();
    assertNull(account.find(1_000, 0, 1));
    known.forEach((key, line) -> assertSame(line, account.find(key.offer, key.charge, key.period)));
  }

  @Test
  void linesOfClosedPeriods_areNotFound() {
    fill(500);
    account.forget(1);
    known.forEach(
        (key, line) ->
            assertSame(
                key.period > 1 ? line : null, account.find(key.offer, key.charge, key.period)));
  }

  private void fill(int times) {
    for (int i = 0; i < times; i++) {
      Key key = any();
      known.put(key, account.line(key.offer, key.charge, key.period));
    }
  }

  private Key any() {
    return new Key(random.nextInt(200), random.nextInt(3), random.nextInt(4));
  }
}
