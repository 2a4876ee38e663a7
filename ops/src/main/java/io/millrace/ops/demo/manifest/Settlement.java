package io.millrace.ops.demo.manifest;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One period's invoice and statements, worked out from its totals by the rules on paper: the ledger
 * shares the exact amount, the statements share the invoice.
 */
final class Settlement {
  private static final BigDecimal HUNDRED = new BigDecimal(100);

  private Settlement() {}

  /**
   * The books of a period.
   *
   * @param energy the exact sum of the energy charges
   * @param lease the exact sum of the leases
   */
  static Books of(Terms terms, int period, BigDecimal energy, BigDecimal lease) {
    List<Books.Line> lines = new ArrayList<>();
    if (energy.signum() != 0) {
      lines.add(line(terms, terms.energy(), energy));
    }
    if (lease.signum() != 0) {
      lines.add(line(terms, terms.lease(), lease));
    }
    Books.Statement invoice = statement(terms, terms.customer(), lines);
    SortedMap<String, BigDecimal> exact = split(terms, energy.add(lease), terms.ledgerDigits());
    List<Books.Statement> partners = new ArrayList<>();
    SortedMap<String, BigDecimal> stated = split(terms, invoice.total(), terms.minorDigits());
    exact.forEach(
        (party, part) -> {
          BigDecimal amount = Objects.requireNonNull(stated.get(party), party);
          Books.Line line = new Books.Line(terms.offer(), "", part, amount);
          partners.add(statement(terms, party, List.of(line)));
        });
    return new Books(period, invoice, partners);
  }

  private static Books.Line line(Terms terms, String name, BigDecimal exact) {
    return new Books.Line(
        terms.offer(),
        name,
        exact.setScale(terms.ledgerDigits(), RoundingMode.UNNECESSARY),
        exact.setScale(terms.minorDigits(), RoundingMode.HALF_UP));
  }

  private static Books.Statement statement(Terms terms, String account, List<Books.Line> lines) {
    BigDecimal zero = BigDecimal.ZERO.setScale(terms.minorDigits());
    return new Books.Statement(
        account, lines, lines.stream().map(Books.Line::amount).reduce(zero, BigDecimal::add));
  }

  /**
   * Shares an amount by largest remainder: each party gets its exact part cut off at a scale; the
   * units left go one each to the largest cut-offs, the remainder's party first where they are
   * equal, then by name.
   */
  static SortedMap<String, BigDecimal> split(Terms terms, BigDecimal amount, int digits) {
    BigDecimal named =
        terms.parts().stream()
            .flatMap(p -> p.percent().stream())
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    record Cut(Terms.Part part, BigDecimal given, BigDecimal off) {}
    List<Cut> cuts = new ArrayList<>();
    BigDecimal left = amount;
    for (Terms.Part part : terms.parts()) {
      BigDecimal percent = part.percent().orElse(HUNDRED.subtract(named));
      BigDecimal exact = amount.multiply(percent).movePointLeft(2);
      BigDecimal given = exact.setScale(digits, RoundingMode.FLOOR);
      cuts.add(new Cut(part, given, exact.subtract(given)));
      left = left.subtract(given);
    }
    cuts.sort(
        Comparator.comparing(Cut::off)
            .reversed()
            .thenComparing(c -> c.part().percent().isPresent())
            .thenComparing(c -> c.part().party()));
    BigDecimal unit = BigDecimal.ONE.movePointLeft(digits);
    SortedMap<String, BigDecimal> shares = new TreeMap<>();
    for (Cut cut : cuts) {
      boolean extra = left.signum() > 0;
      left = extra ? left.subtract(unit) : left;
      shares.put(cut.part().party(), extra ? cut.given().add(unit) : cut.given());
    }
    return shares;
  }
}
