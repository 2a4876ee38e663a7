package io.millrace.processors.shard;

/**
 * Finds records by a key of two numbers, their first two fields. A later one under the same key
 * takes the place of the one before.
 */
final class RecordIndex {
  /** Where there is none. */
  static final long NONE = -1;

  /** Numbers of records are told apart by their lowest bits: there are never so many at a time. */
  private static final int LOWEST = Integer.MAX_VALUE;

  private final Records records;
  private final IntTable table = new IntTable();

  RecordIndex(Records records) {
    this.records = records;
  }

  /** The number of the record under a key, or {@link #NONE}. */
  long find(long high, long low) {
    int slot = slot(high, low);
    return slot == IntTable.NONE ? NONE : record(table.get(slot));
  }

  void put(long record) {
    long high = records.get(record, 0);
    long low = records.get(record, 1);
    int slot = slot(high, low);
    if (slot == IntTable.NONE) {
      table.add(tag(high, low), value(record));
    } else {
      table.set(slot, value(record));
    }
  }

  /** Has a record not be found any more; another that is found under its key still is. */
  void remove(long record) {
    int slot = table.first(tag(records.get(record, 0), records.get(record, 1)));
    while (slot != IntTable.NONE && table.get(slot) != value(record)) {
      slot = table.next(slot);
    }
    if (slot != IntTable.NONE) {
      table.remove(slot);
    }
  }

  private int slot(long high, long low) {
    int slot = table.first(tag(high, low));
    while (slot != IntTable.NONE && !is(record(table.get(slot)), high, low)) {
      slot = table.next(slot);
    }
    return slot;
  }

  private boolean is(long record, long high, long low) {
    return records.get(record, 0) == high && records.get(record, 1) == low;
  }

  private static int value(long record) {
    return (int) (record & LOWEST) + 1; // Never 0.
  }

  private long record(int value) {
    long first = records.first();
    return first + ((value - 1 - (int) first) & LOWEST);
  }

  /** Mixed, so that keys that are alike lie apart; who looks for some that don't can find them. */
  private static int tag(long high, long low) {
    long mixed = high + Long.rotateLeft(low * 0x9E3779B97F4A7C15L, 32);
    mixed = (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
    mixed = (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
    return (int) (mixed ^ mixed >>> 32);
  }
}
