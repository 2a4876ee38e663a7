package io.millrace.processors.trial;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogTest;
import io.millrace.catalog.CatalogTest.Amount;
import io.millrace.catalog.CatalogTest.Case;
import io.millrace.catalog.CatalogTest.Expected;
import io.millrace.catalog.CatalogTest.Line;
import io.millrace.catalog.CatalogTest.Place;
import io.millrace.catalog.CatalogTest.Use;
import io.millrace.catalog.CatalogTest.Word;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.Meter;
import io.millrace.catalog.Problem;
import io.millrace.catalog.TopUp;
import io.millrace.processors.explain.PriceLine;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Sponsor;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.usage.UsageBatch;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs a catalog's tests: each case in a shard of its own, to the last unit. */
public final class CatalogTrial {
  private static final int CUSTOMER = 9;

  /** The number of what its devices share. */
  private static final int POOL = Integer.MAX_VALUE;

  private static final String FIX = "Correct the tariff, or what is expected of it";

  private final TrialAccounts accounts = new TrialAccounts();
  private final Rules rules;
  private final List<Problem> problems = new ArrayList<>();
  private final String file;

  private CatalogTrial(Catalog catalog, String file) {
    this.rules = Rules.compile(1, 4, catalog, accounts);
    this.file = file;
  }

  /** What the catalog does not do as its tests expect; none where it does. */
  public static List<Problem> run(Catalog catalog, CatalogTest test) {
    CatalogTrial trial = new CatalogTrial(catalog, test.file());
    test.cases().forEach(trial::run);
    return List.copyOf(trial.problems);
  }

  private void run(Case one) {
    Watched watched = new Watched();
    TrialShard shard = new TrialShard(rules, watched);
    List<String> devices = one.devices();
    one.given().forEach(topUp -> shard.give(account(topUp), topUp));
    devices.forEach(d -> subscribe(one, 1 + devices.indexOf(d), shard));
    UsageBatch usage = new UsageBatch(1);
    for (int i = 0; i < one.usage().size(); i++) {
      Use use = one.usage().get(i);
      usage.clear();
      TypedUse.add(use, rules, 1 + devices.indexOf(use.device()), i, usage);
      watched.refused = null;
      shard.apply(usage);
      Reason refused = watched.refused;
      if (refused != null) {
        add(use.place(), "not-charged", "the event goes to suspense: " + refused.code());
      }
    }
    shard.runTo(one.until().toEpochMilli());
    watched.notGiven.forEach(
        (topUp, why) -> add(topUp.place(), "not-given", "a node refuses it: " + why.code()));
    judge(one, watched.charges);
  }

  private int account(TopUp topUp) {
    return topUp.account().isEmpty() ? CUSTOMER : accounts.number(topUp.account()).orElseThrow();
  }

  private void subscribe(Case one, int device, TrialShard shard) {
    int offer = rules.offerIndex(one.offer().name());
    long from = one.from().toEpochMilli();
    long to = one.to().map(t -> t.toEpochMilli()).orElse(Long.MAX_VALUE);
    if (rules.offers().get(offer).isPooled()) {
      shard.subscribe(device, CUSTOMER, offer, from, to, POOL, "");
    } else {
      shard.subscribe(device, CUSTOMER, offer, from, to);
    }
  }

  private static final class Watched implements TrialShard.Watcher {
    final List<ChargeRow> charges = new ArrayList<>();
    final Map<TopUp, Outcome> notGiven = new LinkedHashMap<>();
    @Nullable Reason refused;

    @Override
    public void charged(ChargeRow charge) {
      charges.add(charge);
    }

    @Override
    public void taken(int row, Verdict verdict, @Nullable Reason why) {
      refused = why;
    }

    @Override
    public void refused(TopUp topUp, Outcome why) {
      notGiven.put(topUp, why);
    }
  }

  private void judge(Case one, List<ChargeRow> rows) {
    Map<String, List<ChargeRow>> byName =
        rows.stream()
            .filter(row -> !Sponsor.isLine(row.offer()))
            .collect(
                Collectors.groupingBy(ChargeRow::name, LinkedHashMap::new, Collectors.toList()));
    for (Expected expected : one.expected()) {
      judge(one, expected, byName.getOrDefault(expected.charge().name(), List.of()));
      byName.remove(expected.charge().name());
    }
    byName.forEach(
        (name, more) -> {
          if (more.stream().anyMatch(r -> r.amount() != 0)) {
            add(one.at(), "not-expected", name + " comes to " + plain(sum(more)) + " as well");
          }
        });
    one.total().ifPresent(total -> same(total.place(), "the total", total.value(), sum(rows)));
    one.shares().ifPresent(shares -> judge(one, shares, rows));
    one.sponsors().ifPresent(sponsors -> judgeSponsors(one, sponsors, rows));
  }

  private void judge(Case one, Map<String, Amount> shares, List<ChargeRow> rows) {
    TrialTotals totals = new TrialTotals(rules);
    rows.forEach(totals::add);
    totals.covers(
        rules.offers().get(rules.offerIndex(one.offer().name())),
        one.from().toEpochMilli(),
        one.until().toEpochMilli());
    Map<String, BigDecimal> got = new TreeMap<>(totals.parties());
    shares.forEach(
        (party, amount) -> {
          BigDecimal part = got.remove(party);
          same(amount.place(), party, amount.value(), part == null ? BigDecimal.ZERO : part);
        });
    got.values().removeIf(part -> part.signum() == 0);
    got.forEach((party, part) -> add(one.at(), "not-expected", party + " gets " + plain(part)));
  }

