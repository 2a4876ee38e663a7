package io.millrace.ops.cli;

import io.millrace.connectors.tenant.Tenant;
import io.millrace.connectors.tenant.Tenants;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which tenant of a database is asked about.
 *
 * @param name the one named by the user
 * @param id else the one that an id names; else the one made last
 */
record WhoseBooks(@Nullable String name, Optional<Integer> id) {

  Optional<Tenant> in(Tenants tenants) throws SQLException {
    if (name != null) {
      return tenants.find(name);
    }
    return id.isPresent() ? tenants.find(id.get()) : tenants.newest();
  }
}
