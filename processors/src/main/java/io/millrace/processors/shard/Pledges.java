package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * What grants of an account's devices count on of sponsors' balances: kept for their use until they
 * are used or over, and granted to nobody else. Ledger units.
 */
final class Pledges {

  /**
   * What is kept together.
   *
   * @param subscription what counts the use
   * @param clause the {@code paid-by} of the offer
   * @param sponsor the account that pays
   * @param period of the use
   */
  record Key(long subscription, int clause, int sponsor, int period) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparingLong(Key::subscription)
            .thenComparingInt(Key::clause)
            .thenComparingInt(Key::sponsor)
            .thenComparingInt(Key::period);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  private final TreeMap<Key, Long> all = new TreeMap<>();

  long get(Key key) {
    return all.getOrDefault(key, 0L);
  }

  /** What is kept for a subscription. */
  List<Key> of(long subscription) {
    Key first = new Key(subscription, Integer.MIN_VALUE, Integer.MIN_VALUE, Integer.MIN_VALUE);
    return new ArrayList<>(
        all.tailMap(first).keySet().stream()
            .takeWhile(key -> key.subscription == subscription)
            .toList());
  }

  /** What is kept of a sponsor's balance. */
  long sum(int sponsor) {
    return all.entrySet().stream()
        .filter(e -> e.getKey().sponsor == sponsor)
        .mapToLong(e -> e.getValue())
        .sum();
  }

  void add(Key key, long change) {
    long now = Math.addExact(get(key), change);
    assert now >= 0 : "less than nothing is kept of " + key;
    if (now == 0) {
      all.remove(key);
    } else {
      all.put(key, now);
    }
  }

  Pledges copy() {
    Pledges copy = new Pledges();
    copy.all.putAll(all);
    return copy;
  }

  void encode(ByteWriter out) {
    out.varint(all.size());
    all.forEach(
        (key, amount) -> {
          out.varint(key.subscription);
          out.varint(key.clause);
          out.varint(key.sponsor);
          out.zigzag(key.period);
          out.varint(amount);
        });
  }

  static Pledges decode(ByteReader in) {
    Pledges pledges = new Pledges();
    for (int left = in.count(in.remaining()); left > 0; left--) {
      Key key =
          new Key(
              in.varint(),
              in.count(Integer.MAX_VALUE),
              in.count(Integer.MAX_VALUE),
              (int) in.zigzag());
      pledges.all.put(key, in.varint());
    }
    return pledges;
  }
}
