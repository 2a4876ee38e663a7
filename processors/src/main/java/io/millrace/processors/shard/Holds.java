package io.millrace.processors.shard;

import io.millrace.catalog.Meter;
import io.millrace.processors.rating.Drawn;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What is held for all that a subscription is granted of an event type: together they hold what
 * they cost behind what is used, in whatever order they are used; less what sponsors pay of it.
 * That changes whenever something is granted, used or let go of, and by usage beside them too,
 * which may leave less available than nothing. How much of it stands with each of them says little.
 */
final class Holds {
  private final ShardState state;
  private final Rules rules;
  private final Drawing drawing;
  private final SponsorQuotes sponsors;
  private final Quotas quotas;
  private final HeldParts parts;

  /** A charge in a period, and what the grants at hand will add to its quantity. */
  private static final class Place {
    final OfferRules offer;
    final UsageCharge charge;
    final int period;
    final long at;
    long granted;

    Place(OfferRules offer, UsageCharge charge, int period, long at) {
      this.offer = offer;
      this.charge = charge;
      this.period = period;
      this.at = at;
    }
  }

  private final List<Place> places = new ArrayList<>();
  private final long[] values;

  Holds(ShardState state, Rules rules, Sponsoring sponsoring) {
    this.state = state;
    this.rules = rules;
    this.drawing = new Drawing(rules);
    this.sponsors = sponsoring.quotes();
    this.quotas = sponsoring.quotas();
    this.parts = new HeldParts(quotas);
    this.values =
        new long[rules.types().stream().mapToInt(t -> t.meters().size()).max().orElse(0) + 1];
  }

  /**
   * Works out what all grants of a subscription hold together, and a quantity more.
   *
   * @param at when that would be granted, milliseconds since 1970-01-01 UTC
   * @param quantity in the meter's scaled integers, 0 where it is none
   * @param said what is said of it, as readings: none, or one for each meter of the type
   * @throws ArithmeticException where that fits no {@code long}
   */
  void price(Subscription s, int type, long at, int value, long quantity, long[] said) {
    parts.begin();
    place(s, use(s, type));
    add(s, type, at, value, quantity, said);
    addPlaces(s, type, false);
    beside(s, type).forEach(use -> add(s, use, true));
    parts.divide(s);
  }

  /** What sponsors pay of that, ledger units. */
  long borne() {
    return parts.borne();
  }

  /** What that makes grants of an event type hold more, ledger units, 0 at least. */
  long more(Subscription s, int type) {
    return Math.max(0, Math.subtractExact(parts.own(type), held(open(use(s, type)))));
  }

  /** The same of grants of the other event types: what they can't be used for any more. */
  long moreBeside(Subscription s, int type) {
    long sum = 0;
    for (Reservations.Use use : beside(s, type)) {
      sum = Math.addExact(sum, more(s, use.type()));
    }
    return sum;
  }

  /**
   * What all of that takes of what is available for the event type: what the others hold more has
   * to be there for them.
   */
  long taken(Subscription s, int type) {
    long others = 0;
    for (Reservations.Use use : beside(s, type)) {
      others = Math.addExact(others, Math.max(0, more(s, use.type()) - spare(s, use.type())));
    }
    long more = more(s, type);
    return others == 0 ? more : Math.addExact(others, Math.max(more, spare(s, type)));
  }

  /** What is there for an event type alone: it backs no grants of others. */
  private static long spare(Subscription s, int type) {
    Wallet wallet = s.account.wallet;
    return wallet == null || wallet.buckets == null ? 0 : wallet.buckets.spare(type);
  }

