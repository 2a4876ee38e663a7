package io.millrace.ops.node;

import io.millrace.connectors.tenant.BalanceAccounts.BucketLedger;
import io.millrace.ops.Refusal;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountRequest.Into;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of an account as it is asked for.
 *
 * @param name its name among those of its account
 * @param eventType the event type that it is for alone; null for that which it has, or any
 * @param expires its first moment after; null for that which it has, or none
 */
public record NamedBucket(String name, @Nullable String eventType, @Nullable Instant expires) {

  Into into(Rules rules, BucketLedger ledger) throws Refusal {
    return new Into(
        name,
        eventType == null ? Into.UNSAID : type(rules, eventType),
        expires == null ? Into.UNSAID : expires.toEpochMilli(),
        ledger.bonus(),
        ledger.expired());
  }

  private static int type(Rules rules, String name) throws Refusal {
    for (int t = 0; t < rules.types().size(); t++) {
      if (rules.types().get(t).name().equals(name)) {
        return t;
      }
    }
    throw new Refusal(
        Refusal.Kind.MISUSE,
        "unknown-type",
        "no meter of the catalog reads events of that type",
        "name the event type of a meter, or leave it out for any use");
  }
}
