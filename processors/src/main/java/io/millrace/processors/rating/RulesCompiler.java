package io.millrace.processors.rating;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Bands;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.Meter;
import io.millrace.catalog.Offer;
import io.millrace.catalog.QuantityRounding.Each;
import io.millrace.processors.ledger.Split;
import io.millrace.processors.ledger.UnitShares;
import io.millrace.processors.rating.Rules.AccountName;
import io.millrace.processors.rating.Rules.CloseCharge;
import io.millrace.processors.rating.Rules.EventType;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.RecurringCharge;
import io.millrace.processors.rating.Rules.Sharing;
import io.millrace.processors.rating.Rules.UsageCharge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
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
 * Compiles the versions of a catalog. What state keeps by number is numbered as it first came, in
 * the order in which the versions were activated: a version that is added changes no number, nor
 * one that is taken back.
 */
final class RulesCompiler {
  private final List<Catalog> known;
  private final List<Catalog> held;
  private final ToIntFunction<AccountName> accounts;

  /** Meters of each type, and charges of each offer, as numbered. */
  private final Map<String, List<Meter>> types = new LinkedHashMap<>();

  private final Map<String, List<ChargeRule>> offers = new LinkedHashMap<>();

  /** The names of each offer's allowances, as numbered. */
  private final Map<String, List<String>> allowances = new LinkedHashMap<>();

  /** What each offer says of others that pay, as numbered. */
  private final Map<String, List<String>> sponsorships = new LinkedHashMap<>();

  RulesCompiler(List<Catalog> known, List<Catalog> held, ToIntFunction<AccountName> accounts) {
    this.known = known;
    this.held = held.stream().sorted(Comparator.comparing(Catalog::effective)).toList();
    this.accounts = accounts;
    known.forEach(this::number);
  }

  private void number(Catalog catalog) {
    TreeMap<String, List<Meter>> read = new TreeMap<>();
    for (Meter meter : new TreeMap<>(catalog.meters()).values()) {
      List<Meter> some = read.computeIfAbsent(meter.eventType(), t -> new ArrayList<>());
      if (meter.isRead()) {
        some.add(meter);
      }
    }
    read.forEach(
        (type, meters) -> {
          List<Meter> there = types.computeIfAbsent(type, t -> new ArrayList<>());
          meters.stream().filter(m -> !there.contains(m)).forEach(there::add);
        });
    for (Offer offer : new TreeMap<>(catalog.offers()).values()) {
      telling(offer);
      List<ChargeRule> there = offers.computeIfAbsent(offer.name(), o -> new ArrayList<>());
      for (ChargeRule charge : offer.charges()) {
        if (numberOf(there, charge.name()) < 0) {
          there.add(charge);
        }
        Drawn.name(charge, allowances.computeIfAbsent(offer.name(), o -> new ArrayList<>()));
        List<String> clauses = sponsorships.computeIfAbsent(offer.name(), o -> new ArrayList<>());
        offer
            .termsOf(charge.name())
            .sponsorship()
            .filter(s -> !clauses.contains(s.clause()))
            .ifPresent(s -> clauses.add(s.clause()));
      }
    }
  }

  /** What the bands of its charges ask of events is read of them as their meters' readings are. */
  private void telling(Offer offer) {
    for (ChargeRule charge : offer.charges()) {
      if (charge instanceof ChargeRule.Usage usage && usage.telling().isPresent()) {
        Meter telling = usage.telling().get();
        List<Meter> there = Objects.requireNonNull(types.get(telling.eventType()));
        if (!there.contains(telling)) {
          there.add(telling);
        }
      }
    }
  }

