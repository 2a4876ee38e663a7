package io.millrace.processors.settlement;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.Offer;
import io.millrace.processors.rating.Sponsor;

/**
 * The tax code of each line of a statement, as a catalog has it: what the one who books the line
 * works its tax out by. Only what customers are invoiced for has one.
 *
 * @param catalog that the period is closed with
 */
public record TaxCodes(Catalog catalog) {

  /** The code of a line; empty where it has none, or the catalog knows its charge no more. */
  public String of(Statement.Kind kind, LineKey line) {
    Offer offer =
        kind == Statement.Kind.INVOICE ? catalog.offers().get(Sponsor.offerOf(line.offer())) : null;
    return offer == null ? "" : offer.termsOf(line.name()).tax();
  }
}
