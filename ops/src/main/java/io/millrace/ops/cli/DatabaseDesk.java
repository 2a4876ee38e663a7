package io.millrace.ops.cli;

import io.millrace.connectors.store.Database;
import io.millrace.connectors.tenant.StoredRules;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.connectors.tenant.Tenants;
import io.millrace.ops.Refusal;
import io.millrace.ops.embedded.EmbeddedDatabase;
import io.millrace.ops.node.NodeConfig.DatabaseConfig;
import io.millrace.ops.rest.Answer;
import io.millrace.ops.rest.Api;
import io.millrace.ops.rest.BooksHandlers;
import io.millrace.ops.rest.Call;
import io.millrace.ops.rest.ChargeHandlers;
import io.millrace.ops.rest.Contract;
import io.millrace.ops.rest.DeviceHandlers;
import io.millrace.ops.rest.FileHandlers;
import io.millrace.ops.rest.Json;
import io.millrace.ops.rest.SettlementHandlers;
import io.millrace.ops.rest.SuspenseHandlers;
import io.millrace.processors.rating.Rules;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks the database itself, by the same contract; what needs a node is refused. */
final class DatabaseDesk implements Desk {
  private static final int CONNECTIONS = 2;

  private final @Nullable EmbeddedDatabase server;
  private final Database database;
  private final Api api;

  private DatabaseDesk(@Nullable EmbeddedDatabase server, Database database, Api api) {
    this.server = server;
    this.database = database;
    this.api = api;
  }

  /**
   * The database of a configuration.
   *
   * @param whose the tenant
   */
  static DatabaseDesk of(DatabaseConfig config, WhoseBooks whose) throws Refusal {
    return open(null, config, whose);
  }

  /** The database in a data folder; its server is started for as long as this is open. */
  static DatabaseDesk in(Path postgres, WhoseBooks whose) throws Refusal {
    EmbeddedDatabase server = EmbeddedDatabase.start(postgres, 0);
    try {
      return open(server, new DatabaseConfig(server.url(), EmbeddedDatabase.USER, ""), whose);
    } catch (Refusal | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static DatabaseDesk open(
      @Nullable EmbeddedDatabase server, DatabaseConfig config, WhoseBooks whose) throws Refusal {
    Database database = Database.open(config.url(), config.user(), config.password(), CONNECTIONS);
    try {
      Tenants tenants = new Tenants(database.pool());
      Optional<Tenant> tenant = whose.in(tenants);
      Optional<Rules> rules =
          tenant.isEmpty()
              ? Optional.empty()
              : new StoredRules(database.pool(), tenant.get()).newest();
      if (tenant.isEmpty() || rules.isEmpty()) {
        throw new Refusal(
            Refusal.Kind.UNKNOWN,
            "unknown-tenant",
            "the database has no such tenant",
            "name another with --tenant, or run a node on it first");
      }
      return new DatabaseDesk(server, database, api(database, tenant.get(), rules.get()));
    } catch (SQLException e) {
      database.close();
      throw Refusal.database();
    } catch (Refusal | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  private static Api api(Database database, Tenant tenant, Rules rules) {
    Map<String, Call.Handler> handlers = new HashMap<>();
    handlers.putAll(new ChargeHandlers(database.pool(), tenant, () -> rules).all());
    handlers.putAll(new FileHandlers(database.pool(), tenant).all());
    handlers.putAll(new SuspenseHandlers(database.pool(), tenant, List::of).all());
    handlers.putAll(new SettlementHandlers(database.pool(), tenant).all());
    handlers.putAll(new DeviceHandlers(database.pool(), tenant).all());
    handlers.putAll(new BooksHandlers(database.pool(), tenant).all());
    return new Api(Contract.read(), handlers);
  }

  @Override
  public Map<String, Object> ask(String path, String query, @Nullable Map<String, Object> body)
      throws Refusal {
    Answer answer =
        api.answer(
            body == null
                ? Api.Request.get(path, query)
                : new Api.Request("POST", path, query, "application/json", Json.write(body)));
    try {
      Map<String, Object> tree = Json.readObject(answer.body());
      if (answer.status() >= 400) {
        throw RestDesk.refusal(answer.status(), tree);
      }
      return tree;
    } catch (IOException e) {
      throw new IllegalStateException("the API answered no JSON", e);
    }
  }

  @Override
  public Map<String, Object> upload(String path, String type, Path file) throws Refusal {
    throw new Refusal(
        Refusal.Kind.UNAVAILABLE,
        "needs-a-node",
        "only a running node can take that in",
        "start it with `./millrace run --config FILE`, or name it with --url");
  }

  @Override
  public void close() {
    database.close();
    if (server != null) {
      server.close();
    }
  }
}
