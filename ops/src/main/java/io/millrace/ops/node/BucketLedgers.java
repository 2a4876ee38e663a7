package io.millrace.ops.node;

import io.millrace.connectors.tenant.BalanceAccounts;
import io.millrace.connectors.tenant.BalanceAccounts.BucketLedger;
import io.millrace.connectors.tenant.Customers.Customer;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.processors.rating.Rules;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** Where customers' buckets are posted, remembered once it was looked up; safe for any thread. */
final class BucketLedgers {
  /** Customers that are remembered; more are looked up again. */
  private static final int MOST_KNOWN = 1 << 16;

  private final Map<Integer, BucketLedger> known = new ConcurrentHashMap<>();

  /** Of a customer; made where there is none. */
  BucketLedger of(DataSource database, Tenant tenant, Rules rules, Customer customer)
      throws SQLException {
    BucketLedger found = known.get(customer.id());
    if (found == null) {
      found = new BalanceAccounts(database, tenant, rules.catalog()).buckets(customer.name());
      if (known.size() < MOST_KNOWN) {
        known.put(customer.id(), found);
      }
    }
    return found;
  }
}
