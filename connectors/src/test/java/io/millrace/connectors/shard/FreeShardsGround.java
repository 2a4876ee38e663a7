package io.millrace.connectors.shard;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.connectors.tenant.Tenants;
import io.millrace.processors.rating.Rules;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A database of a tenant whose shards nobody owns yet, with one account. */
abstract class FreeShardsGround {
  static final int SHARDS = 4;
  static final long NOW = Instant.parse("2026-11-02T00:00:00Z").toEpochMilli();

  private final int leaseMillis;
  Database database;
  Tenant tenant;
  Rules rules;
  Store store;
  int account;

  FreeShardsGround(int leaseMillis) {
    this.leaseMillis = leaseMillis;
  }

  @BeforeEach
  void open() throws Exception {
    database = TestServer.open(TestServer.emptyDatabase());
    Tenants all = new Tenants(database.pool());
    tenant = all.ensure("city", SHARDS);
    byte[] text = CatalogFile.template("smart-city.yaml");
    Catalog catalog =
        ((CatalogFile.Result.Accepted) CatalogFile.read("smart-city.yaml", text)).catalog();
    rules = all.activate(tenant, catalog, text, NodeShards::genesis);
    store = new PostgresStore(database.pool(), tenant.id(), leaseMillis, CrashPoints.NONE);
    account = all.customers(tenant, rules.catalog(), Set.of("city")).get("city");
  }

  @AfterEach
  void close() {
    database.close();
  }

  /** A node that owns nothing yet. */
  NodeShards shards(String name, Store over) {
    return new NodeShards(tenant.id(), SHARDS, over, rules, name, CrashPoints.NONE);
  }
}
