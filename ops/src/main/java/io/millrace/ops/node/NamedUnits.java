package io.millrace.ops.node;

import io.millrace.catalog.BoughtUnits;
import io.millrace.ops.Refusal;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.AccountRequest.Into;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Units of an allowance as they are asked for.
 *
 * @param quantity a decimal of the allowance's unit, negative where units are taken off
 * @param allowance one that some offer says is bought
 * @param bucket its name among the account's; null for that of the allowance
 * @param expires its first moment after; null for that which it has, or none
 */
public record NamedUnits(
    String quantity, String allowance, @Nullable String bucket, @Nullable Instant expires) {

  /** What they are counted in. */
  public BoughtUnits units(Rules rules) throws Refusal {
    BoughtUnits found = BoughtUnits.of(rules.catalogs()).get(allowance);
    if (found == null) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "unknown-allowance",
          "no offer of the catalog has an allowance of that name that is bought",
          "name one that says 'bought: true'");
    }
    return found;
  }

  /**
   * The request for them.
   *
   * @param adjustment whether they are put right rather than added
   * @param reason in somebody's words; empty where there is none
   */
  public AccountRequest.Units request(
      AccountRequest.Key key, int account, Rules rules, boolean adjustment, String reason)
      throws Refusal {
    BigDecimal asked = new BigDecimal(quantity);
    long scaled = units(rules).scaled(asked).orElse(0L);
    if (scaled == 0 || scaled < 0 && !adjustment || Math.abs(scaled) > AccountRequest.MOST_UNITS) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "bad-quantity",
          "the quantity is 0, finer or larger than its meter takes, or of the wrong sign",
          "write it like 500, in a " + units(rules).unit().symbol());
    }
    return new AccountRequest.Units(
        key,
        account,
        bucket == null ? allowance : bucket,
        allowance,
        scaled,
        adjustment,
        expires == null ? Into.UNSAID : expires.toEpochMilli(),
        reason);
  }
}
