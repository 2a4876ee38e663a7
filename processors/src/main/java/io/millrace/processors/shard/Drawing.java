package io.millrace.processors.shard;

import io.millrace.processors.rating.Drawn;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.shard.Draws.Draw;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Has use draw on allowances in the order in which it comes, oldest buckets first; the price sees
 * what they don't cover. A bucket belongs to the period that brings it: what was drawn on it by use
 * of that period and by use of later ones says all of it, so nothing happens as a period ends, and
 * what comes late draws on what is left of its own period's bucket by then.
 */
final class Drawing {
  private final Rules rules;

  /** What the events at hand draw beyond what is stored; changed by what they give back. */
  private final List<Draw> takes = new ArrayList<>();

  /** What of the events at hand is priced, by charge and period. */
  private final List<Draw> priced = new ArrayList<>();

  /** What the last reading drew, by its place in its charge's record. */
  private long[] slots = new long[0];

  /** The event type of the use at hand, by index. */
  private int type;

  /** Whether grants are priced by what they hold of what was bought, and by no more. */
  private boolean asHeld;

  /** The names of the allowances of what is at hand that was bought, by their numbers. */
  private final TreeMap<Integer, String> bought = new TreeMap<>();

  Drawing(Rules rules) {
    this.rules = rules;
  }

  /** Begins with another event. */
  void begin(int eventType) {
    begin(eventType, false);
  }

  /**
   * Begins with another event, or with more of a grant.
   *
   * @param held whether of what was bought only that counts which the grants of its event type hold
   */
  void begin(int eventType, boolean held) {
    type = eventType;
    asHeld = held;
    takes.clear();
    priced.clear();
    bought.clear();
  }

  /**
   * What of a quantity is priced. What is taken back is first taken from what was priced.
   *
   * @param at when it is used
   * @param period that it is used in
   */
  long priced(Subscription s, UsageCharge charge, long at, int period, long quantity) {
    slots = new long[Drawn.slots(charge.drawn())];
    long before = pricedSoFar(s, charge, period);
    long left = quantity;
    if (quantity > 0) {
      long owed = Math.min(left, Math.max(-before, 0)); // What was taken back beyond all use.
      left -= owed;
      left = draw(s, charge, at, period, left);
      left += owed;
    } else if (quantity < 0) {
      long back = Math.max(left, -Math.max(before, 0));
      left -= back;
      left = giveBack(s, charge, period, left);
      left += back;
    }
    add(priced, new Draw(0, 0, charge.index(), period, 0), left);
    return left;
  }

  private long pricedSoFar(Subscription s, UsageCharge charge, int period) {
    long sum = 0;
    for (Position p : s.positions) {
      if (p.charge == charge.index() && p.period == period) {
        sum = Math.addExact(sum, p.quantity);
      }
    }
    return Math.addExact(sum, sum(priced, 0, 0, charge.index(), period));
  }

  private long draw(Subscription s, UsageCharge charge, long at, int period, long quantity) {
    long left = quantity;
    int slot = 0;
    for (Drawn d : charge.drawn()) {
      if (d.isBought()) {
        left = drawBought(s, charge, d, period, left, slot++);
        continue;
      }
      int oldest = d.isOnce() ? period : Math.max(0, period - d.periods());
      for (int origin = oldest; origin <= period && left > 0; origin++) {
        int of = d.isOnce() ? Draws.ONCE : origin;
        long n = Math.min(left, capacity(s, d, of, at, period));
        if (n > 0) {
          left -= n;
          take(s, charge, d, of, period, n, slot + period - origin);
        }
      }
      slot += d.periods() + 1;
    }
    return left;
  }

  /** Draws on what the account has bought, what ends first first; gives what it does not cover. */
  private long drawBought(
      Subscription s, UsageCharge charge, Drawn d, int period, long quantity, int slot) {
    UnitBuckets units = units(s);
    if (units == null || quantity == 0) {
      return quantity;
    }
    long left = quantity;
    for (UnitBucket b : units.live()) {
      int of = Draws.bought(b.number);
      long n = Math.min(left, Math.min(free(units, s, d), b.left() - taken(d, of)));
      if (n > 0 && b.allowance.equals(d.allowance().name())) {
        left -= n;
        take(s, charge, d, of, period, n, slot);
      }
    }
    return left;
  }