  private void judgeSponsors(Case one, Map<String, Amount> sponsors, List<ChargeRow> rows) {
    Map<String, List<ChargeRow>> paid =
        rows.stream()
            .filter(row -> Sponsor.isLine(row.offer()) && row.account() != CUSTOMER)
            .collect(
                Collectors.groupingBy(
                    row -> accounts.name(row.account()).orElseThrow(),
                    TreeMap::new,
                    Collectors.toList()));
    sponsors.forEach(
        (name, amount) -> {
          List<ChargeRow> own = paid.remove(name);
          same(amount.place(), name, amount.value(), sum(own == null ? List.of() : own));
        });
    paid.forEach(
        (name, own) -> {
          if (sum(own).signum() != 0) {
            add(one.at(), "not-expected", name + " pays " + plain(sum(own)));
          }
        });
  }

  private void judge(Word tax, String actual, String name) {
    if (!tax.text().equals(actual)) {
      String is = actual.isEmpty() ? "none" : actual;
      add(tax.place(), "other-tax", "the tax code of " + name + " is " + is);
    }
  }

  private void judge(Case one, Expected expected, List<ChargeRow> rows) {
    String name = expected.charge().name();
    same(expected.amount().place(), name, expected.amount().value(), sum(rows));
    expected.tax().ifPresent(tax -> judge(tax, one.offer().termsOf(name).tax(), name));
    expected
        .quantity()
        .ifPresent(
            quantity -> {
              BigDecimal used = quantity(expected.charge(), rows);
              if (!used.equals(inUnits(expected.charge(), quantity))) {
                add(
                    expected.place(),
                    "other-quantity",
                    "the quantity of " + name + " is " + plain(told(expected.charge(), rows)));
              }
            });
    expected.lines().ifPresent(lines -> judge(expected, lines, rows));
  }

  private void judge(Expected expected, List<Line> lines, List<ChargeRow> rows) {
    Map<String, PriceLine> made = new LinkedHashMap<>();
    for (ChargeRow row : rows) {
      for (PriceLine line : TrialTotals.lines(row, rules)) {
        made.merge(line.what(), line, TrialTotals::plus);
      }
    }
    for (Line line : lines) {
      PriceLine found = made.remove(line.what());
      if (found == null) {
        add(line.place(), "no-such-line", "there is no line " + line.what());
        continue;
      }
      same(line.place(), line.what(), line.amount(), found.amount());
      if (line.quantity().isPresent() && line.quantity().get().compareTo(found.quantity()) != 0) {
        add(
            line.place(),
            "other-quantity",
            "the quantity of " + line.what() + " is " + plain(found.quantity()));
      }
    }
    made.values().removeIf(l -> l.amount().signum() == 0 && l.quantity().signum() == 0);
    made.values()
        .forEach(
            l ->
                add(
                    expected.place(),
                    "not-expected",
                    "there is a line " + l.what() + " of " + plain(l.amount()) + " as well"));
  }

  /** A quantity without its unit's factor: exact, whatever the units. */
  private static BigDecimal quantity(ChargeRule rule, List<ChargeRow> rows) {
    BigDecimal sum = BigDecimal.ZERO;
    for (ChargeRow row : rows) {
      sum = sum.add(BigDecimal.valueOf(row.quantity()));
    }
    if (rule instanceof ChargeRule.Usage u) {
      Meter meter = u.meter();
      sum = sum.movePointLeft(meter.scale()).multiply(BigDecimal.valueOf(meter.unit().factor()));
    }
    return stripped(sum);
  }

  private static BigDecimal inUnits(ChargeRule rule, BigDecimal quantity) {
    return stripped(
        rule instanceof ChargeRule.Usage u
            ? quantity.multiply(BigDecimal.valueOf(u.unit().factor()))
            : quantity);
  }

  private static BigDecimal told(ChargeRule rule, List<ChargeRow> rows) {
    BigDecimal sum = BigDecimal.ZERO;
    for (ChargeRow row : rows) {
      sum = sum.add(BigDecimal.valueOf(row.quantity()));
    }
    return TrialTotals.quantity(rule, sum);
  }

  private BigDecimal sum(List<ChargeRow> rows) {
    BigDecimal sum = BigDecimal.ZERO;
    for (ChargeRow row : rows) {
      sum = sum.add(BigDecimal.valueOf(row.amount(), rules.catalog().ledgerScale()));
    }
    return sum;
  }

  private void same(Place place, String what, BigDecimal expected, BigDecimal actual) {
    if (expected.compareTo(actual) != 0) {
      add(place, "other-amount", what + " comes to " + plain(actual));
    }
  }

  private void add(Place at, String code, String message) {
    problems.add(new Problem(file, at.line(), at.column(), code, message, FIX));
  }

  private static BigDecimal stripped(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  private static String plain(BigDecimal number) {
    return stripped(number).toPlainString();
  }
}
