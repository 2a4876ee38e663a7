package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of an account, drawn on before its main balance as use accrues, in the order of
 * {@link MoneyBucket#BURN_ORDER}. What grants hold is not drawn: it is known by event type, so that
 * what is for one type is not counted on by another. Amounts are in ledger units.
 */
final class MoneyBuckets {
  /** Buckets of an account that are not over, at most. */
  static final int MOST = 32;

  /** Those that are over and remembered, so that what is taken back finds what paid for it. */
  private static final int MOST_OVER = 32;

  /** The ledger accounts of what is in buckets, and of what ran out. */
  final int bonus;

  final int expired;

  private final List<MoneyBucket> live = new ArrayList<>();
  private final List<MoneyBucket> over = new ArrayList<>();

  /** What open reservations hold, by event type. */
  private final TreeMap<Integer, Long> held = new TreeMap<>();

  private int last;

  /** What all of them have paid for, sealed or not; those that are forgotten too. */
  long burned;

  /** What of that was posted. */
  long drawn;

  MoneyBuckets(int bonus, int expired) {
    this.bonus = bonus;
    this.expired = expired;
  }

  /** Those that are not over, in the order in which they are drawn on. */
  List<MoneyBucket> live() {
    return live;
  }

  /** Those that are over and remembered. */
  List<MoneyBucket> over() {
    return over;
  }

  /** The one of a name that is open at a time, null where there is none. */
  @Nullable MoneyBucket find(String name, long time) {
    for (MoneyBucket b : live) {
      if (b.isOpenAt(time) && b.name.equals(name)) {
        return b;
      }
    }
    return null;
  }

  /** Makes one; null where there are as many as there may be, and each has or had something. */
  @Nullable MoneyBucket open(String name, int type, long expires, long now) {
    if (live.size() >= MOST) {
      // What another has paid for may still come back to it.
      MoneyBucket empty =
          live.stream().filter(b -> b.left() == 0 && b.used == 0).findFirst().orElse(null);
      if (empty == null) {
        return null;
      }
      end(empty);
    }
    MoneyBucket b = new MoneyBucket(++last, name, type, expires);
    b.endAt(expires, now);
    live.add(b);
    sort();
    return b;
  }

  /** To be called when the end of one has changed. */
  void sort() {
    live.sort(MoneyBucket.BURN_ORDER);
  }

  /** One is over: what it has paid for may come back, and runs out then. */
  void end(MoneyBucket b) {
    live.remove(b);
    if (b.used != 0) {
      over.add(b);
    }
    if (over.size() > MOST_OVER) {
      over.removeFirst();
    }
  }

  /** What is left in those that are for any use. */
  long general() {
    return left(MoneyBucket.ANY);
  }

  /** What is left in those that are for an event type alone. */
  long restricted(int type) {
    return type == MoneyBucket.ANY ? 0 : left(type);
  }

  private long left(int type) {
    long sum = 0;
    for (MoneyBucket b : live) {
      sum += b.type == type ? b.left() : 0;
    }
    return sum;
  }

  /** What is left in all of them. */
  long left() {
    long sum = 0;
    for (MoneyBucket b : live) {
      sum += b.left();
    }
    return sum;
  }

  void hold(int type, long change) {
    if (change != 0 && held.merge(type, change, Math::addExact) == 0) {
      held.remove(type);
    }
  }

  /** What is left for an event type alone that its grants don't hold; 0 at least. */
  long spare(int type) {
    return Math.max(0, restricted(type) - held.getOrDefault(type, 0L));
  }

  /** What grants hold beyond what is for their event types alone. */
  long heldOfGeneral() {
    long sum = 0;
    for (Map.Entry<Integer, Long> e : held.entrySet()) {
      sum += Math.max(0, e.getValue() - restricted(e.getKey()));
    }
    return sum;
  }

  /**
   * Has use draw, or gives back what it drew.
   *
   * @param type the event type, {@link MoneyBucket#ANY} where there is no event
   * @param change of what the account owes
   * @param main what the main balance has paid for in all before that
   */
  void spend(int type, long change, long main) {
    if (change > 0) {
      draw(type, change, main);
    } else if (change < 0) {
      giveBack(type, -change, main);
    }
  }

  private void draw(int type, long amount, long main) {
    long more = amount;
    for (int i = 0; i < live.size() && more > 0; i++) {
      MoneyBucket b = live.get(i);
      long part = b.isFor(type) ? Math.min(more, b.left()) : 0;
      if (part > 0) {
        b.used += part;
        b.mainBefore = main;
        burned += part;
        more -= part;
      }
    }
  }

  /**
   * The last first: what the main balance has paid since a bucket was drawn on goes back to it,
   * then what the bucket has paid to the bucket, also to one for an event type where what comes
   * back is for none, as a cap at a period's end. What comes back to one that is over runs out at
   * once: else what was a present would become money.
   */
  private void giveBack(int type, long amount, long main) {
    long back = amount;
    long paidByMain = main;
    List<MoneyBucket> all = new ArrayList<>(over);
    all.addAll(live);
    all.sort(MoneyBucket.BURN_ORDER.reversed());
    for (MoneyBucket b : all) {
      if (b.used > 0 && (type == MoneyBucket.ANY || b.isFor(type))) {
        long since = Math.min(back, Math.max(0, paidByMain - b.mainBefore));
        paidByMain -= since;
        back -= since;
        long part = Math.min(back, b.used);
        burned -= part;
        back -= part;
        if (live.contains(b)) {
          b.used -= part;
        } else {
          b.comeBackLate(part);
        }
      }
    }
  }

  /** When something is to be done with the first of them, {@link Long#MAX_VALUE} for never. */
  long nextDue() {
    long next = Long.MAX_VALUE;
    for (MoneyBucket b : live) {
      next = Math.min(next, b.nextDue());
    }
    return next;
  }

  MoneyBuckets copy() {
    MoneyBuckets copy = new MoneyBuckets(bonus, expired);
    live.forEach(b -> copy.live.add(b.copy()));
    over.forEach(b -> copy.over.add(b.copy()));
    copy.held.putAll(held);
    copy.last = last;
    copy.burned = burned;
    copy.drawn = drawn;
    return copy;
  }

  void encode(ByteWriter out) {
    out.varint(bonus);
    out.varint(expired);
    encode(live, out);
    encode(over, out);
    out.varint(held.size());
    held.forEach(
        (type, amount) -> {
          out.varint(type);
          out.varint(amount);
        });
    out.varint(last);
    out.zigzag(burned);
    out.zigzag(drawn);
  }

  private static void encode(List<MoneyBucket> some, ByteWriter out) {
    out.varint(some.size());
    some.forEach(b -> b.encode(out));
  }

  static MoneyBuckets decode(ByteReader in) {
    MoneyBuckets all = new MoneyBuckets(in.count(Integer.MAX_VALUE), in.count(Integer.MAX_VALUE));
    decode(all.live, in);
    decode(all.over, in);
    for (int types = in.count(in.remaining()); types > 0; types--) {
      all.held.put(in.count(Integer.MAX_VALUE), in.varint());
    }
    all.last = in.count(Integer.MAX_VALUE);
    all.burned = in.zigzag();
    all.drawn = in.zigzag();
    return all;
  }

  private static void decode(List<MoneyBucket> some, ByteReader in) {
    for (int left = in.count(in.remaining()); left > 0; left--) {
      some.add(MoneyBucket.decode(in));
    }
  }
}