  private static @Nullable UnitBuckets units(Subscription s) {
    return s.account.wallet == null ? null : s.account.wallet.units;
  }

  /** What of an allowance that is bought the use at hand can still draw on. */
  private long free(UnitBuckets units, Subscription s, Drawn d) {
    String name = d.allowance().name();
    long free = units.free(name, s.id, type);
    if (asHeld) {
      free = Math.min(free, units.held(name, s.id, type));
    }
    for (Draw take : takes) {
      free -= take.allowance == d.index() ? take.amount : 0;
    }
    return free;
  }

  private long taken(Drawn d, int origin) {
    long sum = 0;
    for (Draw take : takes) {
      sum += take.allowance == d.index() && take.origin == origin ? take.amount : 0;
    }
    return sum;
  }

  /** What the use at hand draws of what was bought, by allowance. */
  Map<String, Long> bought() {
    TreeMap<String, Long> all = new TreeMap<>();
    for (Draw take : takes) {
      if (Draws.number(take.origin) > 0) {
        all.merge(bought.getOrDefault(take.allowance, ""), take.amount, Math::addExact);
      }
    }
    return all;
  }

  /** Gives back what use of the period drew, the last of it first; gives what is over, negative. */
  private long giveBack(Subscription s, UsageCharge charge, int period, long quantity) {
    long left = quantity;
    int slot = Drawn.slots(charge.drawn());
    for (Drawn d : charge.drawn().reversed()) {
      slot -= d.periods() + 1;
      if (d.isBought()) {
        left = giveBackBought(s, charge, d, period, left, slot);
        continue;
      }
      int oldest = d.isOnce() ? period : Math.max(0, period - d.periods());
      for (int origin = period; origin >= oldest && left < 0; origin--) {
        int of = d.isOnce() ? Draws.ONCE : origin;
        left = giveBack(s, charge, d, of, period, left, slot + period - origin);
      }
    }
    return left;
  }

  private long giveBack(
      Subscription s, UsageCharge charge, Drawn d, int of, int period, long quantity, int slot) {
    Draw stored = s.draws == null ? null : s.draws.find(d.index(), of, charge.index(), period);
    long drawn =
        (stored == null ? 0 : stored.amount) + sum(takes, d.index(), of, charge.index(), period);
    long n = Math.min(-quantity, drawn);
    if (n > 0) {
      take(s, charge, d, of, period, -n, slot);
    }
    return quantity + Math.max(n, 0);
  }

  /** To what ends last first; to buckets that nobody knows any more last of all. */
  private long giveBackBought(
      Subscription s, UsageCharge charge, Drawn d, int period, long quantity, int slot) {
    UnitBuckets units = units(s);
    if (units == null || s.draws == null && takes.isEmpty()) {
      return quantity;
    }
    long left = quantity;
    for (UnitBucket b : units.lastFirst()) {
      left = giveBack(s, charge, d, Draws.bought(b.number), period, left, slot);
    }
    for (Draw each : s.draws == null ? new Draw[0] : s.draws.all().clone()) {
      if (each.allowance == d.index() && Draws.number(each.origin) > 0) {
        left = giveBack(s, charge, d, each.origin, period, left, slot);
      }
    }
    return left;
  }

  private void take(
      Subscription s, UsageCharge charge, Drawn d, int origin, int period, long n, int slot) {
    if (d.isBought()) {
      bought.put(d.index(), d.allowance().name());
    }
    int last =
        d.isBought() // It counts what it has covered itself.
            ? period
            : origin == Draws.ONCE
                ? lastPeriod(d.endFor(s.from))
                : origin + Math.max(reach(s, d, origin), period - origin);
    add(takes, new Draw(d.index(), origin, charge.index(), period, last), n);
    slots[slot] += n;
  }

