package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an account that buys units comes to by hand: use is covered unit by unit. Event type 0 uses
 * what its offer includes, then what was bought of "extra"; type 1 what was bought of "extra", then
 * of "trips".
 */
final class UnitBooks {
  static final long INCLUDED = 60;

  /** A bucket. */
  static final class Pot {
    final String name;
    final String allowance;
    final int number;
    long expires;
    long left;
    boolean overdue;
    boolean over;

    Pot(String name, String allowance, long expires, int number) {
      this.name = name;
      this.allowance = allowance;
      this.expires = expires;
      this.number = number;
    }
  }

  /** What a device has used of an event type in a period. */
  private static final class Place {
    final int type;
    long included;
    final Map<Pot, Long> by = new IdentityHashMap<>();
    long priced;

    Place(int type) {
      this.type = type;
    }
  }

  /** Something that is granted. */
  static final class Grant {
    final AccountAnswer answer;
    final int device;
    final int type;
    final long at;
    long left;

    Grant(AccountAnswer answer, int device, int type, long at, long left) {
      this.answer = answer;
      this.device = device;
      this.type = type;
      this.at = at;
      this.left = left;
    }
  }

  final List<Pot> pots = new ArrayList<>();
  final List<Grant> grants = new ArrayList<>();
  private final Map<String, Place> places = new TreeMap<>();
  private final Map<String, Long> held = new TreeMap<>();
  private final long start;
  long main;
  long ranOut;

  UnitBooks(long start) {
    this.start = start;
  }

  private static List<String> bought(int type) {
    return type == 0 ? List.of("extra") : List.of("extra", "trips");
  }

  private Place place(int device, int type, long at) {
    String key = device + "/" + type + "/" + Math.floorDiv(at - start, 86_400_000L);
    return places.computeIfAbsent(key, k -> new Place(type));
  }

  /** All units that a device has used of a type in the period of a moment. */
  long used(int device, int type, long at) {
    Place p = place(device, type, at);
    return p.included + p.priced + p.by.values().stream().mapToLong(n -> n).sum();
  }

  static long price(int type, long units) {
    long n = Math.abs(units);
    long price = type == 1 ? 10 * n : 3 * Math.min(n, 100) + 5 * Math.max(0, n - 100);
    return ChargingShard.MILL * (units < 0 ? -price : price);
  }

  private List<Pot> order(String allowance) {
    List<Pot> order = new ArrayList<>(pots);
    order.removeIf(p -> !p.allowance.equals(allowance));
    order.sort(
        (a, b) ->
            a.expires != b.expires
                ? Long.compare(a.expires, b.expires)
                : Integer.compare(a.number, b.number));
    return order;
  }

  long left(String allowance) {
    return order(allowance).stream().filter(p -> !p.over).mapToLong(p -> p.left).sum();
  }

  private static String holder(int device, int type, String allowance) {
    return device + "/" + type + "/" + allowance;
  }

