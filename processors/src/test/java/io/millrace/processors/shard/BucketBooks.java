package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an account with buckets comes to by hand: a list of all that was ever paid, in its order.
 * Whether grants are covered is told by Hall's theorem: what any set of event types is granted must
 * fit what those types can draw on.
 */
final class BucketBooks {
  static final int TYPES = 2;

  /** A bucket; {@code type} −1 for any use. */
  static final class Pot {
    final String name;
    final int type;
    long expires;
    long left;
    boolean over;
    final int number;

    Pot(String name, int type, long expires, int number) {
      this.name = name;
      this.type = type;
      this.expires = expires;
      this.number = number;
    }
  }

  /** Something was paid by a pot, or by the main balance where that is null. */
  private record Paid(@Nullable Pot by, long amount) {}

  private final List<Paid> all = new ArrayList<>();
  final List<Pot> pots = new ArrayList<>();
  final Map<Integer, Long> held = new TreeMap<>();
  final long floor;
  long main;
  long ranOut;

  BucketBooks(long floor) {
    this.floor = floor;
  }

  private List<Pot> order() {
    List<Pot> order = new ArrayList<>(pots);
    order.sort(
        (a, b) -> {
          if ((a.type < 0) != (b.type < 0)) {
            return a.type < 0 ? 1 : -1;
          }
          return a.expires != b.expires
              ? Long.compare(a.expires, b.expires)
              : Integer.compare(a.number, b.number);
        });
    return order;
  }

  /** Use of an event type costs so much more, or less. */
  void spend(int type, long cost) {
    long left = cost;
    for (Pot p : order()) {
      if (left > 0 && !p.over && (p.type < 0 || p.type == type)) {
        long part = Math.min(left, p.left);
        p.left -= part;
        left -= part;
        if (part > 0) {
          all.add(new Paid(p, part));
        }
      }
    }
    List<Pot> last = order().reversed();
    for (Pot p : last) {
      if (left < 0 && paidBy(p) > 0 && (p.type < 0 || p.type == type)) {
        long since = Math.min(-left, Math.max(0, mainSince(p)));
        left += since;
        pay(null, -since);
        long part = Math.min(-left, paidBy(p));
        left += part;
        back(p, part);
      }
    }
    pay(null, left);
  }

  private void pay(@Nullable Pot by, long amount) {
    main -= amount;
    if (amount != 0) {
      all.add(new Paid(by, amount));
    }
  }

  private void back(Pot p, long part) {
    if (part > 0) {
      int at = 0;
      for (int i = 0; i < all.size(); i++) {
        at = all.get(i).by == p && all.get(i).amount > 0 ? i : at;
      }
      all.add(at, new Paid(p, -part)); // Before its last payment, which stays its last.
      p.left += p.over ? 0 : part;
      ranOut += p.over ? part : 0;
    }
  }

  private long paidBy(Pot p) {
    return all.stream().filter(x -> x.by == p).mapToLong(Paid::amount).sum();
  }

  private long mainSince(Pot p) {
    long sum = 0;
    for (Paid x : all) {
      sum = x.by == p && x.amount > 0 ? 0 : x.by == null ? sum + x.amount : sum;
    }
    return sum;
  }

  private long of(int type) {
    return pots.stream().filter(p -> p.type == type).mapToLong(p -> p.left).sum();
  }

  /** The least that any set of types, and those that are asked for, has to spare. */
  private long spare(long general, int with) {
    long least = Long.MAX_VALUE;
    for (int set = 0; set < 1 << TYPES; set++) {
      if (with < 0 || (set & 1 << with) != 0) {
        long sum = general;
        for (int t = 0; t < TYPES; t++) {
          sum += (set & 1 << t) == 0 ? 0 : of(t) - held.getOrDefault(t, 0L);
        }
        least = Math.min(least, sum);
      }
    }
    return least;
  }

  /** What can be granted of an event type, −1 for what may be of any. */
  long available(int type) {
    return spare(main - floor + of(-1), type);
  }

  /** What pots have that are over by now goes, but for what is granted. */
  void runOut(long now) {
    for (Pot p : order()) {
      if (!p.over && p.expires <= now) {
        long free = Math.max(0, spare(Math.max(0, main - floor) + of(-1), -1));
        long own = p.type < 0 ? 0 : Math.max(0, of(p.type) - held.getOrDefault(p.type, 0L));
        long idle = Math.min(p.left, own + free);
        p.left -= idle;
        ranOut += idle;
        p.over = p.left == 0;
      }
    }
  }

  long beyond() {
    return Math.max(0, floor - main);
  }

  void judge(WalletView view) {
    assertEquals(available(-1), view.available(), "available");
    assertEquals(beyond(), view.overrun(), "beyond the floor");
    List<WalletView.Bucket> expected =
        order().stream()
            .filter(p -> !p.over)
            .map(p -> new WalletView.Bucket(p.name, p.left, p.expires, p.type))
            .toList();
    assertEquals(expected, view.buckets());
    assertTrue(pots.stream().allMatch(p -> p.left >= 0));
  }
}
