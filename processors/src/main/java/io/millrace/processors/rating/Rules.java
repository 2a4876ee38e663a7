package io.millrace.processors.rating;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Bands;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.Meter;
import io.millrace.catalog.Offer;
import io.millrace.catalog.QuantityRounding.Each;
import io.millrace.processors.ledger.Split;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A version of a tenant's rules, compiled: what {@code apply} needs of the catalog, by index.
 *
 * @param version as activated in all the tenant's shards at once
 * @param catalog what it was compiled from
 * @param types the event types that some meter reads, by name
 * @param offers by name
 * @param periods the settlement periods
 * @param revenue the ledger account of what customers are charged
 * @param shared the ledger account of what partners get of it
 * @param shards among how many the tenant's roots are spread
 * @param horizon how old an event may be, in milliseconds
 * @param future how far ahead of the shard's time an event may be, in milliseconds
 * @param mostSuspended fingerprints of suspended events that a shard remembers of a source, at most
 */
public record Rules(
    int version,
    Catalog catalog,
    List<EventType> types,
    List<OfferRules> offers,
    Periods periods,
    int revenue,
    int shared,
    int shards,
    long horizon,
    long future,
    int mostSuspended) {

  /** How long a (source, subject, id) is remembered, and so how old an event may be. */
  public static final Duration HORIZON = Duration.ofDays(35);

  /** How far ahead of the shard's time an event may be. */
  public static final Duration FUTURE = Duration.ofHours(1);

  /**
   * Fingerprints of suspended events that a shard remembers of a source, at most: a flood of poison
   * must not grow the state, and so each checkpoint, without bound.
   */
  public static final int MOST_SUSPENDED = 4_096;

  /**
   * An event type and the readings that its events must carry.
   *
   * @param name the CloudEvents {@code type}
   * @param meters the meters that read a field of it, by name: the order of a row's values
   */
  public record EventType(String name, List<Meter> meters) {}

  /**
   * An offer, compiled.
   *
   * @param usage the charges that usage moves
   * @param recurring the charges that time moves
   * @param closing the lines that a period's end brings, in the file's order
   * @param counted by a charge's index: whether a line of a period's end counts what recurs
   * @param sharings how what is posted is shared: as the offer says, then as charges do themselves
   * @param sharingOf by a charge's index: which of them it is shared by, −1 where the operator
   *     keeps all of it
   * @param gauged whether the readings of some meter don't just add up, or are of some events only
   */
  public record OfferRules(
      Offer offer,
      Windows windows,
      List<UsageCharge> usage,
      List<RecurringCharge> recurring,
      List<CloseCharge> closing,
      boolean[] counted,
      List<Sharing> sharings,
      int[] sharingOf,
      boolean gauged) {}

  /**
   * An agreement, compiled.
   *
   * @param index tells it from the offer's others, for good: 0 for the offer's own, else the
   *     charge's place and 1
   * @param line the name of its lines: empty for the offer's own, else the charge's
   * @param split in ledger units
   * @param parties the partners' ledger accounts, in the agreement's order
   */
  public record Sharing(int index, String line, Split split, int[] parties) {}

  /**
   * A charge for usage.
   *
   * @param index its place in the offer
   * @param type the event type it reads, by index
   * @param value index of its reading in a row's values, −1 where it counts events
   * @param counted what a reading counts for
   * @param curve what the total of what counts costs
   * @param band the only one whose use it is for, by its index; −1 where it is for all use
   * @param clock tells the bands; null where it is for all use
   * @param gauging how readings become a quantity where they don't just add up; else null
   */
  public record UsageCharge(
      int index,
      String name,
      int type,
      int value,
      QuantitySteps counted,
      PriceCurve curve,
      int band,
      @Nullable BandClock clock,
      @Nullable Gauging gauging) {

    /** Whether it is for use at this time. */
    public boolean isFor(long occurredAt) {
      return clock == null || clock.bandAt(occurredAt) == band;
    }

    /**
     * What an event adds to the quantity where readings just add up.
     *
     * @param values the readings of rows
     * @param from where the event's begin
     * @throws ArithmeticException where it is no {@code long}
     */
    public long quantity(long[] values, int from) {
      return counted.of(value < 0 ? 1 : values[from + value]);
    }
  }

  /** A recurring charge; {@code index} is its place in the offer. */
  public record RecurringCharge(int index, String name, Recurrence recurrence) {}

  /**
   * A line of a period's end.
   *
   * @param index its place in the offer
   * @param line what it comes to, by the sum of its charges; both in ledger units
   * @param of the charges that it is of, by their place in the offer
   */
  public record CloseCharge(int index, String name, LongUnaryOperator line, int[] of) {

    /**
     * What the line comes to, in ledger units.
     *
     * @param sum of the charges that it is of
     */
    public long amountAt(long sum) {
      return line.applyAsLong(sum);
    }
  }

  /** A ledger account by kind and name. */
  public record AccountName(String kind, String name) {}

  /**
   * Compiles a catalog.
   *
   * @param version the rules' version
   * @param shards how many the tenant has
   * @param accounts the ledger account of a name, for revenue, shared and partners
   */
  public static Rules compile(
      int version, int shards, Catalog catalog, ToIntFunction<AccountName> accounts) {
    TreeMap<String, List<Meter>> byType = new TreeMap<>();
    for (Meter meter : new TreeMap<>(catalog.meters()).values()) {
      List<Meter> read = byType.computeIfAbsent(meter.eventType(), t -> new ArrayList<>());
      if (meter.isRead()) {
        read.add(meter);
      }
    }
    List<EventType> types =
        byType.entrySet().stream()
            .map(e -> new EventType(e.getKey(), List.copyOf(e.getValue())))
            .toList();
    List<OfferRules> offers =
        new TreeMap<>(catalog.offers())
            .values().stream().map(offer -> compile(catalog, offer, types, accounts)).toList();
    return new Rules(
        version,
        catalog,
        types,
        offers,
        Periods.of(catalog),
        accounts.applyAsInt(new AccountName("revenue", "")),
        accounts.applyAsInt(new AccountName("shared", "")),
        shards,
        HORIZON.toMillis(),
        FUTURE.toMillis(),
        MOST_SUSPENDED);
  }

  /**
   * The same rules for events of any age.
   *
   * @param reach how old an event may be, and how far ahead of the shard's time, in milliseconds
   */
  public Rules reaching(long reach) {
    return new Rules(
        version,
        catalog,
        types,
        offers,
        periods,
        revenue,
        shared,
        shards,
        reach,
        reach,
        mostSuspended);
  }

  /**
   * Ledger units that usage may move in a shard, up and down, for one period: so few that whatever
   * is summed of them, over windows, accounts or shards, fits a {@code long}, and as much again for
   * what recurs.
   */
  public long mostMoved() {
    return Long.MAX_VALUE / 2 / Math.max(shards, 4);
  }

  /**
   * The quantity that an account may reach in a shard on one charge: all shards' fit a {@code
   * long}.
   */
  public long mostUsed() {
    return Long.MAX_VALUE / shards;
  }

  private static OfferRules compile(
      Catalog catalog, Offer offer, List<EventType> types, ToIntFunction<AccountName> accounts) {
    List<UsageCharge> usage = new ArrayList<>();
    List<RecurringCharge> recurring = new ArrayList<>();
    List<CloseCharge> closing = new ArrayList<>();
    boolean[] counted = new boolean[offer.charges().size()];
    Map<Bands, BandClock> clocks = new IdentityHashMap<>();
    for (int i = 0; i < offer.charges().size(); i++) {
      switch (offer.charges().get(i)) {
        case ChargeRule.Usage u -> {
          int type = indexOf(types, u.meter().eventType());
          int value = types.get(type).meters().indexOf(u.meter());
          QuantitySteps steps = QuantitySteps.of(u.rounding(), Each.EVENT, u.meter(), u.unit());
          PriceCurve curve = PriceCurve.of(u, catalog);
          int band = u.band().map(Bands.One::index).orElse(-1);
          BandClock clock = clock(u, catalog, clocks);
          Gauging gauging = Gauging.of(offer, i, u);
          usage.add(new UsageCharge(i, u.name(), type, value, steps, curve, band, clock, gauging));
        }
        case ChargeRule.Recurring every ->
            recurring.add(new RecurringCharge(i, every.name(), Recurrence.of(every, catalog)));
        case ChargeRule.OneOff once ->
            recurring.add(new RecurringCharge(i, once.name(), Recurrence.of(once, catalog)));
        case ChargeRule.AtClose close ->
            closing.add(closing(offer, i, bound(close, catalog), close.of()));
        case ChargeRule.Discount discount ->
            closing.add(
                closing(
                    offer, i, new DiscountLadder(discount, catalog.ledgerScale()), discount.of()));
      }
    }
    for (CloseCharge line : closing) {
      for (int of : line.of()) {
        counted[of] = true;
      }
    }
    List<Sharing> sharings = new ArrayList<>();
    int[] sharingOf = new int[offer.charges().size()];
    Sharing common = sharing(catalog, 0, "", offer.agreement(), accounts);
    if (common != null) {
      sharings.add(common);
    }
    for (int i = 0; i < sharingOf.length; i++) {
      String name = offer.charges().get(i).name();
      sharingOf[i] = common == null ? -1 : 0;
      Agreement own = offer.termsOf(name).agreement().orElse(null);
      if (own != null) {
        sharingOf[i] = sharings.size();
        sharings.add(Objects.requireNonNull(sharing(catalog, i + 1, name, own, accounts)));
      }
    }
    return new OfferRules(
        offer,
        Windows.of(offer.window(), catalog.zone()),
        List.copyOf(usage),
        List.copyOf(recurring),
        List.copyOf(closing),
        counted,
        List.copyOf(sharings),
        sharingOf,
        usage.stream().anyMatch(u -> u.gauging() != null) || filters(offer));
  }

  private static boolean filters(Offer offer) {
    return offer.charges().stream()
        .anyMatch(c -> c instanceof ChargeRule.Usage u && !u.meter().where().isEmpty());
  }

  private static @Nullable Sharing sharing(
      Catalog catalog,
      int index,
      String line,
      Agreement agreement,
      ToIntFunction<AccountName> accounts) {
    return agreement.shares().isEmpty()
        ? null
        : new Sharing(
            index,
            line,
            Split.of(agreement, catalog.ledgerScale()),
            agreement.shares().stream()
                .mapToInt(s -> accounts.applyAsInt(new AccountName("partner", s.party())))
                .toArray());
  }

  /** Bands of one charge share a clock, and so its last answer. */
  private static @Nullable BandClock clock(
      ChargeRule.Usage rule, Catalog catalog, Map<Bands, BandClock> clocks) {
    return rule.band().isEmpty()
        ? null
        : clocks.computeIfAbsent(
            rule.band().get().bands(), bands -> new BandClock(bands, catalog.zone()));
  }

  private static CloseCharge closing(
      Offer offer, int index, LongUnaryOperator line, List<String> of) {
    List<String> names = offer.charges().stream().map(ChargeRule::name).toList();
    return new CloseCharge(
        index, names.get(index), line, of.stream().mapToInt(names::indexOf).toArray());
  }

  /** What a sum lacks of a minimum, or exceeds a cap by. */
  private static LongUnaryOperator bound(ChargeRule.AtClose close, Catalog catalog) {
    long bound = close.amount().movePointRight(catalog.ledgerScale()).longValueExact();
    return close.bound() == ChargeRule.Bound.CAP
        ? sum -> Math.min(Math.subtractExact(bound, sum), 0)
        : sum -> Math.max(Math.subtractExact(bound, sum), 0);
  }

  private static int indexOf(List<EventType> types, String name) {
    for (int i = 0; i < types.size(); i++) {
      if (types.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no meter reads events of type " + name);
  }

  /** The offer's index by its name, −1 where there is none. */
  public int offerIndex(String name) {
    for (int i = 0; i < offers.size(); i++) {
      if (offers.get(i).offer().name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** Every ledger account that the catalog posts to, beside customers', by kind and name. */
  public static Map<AccountName, String> accountsOf(Catalog catalog) {
    TreeMap<String, AccountName> parties = new TreeMap<>();
    for (Offer offer : catalog.offers().values()) {
      for (Agreement agreement : offer.agreements().values()) {
        agreement
            .shares()
            .forEach(s -> parties.put(s.party(), new AccountName("partner", s.party())));
      }
    }
    Map<AccountName, String> all = new LinkedHashMap<>();
    for (String kind : List.of("revenue", "shared", "rounding")) {
      all.put(new AccountName(kind, ""), catalog.currency().getCurrencyCode());
    }
    parties.values().forEach(p -> all.put(p, catalog.currency().getCurrencyCode()));
    return all;
  }
}