  private long held(String allowance) {
    return held.entrySet().stream()
        .filter(e -> e.getKey().endsWith("/" + allowance))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private long heldBy(int device, int type, String allowance) {
    return held.getOrDefault(holder(device, type, allowance), 0L);
  }

  private long may(int device, int type, String allowance) {
    return left(allowance) - held(allowance) + heldBy(device, type, allowance);
  }

  /** What of a pot may go. */
  long idle(Pot p) {
    return Math.min(p.left, Math.max(0, left(p.allowance) - held(p.allowance)));
  }

  /** Something was used, or is taken back. */
  void use(int device, int type, long at, long quantity) {
    Place p = place(device, type, at);
    for (long n = quantity; n > 0; n--) {
      coverOne(p, device, type);
    }
    for (long n = quantity; n < 0; n++) {
      backOne(p, type);
    }
    for (String allowance : bought(type)) {
      String holder = holder(device, type, allowance);
      if (held.containsKey(holder)) {
        long most = Math.max(0, may(device, type, allowance));
        held.put(holder, Math.min(held.get(holder), most));
      }
    }
  }

  private void coverOne(Place p, int device, int type) {
    if (p.priced < 0) {
      p.priced++;
      return;
    }
    if (type == 0 && p.included < INCLUDED) {
      p.included++;
      return;
    }
    for (String allowance : bought(type)) {
      for (Pot pot : order(allowance)) {
        if (!pot.over && pot.left > 0 && may(device, type, allowance) > 0) {
          pot.left--;
          p.by.merge(pot, 1L, Long::sum);
          if (may(device, type, allowance) < heldBy(device, type, allowance)) {
            held.put(holder(device, type, allowance), may(device, type, allowance));
          }
          return;
        }
      }
    }
    p.priced++;
  }

  private void backOne(Place p, int type) {
    if (p.priced > 0) {
      p.priced--;
      return;
    }
    for (String allowance : bought(type).reversed()) {
      for (Pot pot : order(allowance).reversed()) {
        if (p.by.getOrDefault(pot, 0L) > 0) {
          p.by.merge(pot, -1L, Long::sum);
          pot.left += pot.over ? 0 : 1;
          ranOut += pot.over ? 1 : 0;
          return;
        }
      }
    }
    if (p.included > 0) {
      p.included--;
    } else {
      p.priced--;
    }
  }

  /** What grants of a device's type cost, and what they need of what was bought. */
  private long cost(int device, int type, boolean asHeld, Map<String, Long> need) {
    Map<Place, Long> granted = new LinkedHashMap<>();
    for (Grant g : grants) {
      if (g.device == device && g.type == type && g.left > 0) {
        granted.merge(place(device, type, g.at), g.left, Long::sum);
      }
    }
    long sum = 0;
    for (Map.Entry<Place, Long> e : granted.entrySet()) {
      Place p = e.getKey();
      long more = e.getValue();
      if (granted.size() == 1) {
        long owed = Math.min(more, Math.max(0, -p.priced));
        long open = more - owed;
        open -= type == 0 ? Math.min(open, INCLUDED - p.included) : 0;
        for (String allowance : bought(type)) {
          long most = may(device, type, allowance);
          most = asHeld ? Math.min(most, heldBy(device, type, allowance)) : most;
          long part = Math.min(open, Math.max(0, most));
          need.put(allowance, part);
          open -= part;
        }
        more = owed + open;
      }
      sum += price(type, p.priced + more) - price(type, p.priced);
    }
    return Math.max(0, sum);
  }

  /** Grants of a device's type were asked for, used or let go of. */
  void regrow(int device, int type) {
    Map<String, Long> need = new TreeMap<>();
    cost(device, type, false, need);
    for (String allowance : bought(type)) {
      held.put(holder(device, type, allowance), need.getOrDefault(allowance, 0L));
    }
  }

  /** What one more grant costs beyond what is held for those that there are. */
  long more(Grant another) {
    long before = cost(another.device, another.type, true, new TreeMap<>());
    grants.add(another);
    long after = cost(another.device, another.type, false, new TreeMap<>());
    grants.remove(another);
    return Math.max(0, after - before);
  }

  long charged() {
    return places.values().stream().mapToLong(p -> price(p.type, p.priced)).sum();
  }

  long available() {
    long sum = main - charged();
    for (int device = 1; device <= 2; device++) {
      for (int type = 0; type < 2; type++) {
        sum -= cost(device, type, true, new TreeMap<>());
      }
    }
    return sum;
  }

  long beyond() {
    return Math.max(0, charged() - main);
  }

  /** What is over by a time and no grant needs goes. */
  void runOut(long now) {
    pots.forEach(p -> p.overdue |= p.expires <= now);
    runOut();
  }

  void runOut() {
    for (String allowance : List.of("extra", "trips")) {
      for (Pot p : order(allowance)) {
        if (!p.over && p.overdue) {
          long idle = idle(p);
          p.left -= idle;
          ranOut += idle;
          p.over = p.left == 0;
        }
      }
    }
  }

  void judge(WalletView view) {
    List<WalletView.Units> expected = new ArrayList<>();
    for (String allowance : List.of("extra", "trips")) {
      for (Pot p : order(allowance)) {
        if (!p.over) {
          expected.add(new WalletView.Units(p.name, p.allowance, p.left, p.expires));
        }
      }
    }
    List<WalletView.Units> shown = new ArrayList<>(view.units());
    shown.sort(Comparator.comparing(WalletView.Units::allowance));
    assertEquals(expected, shown);
    assertEquals(available(), view.available(), "available");
    assertEquals(beyond(), view.overrun(), "beyond the floor");
  }
}
