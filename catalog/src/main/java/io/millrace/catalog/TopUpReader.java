package io.millrace.catalog;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads what accounts have and get: {@code {allowance: extra, units: 500, at: 2026-11-02}}, and
 * what of it is put right: {@code {account: maker, adjust: -2.00}}.
 */
final class TopUpReader {
  private static final Set<String> MONEY = Set.of("account", "at");
  private static final Set<String> UNITS = Set.of("allowance", "bucket", "at", "expires");
  private static final String ADJUST = "adjust";

  private final Problems problems;
  private final Scalars scalars;
  private final LedgerAmount amounts;
  private final int ledgerScale;
  private final MomentReader moments;
  private final Map<String, BoughtUnits> bought;

  TopUpReader(Problems problems, Catalog catalog) {
    this.problems = problems;
    this.scalars = new Scalars(problems);
    this.amounts = new LedgerAmount(problems, catalog.currency());
    this.ledgerScale = catalog.ledgerScale();
    this.moments = new MomentReader(problems, catalog.zone());
    this.bought = BoughtUnits.of(catalog);
  }

  /**
   * One of them; null after adding a problem.
   *
   * @param payers the accounts that a test can tell the balance of, where units are for its own
   *     devices'; null where any account is named
   */
  @Nullable TopUp read(Yaml item, @Nullable Set<String> payers) {
    Fields fields = Fields.of(item, item, "what is given", problems);
    if (fields == null) {
      return null;
    }
    boolean adjusts = fields.has(ADJUST);
    boolean isMoney = fields.has("balance") || adjusts && !fields.has("allowance");
    Set<String> known = new TreeSet<>(isMoney ? MONEY : UNITS);
    known.add(adjusts ? ADJUST : isMoney ? "balance" : "units");
    boolean isNamed = isMoney || payers == null;
    if (isNamed) {
      known.add("account");
    }
    fields.allow(known);
    Yaml.Scalar nameAt = isNamed ? fields.text("account", "account: maker") : null;
    String name = nameAt == null ? "" : nameAt.text();
    if (nameAt != null && payers != null && !payers.contains(name)) {
      return scalars.reject(
          nameAt,
          "unknown-sponsor",
          "pays for nothing of the offer within its balance",
          payers.isEmpty() ? "Remove it" : Spelling.fix(name, payers));
    }
    Yaml.Scalar at = fields.optionalText("at", "at: 2026-11-02T10:00");
    Instant when = moments.read(at);
    TopUp.Paid paid = isMoney ? money(fields, adjusts) : units(fields, adjusts, when);
    return paid == null || isNamed && nameAt == null || at != null && when == null
        ? null
        : new TopUp(CatalogTestReader.place(item), name, Optional.ofNullable(when), paid);
  }

  private TopUp.@Nullable Money money(Fields fields, boolean adjusts) {
    Yaml.Scalar at =
        adjusts ? fields.text(ADJUST, "adjust: -2.00") : fields.text("balance", "balance: 2.00");
    BigDecimal amount = adjusts ? amounts.readSigned(at) : amounts.read(at);
    if (at == null || amount == null) {
      return null;
    }
    if (adjusts && amount.signum() == 0) {
      return scalars.reject(at, "bad-quantity", "puts nothing right", "Write it like -2.00");
    }
    if (exceeds(amount.movePointRight(ledgerScale).toBigIntegerExact())) {
      return scalars.reject(
          at, "price-too-large", "is more than a balance takes", "Write a smaller amount");
    }
    return new TopUp.Money(amount, adjusts);
  }

  private static boolean exceeds(BigInteger number) {
    return number.abs().compareTo(BigInteger.valueOf(TopUp.MOST)) > 0;
  }

  private TopUp.@Nullable Units units(Fields fields, boolean adjusts, @Nullable Instant from) {
    Yaml.Scalar unitsAt =
        adjusts
            ? fields.text(ADJUST, "adjust: -500")
            : fields.text("units", "units: 500, or balance: 2.00");
    Yaml.Scalar nameAt = fields.text("allowance", "allowance: extra");
    Yaml.Scalar bucketAt = fields.optionalText("bucket", "bucket: summer");
    Yaml.Scalar expiresAt = fields.optionalText("expires", "expires: 2026-12-02");
    BigDecimal quantity =
        adjusts ? scalars.signed(unitsAt) : scalars.decimal(unitsAt, Scalars.MAX_FRACTION_DIGITS);
    Instant expires = moments.read(expiresAt);
    if (unitsAt == null
        || nameAt == null
        || quantity == null
        || expiresAt != null && expires == null) {
      return null;
    }
    String name = nameAt.text();
    BoughtUnits units = bought.get(name);
    if (units == null) {
      return scalars.reject(
          nameAt,
          "unknown-allowance",
          "is not an allowance that is bought",
          bought.isEmpty()
              ? "Write 'bought: true' in the allowance"
              : Spelling.fix(name, bought.keySet()));
    }
    long scaled = units.scaled(quantity).orElse(0L);
    if (scaled == 0 || exceeds(BigInteger.valueOf(scaled))) {
      return scalars.reject(
          unitsAt,
          "bad-quantity",
          "is nothing, or finer or larger than the allowance's meter takes",
          "Write it like 500, in a " + units.unit().symbol());
    }
    if (expiresAt != null && expires != null && from != null && !expires.isAfter(from)) {
      return scalars.reject(
          expiresAt, "never-valid", "is not after 'at'", "Let it end after it is there");
    }
    return new TopUp.Units(
        name,
        quantity,
        adjusts,
        bucketAt == null ? name : bucketAt.text(),
        Optional.ofNullable(expires));
  }
}
