package io.millrace.connectors.explain;

import io.millrace.connectors.tenant.Tenant;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.ChargeId;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Walks from a charge to its raw events and checks every hash and sum on the way. Safe for any
 * thread.
 */
public final class Explainer {
  private final DataSource pool;
  private final Tenant tenant;
  private final Rules rules;
  private final ChargeStore charges;

  /**
   * Of a tenant.
   *
   * @param rules that it rates by
   */
  public Explainer(DataSource pool, Tenant tenant, Rules rules) {
    this.pool = pool;
    this.tenant = tenant;
    this.rules = rules;
    this.charges = new ChargeStore(pool);
  }

  /**
   * Explains a charge.
   *
   * @param most events that are kept for showing; all are checked
   * @param wholeChain whether the shard's chain is followed through all journal rows that hold its
   *     events, however many lie in between; else through as many as take a fraction of a second
   * @return empty where the tenant has no such charge
   */
  public Optional<Explanation> explain(ChargeId id, int most, boolean wholeChain)
      throws SQLException {
    if (id.tenant() != tenant.id()) {
      return Optional.empty();
    }
    Optional<StoredCharge> found = charges.find(id);
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(new ChargeWalk(pool, tenant, rules, found.get(), most).run(wholeChain));
  }
}