  static int numberOf(List<ChargeRule> charges, String name) {
    for (int i = 0; i < charges.size(); i++) {
      if (charges.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  Rules compile(int version, int shards) {
    List<EventType> typeList = new ArrayList<>();
    types.forEach(
        (name, meters) ->
            typeList.add(
                new EventType(
                    name, List.copyOf(meters), meters.stream().map(this::isRequired).toList())));
    List<OfferHistory> histories = new ArrayList<>();
    offers.keySet().forEach(name -> histories.add(history(name, typeList)));
    return new Rules(
        version,
        MergedVersions.of(held),
        held,
        List.copyOf(typeList),
        histories,
        numbers(histories),
        Periods.of(known.getFirst()),
        accounts.applyAsInt(new AccountName("revenue", "")),
        accounts.applyAsInt(new AccountName("shared", "")),
        shards,
        Rules.HORIZON.toMillis(),
        Rules.FUTURE.toMillis(),
        Rules.MOST_SUSPENDED);
  }

  private static Map<String, Integer> numbers(List<OfferHistory> offers) {
    Map<String, Integer> numbers = HashMap.newHashMap(offers.size());
    for (OfferHistory offer : offers) {
      numbers.put(offer.name(), numbers.size());
    }
    return Map.copyOf(numbers);
  }

  private boolean isRequired(Meter meter) {
    return meter.tells() || held.stream().allMatch(c -> c.meters().containsValue(meter));
  }

  /** Of an offer that only versions had that were taken back, what they said stays readable. */
  private OfferHistory history(String name, List<EventType> typeList) {
    List<Catalog> having = held.stream().filter(c -> c.offers().containsKey(name)).toList();
    boolean nowhere = having.isEmpty();
    if (nowhere) {
      having = known.stream().filter(c -> c.offers().containsKey(name)).toList();
    }
    List<OfferRules> terms = new ArrayList<>();
    for (Catalog catalog : having) {
      long from =
          nowhere
              ? OfferHistory.NEVER
              : catalog == held.getFirst() ? Long.MIN_VALUE : catalog.effective().toEpochMilli();
      terms.add(offerRules(catalog, from, name, typeList, terms));
    }
    List<ChargeRule> all = Objects.requireNonNull(offers.get(name));
    return new OfferHistory(
        name,
        all.stream().map(ChargeRule::name).toList(),
        terms,
        (int) all.stream().filter(RulesCompiler::isOfTime).count());
  }

  private static boolean isOfTime(ChargeRule rule) {
    return rule instanceof ChargeRule.Recurring || rule instanceof ChargeRule.OneOff;
  }

  private OfferRules offerRules(
      Catalog catalog, long from, String name, List<EventType> typeList, List<OfferRules> before) {
    Offer offer = Objects.requireNonNull(catalog.offers().get(name));
    List<ChargeRule> all = Objects.requireNonNull(offers.get(name));
    List<ChargeRule> ofTime = all.stream().filter(RulesCompiler::isOfTime).toList();
    List<String> included = allowances.getOrDefault(name, List.of());
    List<UsageCharge> usage = new ArrayList<>();
    List<RecurringCharge> recurring = new ArrayList<>();
    List<CloseCharge> closing = new ArrayList<>();
    Map<Bands, BandClock> clocks = new IdentityHashMap<>();
    for (ChargeRule charge : offer.charges()) {
      int number = numberOf(all, charge.name());
      switch (charge) {
        case ChargeRule.Usage u ->
            usage.add(usage(all, u, number, catalog, typeList, clocks, before, included));
        case ChargeRule.Recurring every ->
            recurring.add(
                new RecurringCharge(
                    number,
                    numberOf(ofTime, every.name()),
                    every.name(),
                    Recurrence.of(every, catalog)));
        case ChargeRule.OneOff once ->
            recurring.add(
                new RecurringCharge(
                    number,
                    numberOf(ofTime, once.name()),
                    once.name(),
                    Recurrence.of(once, catalog)));
        case ChargeRule.AtClose close ->
            closing.add(closing(all, number, bound(close, catalog), close.of()));
        case ChargeRule.Discount discount ->
            closing.add(
                closing(
                    all,
                    number,
                    new DiscountLadder(discount, catalog.ledgerScale()),
                    discount.of()));
      }
    }
    List<Sharing> sharings = new ArrayList<>();
    int[] sharingOf = new int[all.size()];
    Arrays.fill(sharingOf, OfferRules.NO_CHARGE);
    Sharing common = sharing(catalog, 0, null, offer.agreement());
    if (common != null) {
      sharings.add(common);
    }
    for (ChargeRule charge : offer.charges()) {
      int number = numberOf(all, charge.name());
      sharingOf[number] = common == null ? -1 : 0;
      Agreement own = offer.termsOf(charge.name()).agreement().orElse(null);
      if (own != null) {
        sharingOf[number] = sharings.size();
        sharings.add(Objects.requireNonNull(sharing(catalog, number + 1, charge, own)));
      }
    }
    return new OfferRules(
        catalog,
        from,
        offer,
        Windows.of(offer.window(), catalog.zone()),
        ByEvent.in(offer, usage),
        List.copyOf(recurring),
        List.copyOf(closing),
        List.copyOf(sharings),
        sharingOf,
        Sponsor.of(catalog, offer, all, sponsorships.getOrDefault(name, List.of()), accounts),
        usage.stream().anyMatch(UsageCharge::listsMoves) || filters(offer));
  }

  private UsageCharge usage(
      List<ChargeRule> all,
      ChargeRule.Usage rule,
      int number,
      Catalog catalog,
      List<EventType> typeList,
      Map<Bands, BandClock> clocks,
      List<OfferRules> before,
      List<String> allowances) {
    Bundle bundle = bundle(rule.meter(), typeList);
    int type = bundle == null ? typeOf(rule.meter(), typeList) : -1;
    List<Meter> read = bundle == null ? typeList.get(type).meters() : List.of();
    int value = read.indexOf(rule.meter());
    QuantitySteps steps = QuantitySteps.of(rule.rounding(), Each.EVENT, rule.meter(), rule.unit());
    PriceCurve curve = PriceCurve.of(rule, catalog);
    int band = rule.band().map(Bands.One::index).orElse(-1);
    BandClock clock =
        band < 0
            ? null
            : clocks.computeIfAbsent(
                rule.band().orElseThrow().bands(), bands -> new BandClock(bands, catalog.zone()));
    int told = rule.telling().map(read::indexOf).orElse(-1);
    int revision = known.indexOf(catalog);
    int[] carried = {};
    if (!before.isEmpty()) {
      UsageCharge last = usageOf(before.getLast(), number);
      if (last != null && samePrice(before.getLast(), rule)) {
        revision = last.revision();
        carried = last.carried();
      } else if (last != null && !catalog.startsAnew()) {
        carried = new int[last.carried().length + 1];
        carried[0] = last.revision();
        System.arraycopy(last.carried(), 0, carried, 1, last.carried().length);
      }
    }
    return new UsageCharge(
        number,
        revision,
        carried,
        rule.name(),
        type,
        value,
        steps,
        curve,
        band,
        told,
        clock,
        Gauging.of(all, number, rule),
        bundle,
        Drawn.of(rule, allowances));
  }

  private static int typeOf(Meter meter, List<EventType> typeList) {
    int type = 0;
    while (!typeList.get(type).name().equals(meter.eventType())) {
      type++;
    }
    return type;
  }

  private static @Nullable Bundle bundle(Meter meter, List<EventType> typeList) {
    List<Bundle.Part> parts = new ArrayList<>();
    for (Meter.Part each : meter.parts()) {
      int type = typeOf(each.meter(), typeList);
      int value = typeList.get(type).meters().indexOf(each.meter());
      parts.add(new Bundle.Part(type, value, each.times()));
    }
    return parts.isEmpty() ? null : new Bundle(parts);
  }

  private static boolean filters(Offer offer) {
    return offer.charges().stream()
        .anyMatch(
            c ->
                c instanceof ChargeRule.Usage u
                    && u.meter().read().stream().anyMatch(m -> !m.where().isEmpty()));
  }

  private static @Nullable UsageCharge usageOf(OfferRules terms, int number) {
    for (UsageCharge each : terms.usage()) {
      if (each.index() == number) {
        return each;
      }
    }
    return null;
  }

  private static boolean samePrice(OfferRules before, ChargeRule.Usage rule) {
    return before.offer().charges().stream().anyMatch(rule::isPricedAs);
  }

  private @Nullable Sharing sharing(
      Catalog catalog, int index, @Nullable ChargeRule charge, Agreement agreement) {
    int digits = catalog.ledgerScale();
    return agreement.shares().isEmpty()
        ? null
        : new Sharing(
            index,
            charge == null ? "" : charge.name(),
            Split.of(agreement, digits),
            charge instanceof ChargeRule.Usage use && agreement.isPerUnit()
                ? UnitShares.of(agreement, use, digits)
                : null,
            agreement.shares().stream()
                .mapToInt(s -> accounts.applyAsInt(new AccountName("partner", s.party())))
                .toArray());
  }

  private static CloseCharge closing(
      List<ChargeRule> all, int number, LongUnaryOperator line, List<String> of) {
    return new CloseCharge(
        number,
        all.get(number).name(),
        line,
        of.stream().mapToInt(name -> numberOf(all, name)).toArray());
  }

  /** What a sum lacks of a minimum, or exceeds a cap by. */
  private static LongUnaryOperator bound(ChargeRule.AtClose close, Catalog catalog) {
    long bound = close.amount().movePointRight(catalog.ledgerScale()).longValueExact();
    return close.bound() == ChargeRule.Bound.CAP
        ? sum -> Math.min(Math.subtractExact(bound, sum), 0)
        : sum -> Math.max(Math.subtractExact(bound, sum), 0);
  }
}
