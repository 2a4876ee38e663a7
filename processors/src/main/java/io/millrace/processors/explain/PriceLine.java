package io.millrace.processors.explain;

import java.math.BigDecimal;

/**
 * How much of a charge's quantity is priced at what: the lines of a charge add up to its amount.
 *
 * @param what in words: which tier, package or step
 * @param quantity in {@code unit}; negative where it is taken back. Told to twelve digits where it
 *     has no end
 * @param unit what it is in
 * @param price of one, exact, in the catalog's currency
 * @param amount exact, in the catalog's currency, to the ledger's last digit
 */
public record PriceLine(
    String what, BigDecimal quantity, String unit, BigDecimal price, BigDecimal amount) {}