  /**
   * What a row that is charged at once takes of what is available: its price, and what it makes the
   * grants beside it hold more.
   *
   * @param price ledger units, as the sponsors have just been asked
   * @return {@link Long#MAX_VALUE} where it fits none
   */
  long taken(Subscription s, UsageBatch usage, int row, long price) {
    int type = usage.type[row];
    boolean none = open(use(s, type)).isEmpty();
    List<Reservations.Use> beside = none ? beside(s, type) : List.of();
    if (none && beside.isEmpty()) {
      return price;
    }
    try {
      if (none) {
        parts.begin();
        sponsors.comeFirst(parts, type);
        beside.forEach(use -> add(s, use, true));
        parts.divide(s);
        return Math.max(price, taken(s, type));
      }
      List<Meter> meters = rules.types().get(type).meters();
      long[] said =
          Arrays.copyOfRange(usage.values, usage.valueFrom[row], usage.valueFrom[row + 1]);
      for (int v = 0; v < said.length; v++) {
        if (said[v] > 0 && !meters.get(v).tells()) {
          price(s, type, usage.occurredAt[row], v, said[v], said);
          return Math.max(price, taken(s, type));
        }
      }
      return price;
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  private static Reservations.Use use(Subscription s, int type) {
    return new Reservations.Use(s.account.id, s.id, type);
  }

  private List<Reservation> open(Reservations.Use use) {
    return state.wallets.reservations.open(use);
  }

  /** Grants of other event types that a sponsor may pay for within the same bound. */
  private List<Reservations.Use> beside(Subscription s, int type) {
    if (rules.offers().get(s.offer).last().sponsors().isNone()) {
      return List.of();
    }
    List<Reservations.Use> all =
        new ArrayList<>(state.wallets.reservations.uses(s.account.id, s.id));
    all.removeIf(use -> use.type() == type);
    return all;
  }

  /**
   * Adds what grants of an event type cost.
   *
   * @param asHeld whether of units that were bought they have what they hold, and no more
   */
  private void add(Subscription s, Reservations.Use use, boolean asHeld) {
    place(s, use);
    addPlaces(s, use.type(), asHeld);
  }

  private void place(Subscription s, Reservations.Use use) {
    places.clear();
    List<Meter> meters = rules.types().get(use.type()).meters();
    for (Reservation r : open(use)) {
      add(s, use.type(), r.at(), r.value(), r.left(), r.said().told(meters));
    }
  }

  private void addPlaces(Subscription s, int type, boolean asHeld) {
    drawing.begin(type, asHeld);
    for (Place place : places) {
      parts.add(s, place.offer, place.charge.index(), place.period, type, more(s, place));
    }
  }

  private void add(Subscription s, int type, long at, int value, long quantity, long[] said) {
    OfferRules offer = rules.offers().get(s.offer).at(at);
    if (offer == null || quantity == 0) {
      return;
    }
    int period = rules.periods().indexOf(at);
    System.arraycopy(said, 0, values, 0, said.length);
    values[value] = quantity;
    for (UsageCharge charge : offer.usage()) {
      if (charge.reads(type)
          && charge.isFor(at, values, 0)
          && charge.seen(type, values, 0) != UsageBatch.NOT_READ) {
        Place place = place(offer, charge, period, at);
        place.granted = Math.addExact(place.granted, charge.quantity(type, values, 0));
      }
    }
    Arrays.fill(values, 0);
  }

  private Place place(OfferRules offer, UsageCharge charge, int period, long at) {
    for (Place place : places) {
      if (place.period == period
          && place.charge.index() == charge.index()
          && place.charge.revision() == charge.revision()) {
        return place;
      }
    }
    Place place = new Place(offer, charge, period, at);
    places.add(place);
    return place;
  }

  private long more(Subscription s, Place place) {
    UsageCharge charge = place.charge;
    Position position = s.position(charge.index(), place.period, charge.revision());
    long base = position == null ? Metering.base(s, charge, place.period) : position.base;
    long counted = position == null ? base : Math.addExact(base, position.quantity);
    long before =
        position != null
            ? Math.addExact(position.baseAmount, position.amount)
            : base == 0 ? 0 : charge.curve().amountAt(base);
    return Math.subtractExact(
        charge.curve().amountAt(Math.addExact(counted, priced(s, place))), before);
  }

  /**
   * What of it no allowance covers that use draws on. What several charges have together is not
   * counted on: which of them uses it is not known before. Nor is what was bought, where several
   * could use it at prices of their own.
   */
  private long priced(Subscription s, Place place) {
    List<Drawn> drawn = place.charge.drawn();
    return drawn.isEmpty()
            || drawn.stream().anyMatch(d -> d.allowance().keeping().together())
            || drawsBought(place) && places.stream().filter(Holds::drawsBought).count() > 1
        ? place.granted
        : drawing.priced(s, place.charge, place.at, place.period, place.granted);
  }

  private static boolean drawsBought(Place place) {
    return place.charge.drawn().stream().anyMatch(Drawn::isBought);
  }

  /**
   * Has the grants of an account that is used or let go of hold what they cost now. The units that
   * they hold stay as they are: else what use is covered by would hang on where batches end.
   */
  void settle(Wallet wallet) {
    if (wallet.open > 0) {
      for (Reservations.Use use : state.wallets.reservations.uses(wallet.totals.id)) {
        settle(wallet, use, true);
      }
    }
  }

  /**
   * The same with those of one event type of a subscription, which something was asked of: they
   * hold the units that they would draw on as well.
   */
  void settle(Wallet wallet, Reservations.Use use) {
    settle(wallet, use, false);
  }

  private void settle(Wallet wallet, Reservations.Use use, boolean asHeld) {
    boolean none = open(use).isEmpty();
    Subscription s = state.subscriptions.get(use.subscription());
    if (none && !asHeld) {
      hold(wallet, use, Map.of());
    }
    if (s == null) {
      return;
    }
    List<Reservations.Use> beside = beside(s, use.type());
    if (none && beside.isEmpty()) {
      pledge(wallet, s, Map.of());
      return;
    }
    if (s.moves.home() != Succession.HERE) {
      return; // What is on its way comes back with what was used of it.
    }
    Map<String, Long> bought;
    try {
      parts.begin();
      add(s, use, asHeld);
      bought = drawing.bought();
      beside.forEach(other -> add(s, other, true));
      parts.divide(s);
    } catch (ArithmeticException e) {
      return; // Nor can it be used: it keeps what it holds.
    }
    if (!none && !asHeld) {
      hold(wallet, use, bought);
    }
    hold(wallet, use);
    beside.forEach(other -> hold(wallet, other));
    pledge(wallet, s, parts.pledged());
  }

  /** Has a subscription's grants count on so much of sponsors' balances, and no more. */
  private void pledge(Wallet wallet, Subscription s, Map<Pledges.Key, Long> now) {
    for (Pledges.Key key : wallet.pledges.of(s.id)) {
      if (!now.containsKey(key)) {
        quotas.pledge(wallet, key, -wallet.pledges.get(key));
      }
    }
    now.forEach(
        (key, amount) -> {
          long change = amount - wallet.pledges.get(key);
          if (change != 0) {
            quotas.pledge(wallet, key, change);
          }
        });
  }

  /** Has what sponsors would pay of what was priced last, and have not lent, come. */
  void expect() {
    parts.expect();
  }

  /** Has grants of an event type hold what was worked out. */
  private void hold(Wallet wallet, Reservations.Use use) {
    List<Reservation> open = open(use);
    long change = Math.min(parts.own(use.type()) - held(open), Wallet.MOST_HELD - wallet.reserved);
    for (Reservation r : open) {
      if (change == 0) {
        return;
      }
      long part = Math.max(change, -r.held());
      if (part != 0) {
        state.wallets.touch(wallet, state.seq);
        wallet.hold(use.type(), part);
        state.wallets.reservations.put(r.committed(r.left(), r.held() + part, state.seq));
        change -= part;
      }
    }
  }

  /**
   * Has one hold nothing any more, since it ends. While its device is elsewhere nobody knows here
   * what the others of its use cost, and how much stands with each says little: they keep it.
   */
  void letGo(Wallet wallet, Reservation r) {
    Reservations.Use use = state.wallets.reservations.use(r);
    Subscription s = state.subscriptions.get(use.subscription());
    if (s != null && s.moves.home() != Succession.HERE) {
      for (Reservation other : open(use)) {
        if (!other.id().equals(r.id())) {
          long held = other.held() + r.held();
          state.wallets.reservations.put(other.committed(other.left(), held, state.seq));
          return;
        }
      }
    }
    wallet.hold(r.type(), -r.held());
  }

  private void hold(Wallet wallet, Reservations.Use use, Map<String, Long> units) {
    UnitBuckets bought = wallet.units;
    if (bought != null && !(units.isEmpty() && !bought.holds(use.subscription(), use.type()))) {
      state.wallets.touch(wallet, state.seq);
      bought.hold(use.subscription(), use.type(), units);
    }
  }

  /** What they hold as it stands, ledger units. */
  static long held(List<Reservation> open) {
    long held = 0;
    for (Reservation r : open) {
      held += r.held();
    }
    return held;
  }
}
