package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The units that an account has bought, drawn on in the order of {@link UnitBucket#BURN_ORDER} as
 * use is taken in. What grants count on is held for them: use of another device or event type does
 * not draw on it. Quantities are in the scaled integers of each allowance's meter.
 */
final class UnitBuckets {
  /** Buckets of an account that are not over, at most. */
  static final int MOST = 32;

  /** Those that are over and remembered, so that what is taken back finds what covered it. */
  private static final int MOST_OVER = 32;

  /**
   * Whose grants hold units.
   *
   * @param subscription that counts the use
   * @param type the event type, by index
   */
  private record Holder(String allowance, long subscription, int type)
      implements Comparable<Holder> {
    private static final Comparator<Holder> ORDER =
        Comparator.comparing(Holder::allowance)
            .thenComparingLong(Holder::subscription)
            .thenComparingInt(Holder::type);

    @Override
    public int compareTo(Holder other) {
      return ORDER.compare(this, other);
    }
  }

  private final List<UnitBucket> live = new ArrayList<>();
  private final List<UnitBucket> over = new ArrayList<>();
  private final TreeMap<Holder, Long> held = new TreeMap<>();
  private int last;

  /** What came back in this batch to buckets that are forgotten, by allowance: it is gone. */
  final TreeMap<String, Long> lost = new TreeMap<>();

  /** Those that are not over, in the order in which they are drawn on. */
  List<UnitBucket> live() {
    return live;
  }

  /** Those that are over and remembered. */
  List<UnitBucket> over() {
    return over;
  }

  /** All that are known, in the order in which what is taken back goes to them. */
  List<UnitBucket> lastFirst() {
    List<UnitBucket> all = new ArrayList<>(over);
    all.addAll(live);
    all.sort(UnitBucket.BURN_ORDER.reversed());
    return all;
  }

  /** The one of a name that is open at a time, null where there is none. */
  @Nullable UnitBucket find(String name, long time) {
    for (UnitBucket b : live) {
      if (b.isOpenAt(time) && b.name.equals(name)) {
        return b;
      }
    }
    return null;
  }

  /** Makes one; null where there are as many as there may be, and each has or had something. */
  @Nullable UnitBucket open(String name, String allowance, long expires, long now) {
    if (live.size() >= MOST) {
      // What another has covered may still come back to it.
      UnitBucket empty =
          live.stream().filter(b -> b.left() == 0 && b.used == 0).findFirst().orElse(null);
      if (empty == null) {
        return null;
      }
      end(empty);
    }
    UnitBucket b = new UnitBucket(++last, name, allowance, expires);
    b.endAt(expires, now);
    live.add(b);
    sort();
    return b;
  }

  /** To be called when the end of one has changed. */
  void sort() {
    live.sort(UnitBucket.BURN_ORDER);
  }

  /** One is over: what it has covered may come back, and runs out then. */
  void end(UnitBucket b) {
    live.remove(b);
    if (b.used != 0) {
      over.add(b);
    }
    if (over.size() > MOST_OVER) {
      over.removeFirst();
    }
  }

  /** What is left of an allowance in all of them. */
  long left(String allowance) {
    long sum = 0;
    for (UnitBucket b : live) {
      sum += b.allowance.equals(allowance) ? b.left() : 0;
    }
    return sum;
  }

  /** What is left of an allowance in all of them and no grant counts on; 0 at least. */
  long free(String allowance) {
    return Math.max(0, left(allowance) - held(allowance));
  }

  /** What use of a subscription and event type can draw: what no others' grants count on. */
  long free(String allowance, long subscription, int type) {
    long others = held(allowance) - held(allowance, subscription, type);
    return Math.max(0, left(allowance) - others);
  }

  /** What grants of a subscription and event type count on. */
  long held(String allowance, long subscription, int type) {
    return held.getOrDefault(new Holder(allowance, subscription, type), 0L);
  }

  private long held(String allowance) {
    long sum = 0;
    for (Map.Entry<Holder, Long> e : held.entrySet()) {
      sum += e.getKey().allowance.equals(allowance) ? e.getValue() : 0;
    }
    return sum;
  }

  /** Whether grants of a subscription and event type count on something. */
  boolean holds(long subscription, int type) {
    return held.keySet().stream().anyMatch(h -> isOf(h, subscription, type));
  }

  /** Has grants of a subscription and event type count on so much by allowance, and no more. */
  void hold(long subscription, int type, Map<String, Long> units) {
    held.keySet().removeIf(h -> isOf(h, subscription, type));
    units.forEach(
        (allowance, n) -> {
          if (n > 0) {
            held.put(new Holder(allowance, subscription, type), n);
          }
        });
  }

  private static boolean isOf(Holder h, long subscription, int type) {
    return h.subscription == subscription && h.type == type;
  }

  /**
   * Use of a subscription and event type has drawn on a bucket, or what it drew is taken back.
   *
   * @param number the bucket's
   * @param units less than 0 where that is taken back
   */
  void use(int number, String allowance, long units, long subscription, int type) {
    UnitBucket b = find(number);
    if (b == null) {
      lost.merge(allowance, -units, Math::addExact);
    } else if (live.contains(b)) {
      b.used += units;
    } else {
      b.comeBackLate(-units);
    }
    // What its own grants counted on may be gone: others' must not be the less for that.
    Holder own = new Holder(allowance, subscription, type);
    Long holds = held.get(own);
    long may = holds == null ? 0 : free(allowance, subscription, type);
    if (holds != null && holds > may) {
      if (may == 0) {
        held.remove(own);
      } else {
        held.put(own, may);
      }
    }
  }

  private @Nullable UnitBucket find(int number) {
    for (UnitBucket b : live) {
      if (b.number == number) {
        return b;
      }
    }
    for (UnitBucket b : over) {
      if (b.number == number) {
        return b;
      }
    }
    return null;
  }

  /** What of a bucket no grant needs. */
  long idle(UnitBucket b) {
    return Math.min(b.left(), free(b.allowance));
  }

  /** When something is to be done with the first of them, {@link Long#MAX_VALUE} for never. */
  long nextDue() {
    long next = Long.MAX_VALUE;
    for (UnitBucket b : live) {
      next = Math.min(next, b.nextDue());
    }
    return next;
  }

  UnitBuckets copy() {
    UnitBuckets copy = new UnitBuckets();
    live.forEach(b -> copy.live.add(b.copy()));
    over.forEach(b -> copy.over.add(b.copy()));
    copy.held.putAll(held);
    copy.last = last;
    copy.lost.putAll(lost);
    return copy;
  }

  void encode(ByteWriter out) {
    encode(live, out);
    encode(over, out);
    out.varint(held.size());
    held.forEach(
        (holder, units) -> {
          out.string(holder.allowance);
          out.varint(holder.subscription);
          out.varint(holder.type);
          out.varint(units);
        });
    out.varint(last);
    assert lost.isEmpty() : "what is lost is posted as its batch ends";
  }

  private static void encode(List<UnitBucket> some, ByteWriter out) {
    out.varint(some.size());
    some.forEach(b -> b.encode(out));
  }

  static UnitBuckets decode(ByteReader in) {
    UnitBuckets all = new UnitBuckets();
    decode(all.live, in);
    decode(all.over, in);
    for (int more = in.count(in.remaining()); more > 0; more--) {
      all.held.put(new Holder(in.string(), in.varint(), in.count(Integer.MAX_VALUE)), in.varint());
    }
    all.last = in.count(Integer.MAX_VALUE);
    return all;
  }

  private static void decode(List<UnitBucket> some, ByteReader in) {
    for (int left = in.count(in.remaining()); left > 0; left--) {
      some.add(UnitBucket.decode(in));
    }
  }
}
