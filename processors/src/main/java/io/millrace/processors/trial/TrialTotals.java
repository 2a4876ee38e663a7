package io.millrace.processors.trial;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.Meter;
import io.millrace.catalog.Offer;
import io.millrace.processors.explain.ChargeProof;
import io.millrace.processors.explain.PriceLine;
import io.millrace.processors.ledger.Split;
import io.millrace.processors.ledger.UnitShares;
import io.millrace.processors.rating.OfferHistory;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.Sharing;
import io.millrace.processors.rating.Sponsor;
import io.millrace.processors.shard.ChargeId;
import io.millrace.processors.shard.Effects.ChargeRow;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What charges come to: by charge with the lines that it is made of, by account, and by party. All
 * amounts are exact, in the catalog's currency. Adds up, then tells; has one owner.
 */
public final class TrialTotals {
  private static final int DIGITS = 12;

  private final Rules rules;
  private final Map<Of, Sum> charges = new TreeMap<>();
  private final TreeMap<Integer, BigDecimal> accounts = new TreeMap<>();

  /** What an agreement's parties share of a period, in ledger units. */
  private final TreeMap<Shared, Long> shared = new TreeMap<>();

  /** The quantity of what is shared where parties get some for units. */
  private final TreeMap<Shared, BigInteger> units = new TreeMap<>();

  private record Of(int offer, int charge) implements Comparable<Of> {
    @Override
    public int compareTo(Of other) {
      int byOffer = Integer.compare(offer, other.offer);
      return byOffer != 0 ? byOffer : Integer.compare(charge, other.charge);
    }
  }

  /** {@code sharing} tells the offer's apart, and says how. */
  private record Shared(int offer, int sharing, int period, Sharing by)
      implements Comparable<Shared> {
    private static final Comparator<Shared> ORDER =
        Comparator.comparingInt(Shared::offer)
            .thenComparingInt(Shared::sharing)
            .thenComparingInt(Shared::period);

    @Override
    public int compareTo(Shared other) {
      return ORDER.compare(this, other);
    }
  }

  private static final class Sum {
    long charges;
    BigDecimal quantity = BigDecimal.ZERO;
    BigDecimal amount = BigDecimal.ZERO;
    final Map<String, PriceLine> lines = new LinkedHashMap<>();
  }

  /**
   * A charge of an offer, over all accounts.
   *
   * @param charges how many were sealed
   * @param quantity in {@code unit}; told to twelve digits where it has no end
   * @param tax the code of its tax; empty where it has none
   * @param lines those of the same words added up; they add up to the amount
   */
  public record Charged(
      String offer,
      String charge,
      String tax,
      long charges,
      BigDecimal quantity,
      String unit,
      BigDecimal amount,
      List<PriceLine> lines) {}

  /** Totals of charges under these rules. */
  public TrialTotals(Rules rules) {
    this.rules = rules;
  }

  /** Adds a charge. */
  public void add(ChargeRow row) {
    if (Sponsor.isLine(row.offer())) {
      accounts.merge(row.account(), money(row.amount()), BigDecimal::add);
      return; // What one account gets back another pays: no charge comes to more by it.
    }
    int offer = rules.offerIndex(row.offer());
    int index = indexOf(offer(row.offer()), row.name());
    Sum sum = charges.computeIfAbsent(new Of(offer, index), of -> new Sum());
    sum.charges++;
    sum.quantity = sum.quantity.add(BigDecimal.valueOf(row.quantity()));
    sum.amount = sum.amount.add(money(row.amount()));
    for (PriceLine line : lines(row, rules)) {
      sum.lines.merge(line.what(), line, TrialTotals::plus);
    }
    accounts.merge(row.account(), money(row.amount()), BigDecimal::add);
    OfferHistory history = rules.offers().get(offer);
    Sharing sharing =
        history.sharing(history.chargeNumber(row.name()), rules.periods().endOf(row.period()));
    if (sharing != null) {
      Shared of = new Shared(offer, sharing.index(), row.period(), sharing);
      shared.merge(of, row.amount(), Math::addExact);
      if (sharing.units() != null) {
        units.merge(of, BigInteger.valueOf(row.quantity()), BigInteger::add);
      }
    }
  }

  /**
   * Notes that some periods of an offer end, whatever is charged to them: who is promised an amount
   * gets it in each.
   *
   * @param from a moment in the first of them; those before the catalog's first are left out
   * @param to a moment after the beginning of the last of them
   */
  public void covers(OfferHistory history, long from, long to) {
    int first = rules.periods().indexOf(Math.max(from, rules.periods().startOf(0)));
    for (int p = first; rules.periods().startOf(p) < to; p++) {
      OfferRules then = history.at(rules.periods().endOf(p) - 1);
      for (Sharing sharing : then == null ? List.<Sharing>of() : then.sharings()) {
        if (sharing.split().promises()) {
          Shared of = new Shared(rules.offerIndex(history.name()), sharing.index(), p, sharing);
          shared.merge(of, 0L, Math::addExact);
        }
      }
    }
  }

