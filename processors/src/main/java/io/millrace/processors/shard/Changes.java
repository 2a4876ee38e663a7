package io.millrace.processors.shard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which of many have changed, so that whoever asks for those need not look at all. It may name some
 * that have not, as where a batch was undone, and names each once.
 */
final class Changes<T extends Changes.Listed> {

  /** What can be named, by up to eight of these at a time. */
  abstract static class Listed {
    /** The shard's seq at its last change, and at the last time it was saved for undo. */
    long changedSeq;

    private byte lists;
  }

  private final int bit;
  private final Consumer<Consumer<T>> all;
  private final LongFunction<@Nullable T> find;
  private final ToLongFunction<T> id;
  private final List<T> named = new ArrayList<>();

  /**
   * Names none.
   *
   * @param number tells it from the others that name the same, 0 to 7
   * @param all shows all that the shard has, changed or not
   * @param find what the shard has under an id: one may have gone, or another have come
   */
  Changes(
      int number, Consumer<Consumer<T>> all, LongFunction<@Nullable T> find, ToLongFunction<T> id) {
    this.bit = 1 << number;
    this.all = all;
    this.find = find;
    this.id = id;
  }

  /** To be called at each change. */
  void add(T one) {
    Listed listed = one;
    if ((listed.lists & bit) == 0) {
      listed.lists |= (byte) bit;
      named.add(one);
    }
  }

  /**
   * Those that have changed after a seq, by their ids; all after seq 0. Who asks later never asks
   * for earlier.
   */
  List<T> since(long seq) {
    List<T> those = new ArrayList<>();
    if (seq == 0) {
      all.accept(those::add);
    } else {
      int kept = 0;
      for (T one : named) {
        if (one.changedSeq > seq && find.apply(id.applyAsLong(one)) == one) {
          those.add(one);
          named.set(kept++, one);
        } else {
          forget(one);
        }
      }
      named.subList(kept, named.size()).clear();
    }
    those.sort(Comparator.comparingLong(id));
    return those;
  }

  /** As {@link #since}; none of them is named again before it has changed again. */
  List<T> takeSince(long seq) {
    List<T> those = since(seq);
    named.forEach(this::forget);
    named.clear();
    return those;
  }

  private void forget(T one) {
    Listed listed = one;
    listed.lists &= (byte) ~bit;
  }
}
