package io.millrace.catalog;

import io.millrace.catalog.CatalogTest.Amount;
import io.millrace.catalog.CatalogTest.Case;
import io.millrace.catalog.CatalogTest.Expected;
import io.millrace.catalog.CatalogTest.Line;
import io.millrace.catalog.CatalogTest.Place;
import io.millrace.catalog.CatalogTest.Use;
import io.millrace.catalog.CatalogTest.Word;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads the tests of a catalog. */
final class CatalogTestReader {
  private static final Set<String> KEYS = new TreeSet<>(Set.of("tests", "cases"));
  private static final Set<String> CASE =
      new TreeSet<>(
          Set.of(
              "case",
              "offer",
              "from",
              "to",
              "until",
              "given",
              "usage",
              "expect",
              "total",
              "shares",
              SponsorReader.WORD));
  private static final Set<String> EXPECTED =
      new TreeSet<>(Set.of("quantity", "amount", "tax", "lines"));
  private static final Set<String> LINE = new TreeSet<>(Set.of("what", "quantity", "amount"));
  private static final String CASES = "cases: [{case: ..., offer: ...}]";

  private final Problems problems;
  private final Scalars scalars;
  private final Catalog catalog;
  private final MomentReader moments;
  private final UseReader uses;
  private final TopUpReader topUps;

