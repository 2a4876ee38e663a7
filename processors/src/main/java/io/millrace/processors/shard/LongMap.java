package io.millrace.processors.shard;

import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** A map from {@code long} keys, open addressing, made for the lookups of the hot path. */
final class LongMap<V> {
  private long[] keys = new long[64];
  private @Nullable Object[] values = new @Nullable Object[64];
  private int size;

  int size() {
    return size;
  }

  @SuppressWarnings("unchecked")
  @Nullable V get(long key) {
    int mask = keys.length - 1;
    for (int i = slot(key, mask); ; i = (i + 1) & mask) {
      Object value = values[i];
      if (value == null) {
        return null;
      }
      if (keys[i] == key) {
        return (V) value;
      }
    }
  }

  /** What is there under a key, made where nothing is. */
  V getOrMake(long key, LongFunction<V> make) {
    V value = get(key);
    if (value == null) {
      value = make.apply(key);
      put(key, value);
    }
    return value;
  }

  void put(long key, V value) {
    if (size * 2 >= keys.length) {
      grow();
    }
    int mask = keys.length - 1;
    int i = slot(key, mask);
    while (values[i] != null && keys[i] != key) {
      i = (i + 1) & mask;
    }
    if (values[i] == null) {
      size++;
    }
    keys[i] = key;
    values[i] = value;
  }

  void remove(long key) {
    int mask = keys.length - 1;
    int i = slot(key, mask);
    while (keys[i] != key || values[i] == null) {
      if (values[i] == null) {
        return;
      }
      i = (i + 1) & mask;
    }
    values[i] = null;
    size--;
    // Close the gap: whatever follows may have been pushed past it.
    for (int j = (i + 1) & mask; values[j] != null; j = (j + 1) & mask) {
      Object value = values[j];
      values[j] = null;
      int k = slot(keys[j], mask);
      while (values[k] != null) {
        k = (k + 1) & mask;
      }
      keys[k] = keys[j];
      values[k] = value;
    }
  }

  /** Shows all, in no order that may be relied on. */
  @SuppressWarnings("unchecked")
  void forEach(Consumer<V> each) {
    for (Object value : values) {
      if (value != null) {
        each.accept((V) value);
      }
    }
  }

  private void grow() {
    long[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new @Nullable Object[oldKeys.length * 2];
    int mask = keys.length - 1;
    for (int j = 0; j < oldKeys.length; j++) {
      if (oldValues[j] != null) {
        int k = slot(oldKeys[j], mask);
        while (values[k] != null) {
          k = (k + 1) & mask;
        }
        keys[k] = oldKeys[j];
        values[k] = oldValues[j];
      }
    }
  }

  private static int slot(long key, int mask) {
    long mixed = key * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32) & mask;
  }
}