  /** Adds what others came to, of accounts that have other numbers. */
  public void add(TrialTotals others) {
    others.charges.forEach(
        (of, more) -> {
          Sum sum = charges.computeIfAbsent(of, o -> new Sum());
          sum.charges += more.charges;
          sum.quantity = sum.quantity.add(more.quantity);
          sum.amount = sum.amount.add(more.amount);
          more.lines.forEach((what, line) -> sum.lines.merge(what, line, TrialTotals::plus));
        });
    others.accounts.forEach((id, amount) -> accounts.merge(id, amount, BigDecimal::add));
    others.shared.forEach((of, amount) -> shared.merge(of, amount, Math::addExact));
    others.units.forEach((of, quantity) -> units.merge(of, quantity, BigInteger::add));
  }

  /** What each charge of each offer comes to, in the offers' order by name and the file's. */
  public List<Charged> charges() {
    List<Charged> all = new ArrayList<>();
    charges.forEach(
        (of, sum) -> {
          Offer offer = offer(rules.offers().get(of.offer).name());
          ChargeRule rule = offer.charges().get(of.charge);
          all.add(
              new Charged(
                  offer.name(),
                  rule.name(),
                  offer.termsOf(rule.name()).tax(),
                  sum.charges,
                  quantity(rule, sum.quantity),
                  rule instanceof ChargeRule.Usage u ? u.unit().symbol() : "times",
                  sum.amount,
                  List.copyOf(sum.lines.values())));
        });
    return all;
  }

  /** What each account owes, by its id. */
  public Map<Integer, BigDecimal> accounts() {
    return new TreeMap<>(accounts);
  }

  /**
   * What each party gets of it, by name, as if each period were closed: those in which something
   * was charged, and those that were said to be covered.
   */
  public Map<String, BigDecimal> parties() {
    Map<String, BigDecimal> parties = new TreeMap<>();
    shared.forEach(
        (of, amount) -> {
          Split split = of.by.split();
          long[] parts = new long[split.parties().size()];
          UnitShares byUnit = of.by.units();
          if (byUnit == null) {
            split.settle(amount, parts);
          } else {
            split.settle(amount, byUnit.of(units.getOrDefault(of, BigInteger.ZERO)), parts);
          }
          for (int i = 0; i < parts.length; i++) {
            parties.merge(split.parties().get(i), money(parts[i]), BigDecimal::add);
          }
        });
    return parties;
  }

  /** What all of it comes to. */
  public BigDecimal total() {
    return accounts.values().stream().reduce(money(0), BigDecimal::add);
  }

  /** What a charge is made of, under the rules that it was priced by. */
  public static List<PriceLine> lines(ChargeRow row, Rules rules) {
    return new ChargeProof(new ChargeId(1, 0, 1, row.n()), row).lines(rules);
  }

  private Offer offer(String name) {
    return offer(name, rules);
  }

  private static Offer offer(String name, Rules rules) {
    return Objects.requireNonNull(rules.catalog().offers().get(Sponsor.offerOf(name)));
  }

  private static int indexOf(Offer offer, String charge) {
    int index = 0;
    while (!offer.charges().get(index).name().equals(charge)) {
      index++;
    }
    return index;
  }

  /** A charge's quantity in its unit, to twelve digits where it has no end. */
  public static BigDecimal quantity(ChargeRow row, Rules rules) {
    Offer offer = offer(row.offer(), rules);
    ChargeRule rule = offer.charges().get(indexOf(offer, row.name()));
    return quantity(rule, BigDecimal.valueOf(row.quantity()));
  }

  /**
   * A sum of quantities in the charge's unit, to twelve digits where it has no end.
   *
   * @param sum of scaled integers
   */
  static BigDecimal quantity(ChargeRule rule, BigDecimal sum) {
    if (!(rule instanceof ChargeRule.Usage u)) {
      return sum;
    }
    Meter meter = u.meter();
    BigDecimal told =
        sum.movePointLeft(meter.scale())
            .multiply(BigDecimal.valueOf(meter.unit().factor()))
            .divide(BigDecimal.valueOf(u.unit().factor()), DIGITS, RoundingMode.HALF_UP)
            .stripTrailingZeros();
    return told.scale() < 0 ? told.setScale(0) : told;
  }

  /** The code of a charge's tax; empty where it has none. */
  public static String tax(ChargeRow row, Rules rules) {
    return offer(row.offer(), rules).termsOf(row.name()).tax();
  }

  static PriceLine plus(PriceLine a, PriceLine b) {
    return new PriceLine(
        a.what(), a.quantity().add(b.quantity()), a.unit(), a.price(), a.amount().add(b.amount()));
  }

  private BigDecimal money(long ledgerUnits) {
    Catalog catalog = rules.catalog();
    return BigDecimal.valueOf(ledgerUnits, catalog.ledgerScale());
  }
}
