package io.millrace.processors.settlement;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Agreement.Share;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.Offer;
import io.millrace.processors.ledger.Allotment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What each party's statement says, line by line: its part of what the customers were invoiced, in
 * whole minor units, so that the statements of an agreement's parties add up to the invoices (see
 * ops/decisions/0030). Adds invoices up, then shares; has one owner.
 *
 * <p>An agreement shares its whole by largest remainder. Its offers are gone through by name, each
 * line being the difference that its offer makes: the lines of a party add up to the party's part
 * of the whole, and the lines of an offer add up to what was invoiced for that offer. Where three
 * or more share, a line of an offer of a few minor units can be one below zero.
 */
public final class InvoicedShares {

  private final Map<String, Long> invoiced = new TreeMap<>();

  /**
   * Takes an invoice in.
   *
   * @param invoice of the period and currency that are shared
   */
  public void add(Statement invoice) {
    for (Statement.Line line : invoice.lines()) {
      add(line.key().offer(), line.amount());
    }
  }

  /**
   * Takes a line of an invoice in.
   *
   * @param amount minor units
   * @throws ArithmeticException where the sum is no {@code long}
   */
  void add(String offer, long amount) {
    invoiced.merge(offer, amount, Math::addExact);
  }

  /**
   * Shares what was taken in.
   *
   * @param catalog whose agreements share it
   * @return by party, in minor units by line; a line for each offer that was invoiced and is shared
   *     with the party
   */
  public Map<String, Map<LineKey, Long>> share(Catalog catalog) {
    Map<String, Sharing> agreements = new HashMap<>();
    Map<String, Map<LineKey, Long>> parties = new TreeMap<>();
    for (Map.Entry<String, Long> each : invoiced.entrySet()) {
      Offer offer = catalog.offers().get(each.getKey());
      if (offer == null || offer.agreement().shares().isEmpty()) {
        continue;
      }
      Agreement agreement = offer.agreement();
      long[] parts =
          agreements
              .computeIfAbsent(agreement.name(), name -> new Sharing(Allotment.of(agreement)))
              .goOn(each.getValue());
      List<Share> shares = agreement.shares();
      for (int i = 0; i < parts.length; i++) {
        parties
            .computeIfAbsent(shares.get(i).party(), party -> new TreeMap<>())
            .put(new LineKey(offer.name(), "", false), parts[i]);
      }
    }
    return parties;
  }

  /** An agreement that is gone through. */
  private static final class Sharing {
    private final Allotment allotment;
    private long whole;
    private long[] parts;

    Sharing(Allotment allotment) {
      this.allotment = allotment;
      this.parts = new long[allotment.parties().size()];
    }

    /** What each party gets more where the whole grows by an amount. */
    long[] goOn(long amount) {
      whole = Math.addExact(whole, amount);
      long[] reached = new long[parts.length];
      allotment.allot(whole, reached);
      long[] more = new long[parts.length];
      for (int i = 0; i < more.length; i++) {
        more[i] = Math.subtractExact(reached[i], parts[i]);
      }
      parts = reached;
      return more;
    }
  }
}