  /** How much later a bucket may be drawn on: in later versions as it was said when it came. */
  private int reach(Subscription s, Drawn d, int origin) {
    Drawn then = asBegun(s, d.index(), origin);
    return then == null ? d.periods() : Math.max(d.periods(), then.periods());
  }

  private int lastPeriod(long end) {
    return end == Long.MAX_VALUE || end <= rules.periods().startOf(0)
        ? Integer.MAX_VALUE
        : rules.periods().indexOf(end - 1);
  }

  private static void add(List<Draw> to, Draw like, long amount) {
    for (Draw d : to) {
      if (d.allowance == like.allowance
          && d.origin == like.origin
          && d.charge == like.charge
          && d.period == like.period) {
        d.amount = Math.addExact(d.amount, amount);
        return;
      }
    }
    like.amount = amount;
    to.add(like);
  }

  private static long sum(List<Draw> of, int allowance, int origin, int charge, int period) {
    for (Draw d : of) {
      if (d.allowance == allowance
          && d.origin == origin
          && d.charge == charge
          && d.period == period) {
        return d.amount;
      }
    }
    return 0;
  }

  /** How much use of a period at a moment can draw on a bucket now; 0 at least. */
  long capacity(Subscription s, Drawn d, int origin, long at, int period) {
    if (origin == Draws.ONCE) {
      return at < d.endFor(s.from) ? Math.max(0, d.size() - drawn(s, d, origin, 0)) : 0;
    }
    Drawn then = origin < 0 ? null : asBegun(s, d.index(), origin);
    if (then == null || period - origin > then.periods()) {
      return 0;
    }
    long left = then.size() - drawn(s, d, origin, origin);
    return Math.max(
        0, period == origin ? left : Math.min(left, then.most() - drawn(s, d, origin, origin + 1)));
  }

  /** An allowance as it stood when a period began; null where the subscription had none of it. */
  private @Nullable Drawn asBegun(Subscription s, int allowance, int period) {
    OfferRules terms = rules.offers().get(s.offer).at(rules.periods().startOf(period));
    if (terms == null || s.from >= rules.periods().endOf(period)) {
      return null;
    }
    for (UsageCharge charge : terms.usage()) {
      for (Drawn d : charge.drawn()) {
        if (d.index() == allowance) {
          return d;
        }
      }
    }
    return null;
  }

  /** What was drawn on a bucket by use of periods from one on, the event at hand included. */
  private long drawn(Subscription s, Drawn d, int origin, int firstPeriod) {
    long sum = s.draws == null ? 0 : s.draws.drawn(d.index(), origin, firstPeriod);
    for (Draw take : takes) {
      if (take.allowance == d.index() && take.origin == origin && take.period >= firstPeriod) {
        sum += take.amount;
      }
    }
    return sum;
  }

  /** Adds what the last quantity drew to a charge's record, behind its price's numbers. */
  void explain(UsageCharge charge, long[] record) {
    int first = charge.curve().slots();
    for (int i = 0; i < slots.length; i++) {
      record[first + 2 * i] = Math.addExact(record[first + 2 * i], slots[i]);
    }
  }

  /** Keeps what was drawn for a subscription that has been touched. */
  void store(ShardState state, Subscription s, Telling telling, OfferRules offer) {
    if (takes.isEmpty()) {
      return;
    }
    Draws draws = s.draws;
    if (draws == null) {
      draws = new Draws();
      s.draws = draws; // One that is left empty by undo is as good as none.
    }
    draws.touch(state.log, state.seq);
    long horizon = Math.max(state.time - rules.horizon(), rules.periods().startOf(0));
    int oldest = rules.periods().indexOf(horizon);
    for (Draw take : takes) {
      long before = draws.drawn(take.allowance, take.origin, take.origin);
      draws.get(take, oldest).amount += take.amount;
      int number = Draws.number(take.origin);
      Wallet wallet = s.account.wallet;
      if (number > 0 && wallet != null && wallet.units != null) {
        state.wallets.touch(wallet, state.seq);
        String allowance = bought.getOrDefault(take.allowance, "");
        wallet.units.use(number, allowance, take.amount, s.id, type);
      }
      telling.drawn(s, offer, take, before, before + take.amount);
    }
  }
}
