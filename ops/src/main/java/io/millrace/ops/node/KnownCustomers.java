package io.millrace.ops.node;

import io.millrace.connectors.tenant.Customers;
import io.millrace.connectors.tenant.Customers.Customer;
import io.millrace.connectors.tenant.Device;
import io.millrace.ops.Refusal;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the names of customers stand for; those with balances are remembered, so that no request to
 * one asks the database. Safe for any thread.
 */
final class KnownCustomers {
  private static final Logger LOG = LoggerFactory.getLogger(KnownCustomers.class);

  /** Customers that are remembered, some 200 bytes each; more are looked up again. */
  private static final int MOST_KNOWN = 1 << 17;

  private final Node node;
  private final Map<String, Customer> known = new ConcurrentHashMap<>();

  KnownCustomers(Node node) {
    this.node = node;
  }

  /**
   * Looks up those with balances beside all else, so that the first request of each need not. Where
   * that fails they are looked up as they are asked for.
   */
  void lookUpAll() {
    Thread.ofVirtual().name("millrace-accounts").start(this::lookUpRoots);
  }

  private void lookUpRoots() {
    try {
      Customers.roots(
          node.database().pool(),
          node.tenant(),
          MOST_KNOWN,
          root -> known.putIfAbsent(root.name(), root));
    } catch (SQLException e) {
      LOG.info("accounts are looked up as they are asked for: {}", e.getMessage());
    }
  }

  /** The account of a name or id, where that is known to be a root. */
  Optional<Customer> known(String nameOrId) {
    return Optional.ofNullable(known.get(nameOrId));
  }

  /** The customer of a name or id. */
  Customer find(String nameOrId) throws SQLException, Refusal {
    Customer found = known.get(nameOrId);
    if (found == null) {
      if (!Device.isName(nameOrId)) {
        throw unknown();
      }
      found =
          Customers.find(node.database().pool(), node.tenant(), nameOrId)
              .orElseThrow(KnownCustomers::unknown);
      // An account may become a root, but no root ever stops being one.
      if (found.rooted() && known.size() < MOST_KNOWN) {
        known.put(nameOrId, found);
      }
    }
    return found;
  }

  /** Has one looked up again: it may have become a root. */
  void forget(String name) {
    known.remove(name);
  }

  private static Refusal unknown() {
    return new Refusal(
        Refusal.Kind.UNKNOWN,
        "unknown-account",
        "there is no customer account of that name or id",
        "accounts come with the devices that are imported on them, or are opened with a balance");
  }
}
