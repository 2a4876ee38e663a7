package io.millrace.processors.settlement;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.Offer;
import io.millrace.processors.ledger.Split;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What each party's statement says, line by line: its part of what the customers were invoiced, in
 * whole minor units, so that the statements of an agreement's parties add up to the invoices (see
 * ops/decisions/0030). Adds invoices up, then shares; has one owner.
 *
 * <p>An agreement shares its whole by largest remainder. Its offers are gone through by name, each
 * line being the difference that its offer makes: the lines of a party add up to the party's part
 * of the whole, and the lines of an offer add up to what was invoiced for that offer. Where three
 * or more share, a line of an offer of a few minor units can be one below zero. A charge with an
 * agreement of its own has a line of its own. What an agreement promises is owed where nothing was
 * invoiced, too.
 */
public final class InvoicedShares {

  private final Map<LineKey, Long> invoiced = new TreeMap<>();

  /**
   * Takes an invoice in.
   *
   * @param invoice of the period and currency that are shared
   */
  public void add(Statement invoice) {
    for (Statement.Line line : invoice.lines()) {
      add(new LineKey(line.key().offer(), line.key().name(), false), line.amount());
    }
  }

  /**
   * Takes a line of an invoice in.
   *
   * @param amount minor units
   * @throws ArithmeticException where the sum is no {@code long}
   */
  void add(LineKey line, long amount) {
    invoiced.merge(line, amount, Math::addExact);
  }

  /**
   * Shares what was taken in.
   *
   * @param catalog whose agreements share it
   * @return by party, in minor units by line; a line for each offer, or charge with an agreement of
   *     its own, that was invoiced and is shared with the party
   */
  public Map<String, Map<LineKey, Long>> share(Catalog catalog) {
    return share(catalog, Map.of());
  }

  /**
   * Shares what was taken in.
   *
   * @param units what parties were posted for units, by the agreement's name and in its order,
   *     ledger units
   */
  public Map<String, Map<LineKey, Long>> share(Catalog catalog, Map<String, long[]> units) {
    Map<String, Sharing> agreements = new HashMap<>();
    Map<String, Map<LineKey, Long>> parties = new TreeMap<>();
    int digits = catalog.currency().getDefaultFractionDigits();
    for (Map.Entry<LineKey, Shared> each : shared(catalog).entrySet()) {
      Agreement agreement = each.getValue().agreement;
      long[] parts =
          agreements
              .computeIfAbsent(
                  agreement.name(),
                  name ->
                      new Sharing(
                          Split.of(agreement, digits), minor(catalog, units.get(name), agreement)))
              .goOn(each.getValue().whole);
      for (int i = 0; i < parts.length; i++) {
        parties
            .computeIfAbsent(agreement.shares().get(i).party(), party -> new TreeMap<>())
            .put(each.getKey(), parts[i]);
      }
    }
    return parties;
  }

  /** What is posted for units, in whole minor units. */
  private static long[] minor(Catalog catalog, long @Nullable [] units, Agreement agreement) {
    int digits = catalog.currency().getDefaultFractionDigits();
    MinorUnit unit = MinorUnit.of(digits, catalog.ledgerScale());
    return units == null
        ? new long[agreement.shares().size()]
        : LongStream.of(units).map(unit::round).toArray();
  }

  /** What an agreement shares on a line. */
  private record Shared(Agreement agreement, long whole) {
    Shared plus(Shared other) {
      return new Shared(agreement, Math.addExact(whole, other.whole));
    }
  }

  /** What there is to share, by the lines it is shared on; a promise needs no invoice. */
  private Map<LineKey, Shared> shared(Catalog catalog) {
    Map<LineKey, Shared> lines = new TreeMap<>();
    for (Offer offer : catalog.offers().values()) {
      offer
          .agreements()
          .forEach(
              (name, agreement) -> {
                if (agreement.promises()) {
                  lines.put(new LineKey(offer.name(), name, false), new Shared(agreement, 0));
                }
              });
    }
    invoiced.forEach(
        (key, amount) -> {
          Offer offer = catalog.offers().get(key.offer());
          String name = offer == null ? "" : offer.sharedAs(key.name());
          Agreement agreement = offer == null ? null : offer.agreements().get(name);
          if (agreement != null) {
            lines.merge(
                new LineKey(key.offer(), name, false), new Shared(agreement, amount), Shared::plus);
          }
        });
    return lines;
  }

  /** An agreement that is gone through. */
  private static final class Sharing {
    private final Split split;

    /** An agreement with some is of one charge, and so of one line. */
    private final long[] units;

    private long whole;
    private long[] parts;

    Sharing(Split split, long[] units) {
      this.split = split;
      this.units = units;
      this.parts = new long[split.parties().size()];
    }

    /** What each party gets more where the whole grows by an amount. */
    long[] goOn(long amount) {
      whole = Math.addExact(whole, amount);
      long[] reached = new long[parts.length];
      split.settle(whole, units, reached);
      long[] more = new long[parts.length];
      for (int i = 0; i < more.length; i++) {
        more[i] = Math.subtractExact(reached[i], parts[i]);
      }
      parts = reached;
      return more;
    }
  }
}