  CatalogTestReader(Problems problems, Catalog catalog) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.catalog = catalog;
    this.moments = new MomentReader(problems, catalog.zone());
    this.uses = new UseReader(problems, catalog);
    this.topUps = new TopUpReader(problems, catalog);
  }

  /** The tests; null, or with cases left out, after adding a problem. */
  @Nullable CatalogTest test(String fileName, Yaml root) {
    Fields fields = Fields.of(root, root, "a catalog's test", problems);
    if (fields == null) {
      return null;
    }
    fields.allow(KEYS);
    Yaml.Scalar of = fields.text("tests", "tests: " + catalog.name());
    if (of != null && !of.text().equals(catalog.name())) {
      scalars.reject(
          of,
          "other-catalog",
          "is not the catalog beside",
          "Write 'tests: " + catalog.name() + "'");
    }
    Yaml.Entry entry = fields.required("cases", CASES);
    List<Case> cases = new ArrayList<>();
    for (Yaml item : fields.items("cases", CASES)) {
      Case read = oneCase(item);
      if (read != null) {
        cases.add(read);
      }
    }
    if (entry != null && entry.value() instanceof Yaml.Sequence s && s.items().isEmpty()) {
      problems.add(entry.key(), "no-cases", "there is no case", "Write '" + CASES + "'");
    }
    return new CatalogTest(fileName, cases);
  }

  private @Nullable Case oneCase(Yaml item) {
    Fields fields = Fields.of(item, item, "a case", problems);
    if (fields == null) {
      return null;
    }
    fields.allow(CASE);
    Yaml.Scalar name = fields.text("case", "case: a day's use");
    Offer offer =
        offer(fields.text("offer", "offer: " + catalog.offers().keySet().iterator().next()));
    Instant from = moments.read(fields.text("from", "from: 2026-11-02"));
    Yaml.Scalar toAt = fields.optionalText("to", "to: 2026-11-03");
    Instant to = moments.read(toAt);
    Instant until = moments.read(fields.text("until", "until: 2026-12-01"));
    boolean sound = true;
    List<TopUp> given = new ArrayList<>();
    for (Yaml each : fields.items("given", "given: [{allowance: extra, units: 500}]")) {
      TopUp read = topUps.read(each, sponsors(offer, Sponsorship::withinBalance));
      sound &= read != null && given.add(read);
    }
    List<Use> usage = new ArrayList<>();
    for (Yaml use : fields.items("usage", "usage: [{at: 2026-11-02T10:00, wh: 5}]")) {
      sound &= uses.read(use, usage);
    }
    List<Expected> expected = offer == null ? null : expected(fields, offer);
    Yaml.Scalar totalAt = fields.optionalText("total", "total: 1.20");
    BigDecimal total = scalars.signed(totalAt);
    Map<String, Amount> shares =
        amounts(fields, "shares", parties(offer), "unknown-party", "has no share of the offer");
    Map<String, Amount> sponsors =
        amounts(
            fields,
            SponsorReader.WORD,
            sponsors(offer, s -> true),
            "unknown-sponsor",
            "pays for nothing of the offer");
    if (name == null
        || offer == null
        || from == null
        || (toAt != null && to == null)
        || until == null
        || !sound
        || expected == null
        || (totalAt != null && total == null)
        || shares == null
        || sponsors == null) {
      return null;
    }
    return new Case(
        name.text(),
        place(item),
        offer,
        from,
        Optional.ofNullable(to),
        until,
        given,
        usage,
        expected,
        totalAt == null || total == null
            ? Optional.empty()
            : Optional.of(new Amount(place(totalAt), total)),
        fields.has("shares") ? Optional.of(shares) : Optional.empty(),
        fields.has(SponsorReader.WORD) ? Optional.of(sponsors) : Optional.empty());
  }

  private static Set<String> parties(@Nullable Offer offer) {
    Set<String> parties = new TreeSet<>();
    if (offer != null) {
      offer.agreements().values().forEach(a -> a.shares().forEach(s -> parties.add(s.party())));
    }
    return parties;
  }

  private static Set<String> sponsors(@Nullable Offer offer, Predicate<Sponsorship> which) {
    Set<String> sponsors = new TreeSet<>();
    if (offer != null) {
      offer.terms().values().stream()
          .flatMap(t -> t.sponsorship().stream())
          .filter(which)
          .forEach(s -> sponsors.add(s.account()));
    }
    return sponsors;
  }

  /**
   * What some are expected to get or pay, by name; null after adding a problem.
   *
   * @param known the names that there are
   */
  private @Nullable Map<String, Amount> amounts(
      Fields one, String key, Set<String> known, String code, String otherwise) {
    Map<String, Amount> amounts = new LinkedHashMap<>();
    Yaml.Entry entry = one.optional(key);
    Fields fields =
        entry == null ? null : Fields.of(entry.value(), entry.key(), Problems.quote(key), problems);
    if (fields == null) {
      return entry == null ? amounts : null;
    }
    for (Yaml.Entry each : fields.entries()) {
      String name = each.key().text();
      Yaml.Scalar at = fields.text(name, name + ": 1.20");
      BigDecimal amount = scalars.signed(at);
      if (!known.contains(name)) {
        return scalars.reject(each.key(), code, otherwise, Spelling.fix(name, known));
      }
      if (at == null || amount == null) {
        return null;
      }
      amounts.put(name, new Amount(place(at), amount));
    }
    return amounts;
  }

  private @Nullable Offer offer(Yaml.@Nullable Scalar at) {
    if (at == null) {
      return null;
    }
    Offer offer = catalog.offers().get(at.text());
    return offer != null
        ? offer
        : scalars.reject(
            at,
            "unknown-offer",
            "is not an offer of the catalog",
            Spelling.fix(at.text(), catalog.offers().keySet()));
  }

  private @Nullable List<Expected> expected(Fields fields, Offer offer) {
    Yaml.Entry entry = fields.required("expect", "expect: {energy: {amount: 1.20}}");
    Fields charges =
        entry == null ? null : Fields.of(entry.value(), entry.key(), "'expect'", problems);
    if (charges == null) {
      return null;
    }
    List<Expected> all = new ArrayList<>();
    for (Yaml.Entry one : charges.entries()) {
      Expected read = expected(one, offer);
      if (read == null) {
        return null;
      }
      all.add(read);
    }
    return all;
  }

  private @Nullable Expected expected(Yaml.Entry entry, Offer offer) {
    String name = entry.key().text();
    Optional<ChargeRule> rule =
        offer.charges().stream().filter(c -> c.name().equals(name)).findFirst();
    if (rule.isEmpty()) {
      return scalars.reject(
          entry.key(),
          "unknown-charge",
          "is not a charge of the offer",
          Spelling.fix(name, offer.charges().stream().map(ChargeRule::name).toList()));
    }
    Fields fields = Fields.of(entry.value(), entry.key(), Problems.quote(name), problems);
    if (fields == null) {
      return null;
    }
    fields.allow(EXPECTED);
    Yaml.Scalar amountAt = fields.text("amount", "amount: 1.20");
    BigDecimal amount = scalars.signed(amountAt);
    Yaml.Scalar quantityAt = fields.optionalText("quantity", "quantity: 12.5");
    BigDecimal quantity = scalars.signed(quantityAt);
    Yaml.Scalar taxAt = fields.optionalText("tax", "tax: VAT-21");
    List<Line> lines = lines(fields);
    return amountAt == null
            || amount == null
            || (quantityAt != null && quantity == null)
            || lines == null
        ? null
        : new Expected(
            place(entry.key()),
            rule.get(),
            Optional.ofNullable(quantity),
            new Amount(place(amountAt), amount),
            Optional.ofNullable(taxAt).map(at -> new Word(place(at), at.text())),
            fields.has("lines") ? Optional.of(lines) : Optional.empty());
  }

  private @Nullable List<Line> lines(Fields charge) {
    List<Line> lines = new ArrayList<>();
    for (Yaml item : charge.items("lines", "lines: [{what: each kWh, amount: 1.20}]")) {
      Fields fields = Fields.of(item, item, "a line", problems);
      if (fields == null) {
        return null;
      }
      fields.allow(LINE);
      Yaml.Scalar what = fields.text("what", "what: each kWh");
      BigDecimal amount = scalars.signed(fields.text("amount", "amount: 1.20"));
      BigDecimal quantity = scalars.signed(fields.optionalText("quantity", "quantity: 12.5"));
      if (what == null || amount == null) {
        return null;
      }
      lines.add(new Line(place(item), what.text(), Optional.ofNullable(quantity), amount));
    }
    return lines;
  }

  static Place place(Yaml at) {
    return new Place(at.line(), at.column());
  }
}
