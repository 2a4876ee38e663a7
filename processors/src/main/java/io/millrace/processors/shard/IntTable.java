package io.millrace.processors.shard;

/**
 * Numbers other than 0 by tags, open addressing, without an object for each: several may have the
 * same tag, so whoever looks for one looks at each. Tags have to be well mixed in their highest
 * bits.
 */
final class IntTable {
  /** Where nothing is. */
  static final int NONE = -1;

  /**
   * Doubled so that 65,536 fit before arrays are what the collector of a small heap calls large.
   */
  private static final int LEAST = 96;

  private int[] tags = new int[LEAST];
  private int[] values = new int[LEAST];
  private int size;

  /** Where the first of a tag is, or {@link #NONE}. */
  int first(int tag) {
    return find(tag, home(tag));
  }

  /** Where the next of the same tag is, or {@link #NONE}. */
  int next(int slot) {
    return find(tags[slot], after(slot));
  }

  private int find(int tag, int from) {
    for (int i = from; values[i] != 0; i = after(i)) {
      if (tags[i] == tag) {
        return i;
      }
    }
    return NONE;
  }

  int get(int slot) {
    return values[slot];
  }

  void set(int slot, int value) {
    assert value != 0 && values[slot] != 0 : "nothing is there, or would be";
    values[slot] = value;
  }

  void add(int tag, int value) {
    assert value != 0 : "0 stands for nothing";
    if (4L * size >= 3L * values.length) {
      grow();
    }
    insert(tag, value);
    size++;
  }

  private void insert(int tag, int value) {
    int i = home(tag);
    while (values[i] != 0) {
      i = after(i);
    }
    tags[i] = tag;
    values[i] = value;
  }

  void remove(int slot) {
    int gap = slot;
    // Close the gap: of what follows, move back whatever has been pushed past it.
    for (int i = after(slot); values[i] != 0; i = after(i)) {
      if (behind(i, home(tags[i])) >= behind(i, gap)) {
        tags[gap] = tags[i];
        values[gap] = values[i];
        gap = i;
      }
    }
    values[gap] = 0;
    size--;
  }

  /** Where a tag would be, were nothing else there. */
  private int home(int tag) {
    return (int) ((tag & 0xFFFF_FFFFL) * values.length >>> 32);
  }

  private int after(int slot) {
    return slot + 1 == values.length ? 0 : slot + 1;
  }

  /** How far a slot is behind another, round the end. */
  private int behind(int slot, int other) {
    return slot >= other ? slot - other : slot - other + values.length;
  }

  private void grow() {
    int[] oldTags = tags;
    int[] oldValues = values;
    tags = new int[2 * oldTags.length];
    values = new int[2 * oldTags.length];
    for (int i = 0; i < oldTags.length; i++) {
      if (oldValues[i] != 0) {
        insert(oldTags[i], oldValues[i]);
      }
    }
  }
}
