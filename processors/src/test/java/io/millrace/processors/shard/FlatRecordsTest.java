package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables and records without objects do as the collections do that have them. */
class FlatRecordsTest {

  /** Tags of few homes, also round the end of the array, and many of the same. */
  @Test
  void tableOfClusteredTags_hasWhatAMapHas() {
    Random random = new Random(20_261_127);
    int[] homes = {
      0, 1, 0x0000_FFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_0000, 0xFE00_0000
    };
    IntTable table = new IntTable();
    Map<Integer, List<Integer>> model = new HashMap<>();
    List<int[]> there = new ArrayList<>();
    for (int i = 1; i <= 60_000; i++) {
      boolean grows = i / 3_000 % 2 == 0; // It swells to some 1,500, and shrinks to few.
      if (there.isEmpty() || random.nextInt(4) < (grows ? 3 : 1)) {
        int home = homes[random.nextInt(homes.length)];
        int tag = random.nextBoolean() ? home : home + (random.nextInt(64) << 20);
        int value = random.nextInt() | 1;
        table.add(tag, value);
        model.computeIfAbsent(tag, t -> new ArrayList<>()).add(value);
        there.add(new int[] {tag, value});
      } else {
        Collections.swap(there, random.nextInt(there.size()), there.size() - 1);
        int[] gone = there.removeLast();
        int slot = table.first(gone[0]);
        while (table.get(slot) != gone[1]) {
          slot = table.next(slot);
        }
        table.remove(slot);
        model.get(gone[0]).remove((Object) gone[1]);
      }
      if (i % 100 == 0) {
        model.forEach((tag, values) -> assertEquals(sorted(values), sorted(all(table, tag))));
      }
    }
  }

  private static List<Integer> all(IntTable table, int tag) {
    List<Integer> values = new ArrayList<>();
    for (int slot = table.first(tag); slot != IntTable.NONE; slot = table.next(slot)) {
      values.add(table.get(slot));
    }
    return values;
  }

  private static List<Integer> sorted(List<Integer> values) {
    return values.stream().sorted().toList();
  }

  /** Batches of records that come, go and are taken back, from numbers on that overflow. */
  @ParameterizedTest
  @ValueSource(longs = {0, (1L << 31) - 3_000, (1L << 32) - 3_000, (5L << 31) - 700})
  void records_areThoseOfAQueueAndFoundByTheirKeys(long from) {
    Random random = new Random(from);
    Records records = new Records(3, from);
    RecordIndex index = new RecordIndex(records);
    ArrayDeque<long[]> model = new ArrayDeque<>();
    for (int batch = 0; batch < 600; batch++) {
      boolean grows = batch / 100 % 2 == 0; // From page to page, to more of them, and back.
      ArrayDeque<long[]> before = model.clone();
      ArrayDeque<Runnable> undo = new ArrayDeque<>();
      for (int left = random.nextInt(batch % 50 == 0 ? 900 : 60); left > 0; left--) {
        if (model.isEmpty() || random.nextInt(10) < (grows ? 7 : 4)) {
          model.addLast(added(records, index, random.nextLong()));
          undo.addFirst(() -> removeLast(records, index));
        } else {
          model.removeFirst();
          index.remove(records.first());
          records.removeFirst();
          undo.addFirst(() -> restoreFirst(records, index));
        }
      }
      if (random.nextInt(4) == 0) {
        undo.forEach(Runnable::run);
        model = before;
      } else {
        records.accept();
      }
      assertSame(model, records, index);
    }
  }

  private static long[] added(Records records, RecordIndex index, long key) {
    long[] fields = {key, key * 31, records.end()};
    long record = records.add();
    for (int field = 0; field < fields.length; field++) {
      records.set(record, field, fields[field]);
    }
    index.put(record);
    return fields;
  }

  private static void removeLast(Records records, RecordIndex index) {
    index.remove(records.end() - 1);
    records.removeLast();
  }

  private static void restoreFirst(Records records, RecordIndex index) {
    records.restoreFirst();
    index.put(records.first());
  }

  private static void assertSame(ArrayDeque<long[]> model, Records records, RecordIndex index) {
    assertEquals(model.size(), records.size());
    long record = records.first();
    for (Iterator<long[]> those = model.iterator(); those.hasNext(); record++) {
      long[] fields = those.next();
      assertEquals(fields[0], records.get(record, 0));
      assertEquals(fields[2], records.get(record, 2));
      assertEquals(record, fields[2]);
      assertEquals(record, index.find(fields[0], fields[1]));
      assertEquals(RecordIndex.NONE, index.find(fields[0], fields[1] + 1));
    }
  }
}
