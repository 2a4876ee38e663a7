package io.millrace.ops.node;

import io.millrace.connectors.files.SourceFiles;
import io.millrace.connectors.http.HttpSources;
import io.millrace.connectors.settlement.Outbox;
import io.millrace.connectors.settlement.OutboxSteps;
import io.millrace.connectors.shard.NoticeRows;
import io.millrace.connectors.source.PostgresSlotLeases;
import io.millrace.connectors.source.SourceRegistry;
import io.millrace.connectors.tenant.AnswerStore;
import io.millrace.ops.jmx.JmxFace;
import io.millrace.ops.metrics.NodeMetrics;
import io.millrace.ops.rest.AccountHandlers;
import io.millrace.ops.rest.AccountRequests;
import io.millrace.ops.rest.Api;
import io.millrace.ops.rest.BalanceHandlers;
import io.millrace.ops.rest.BooksHandlers;
import io.millrace.ops.rest.Call;
import io.millrace.ops.rest.Callers;
import io.millrace.ops.rest.CatalogHandlers;
import io.millrace.ops.rest.ChargeHandlers;
import io.millrace.ops.rest.ClockHandlers;
import io.millrace.ops.rest.Contract;
import io.millrace.ops.rest.DeviceHandlers;
import io.millrace.ops.rest.EntitlementHandlers;
import io.millrace.ops.rest.FileHandlers;
import io.millrace.ops.rest.HealthHandlers;
import io.millrace.ops.rest.NchfHandlers;
import io.millrace.ops.rest.NchfRequests;
import io.millrace.ops.rest.OperatorHandlers;
import io.millrace.ops.rest.Repeats;
import io.millrace.ops.rest.ReservationHandlers;
import io.millrace.ops.rest.RestRoute;
import io.millrace.ops.rest.SettlementHandlers;
import io.millrace.ops.rest.StreamedRequests;
import io.millrace.ops.rest.SuspenseHandlers;
import io.millrace.ops.rest.UsageRequests;
import io.millrace.processors.settlement.DeliveryPolicy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The routes and faces of a node, over an engine that runs. Close it before the engine: the sources
 * stop taking in, and what is in flight ends with its commit.
 */
public final class CamelNode implements AutoCloseable {
  private final Node node;
  private final PeriodClose periods;
  private final List<OutboxSteps> outboxes;
  private final Routes routes;
  private final UsageRequests usage;
  private final Operator operator;
  private final Api api;

  private @Nullable JmxFace jmx;

  private CamelNode(
      Node node,
      PeriodClose periods,
      List<OutboxSteps> outboxes,
      Routes routes,
      UsageRequests usage,
      Operator operator,
      Api api) {
    this.node = node;
    this.periods = periods;
    this.outboxes = outboxes;
    this.routes = routes;
    this.usage = usage;
    this.operator = operator;
    this.api = api;
  }

  /**
   * Starts the routes and the faces.
   *
   * @throws Exception where something can't be started; none of them runs then
   */
  public static CamelNode start(Node node) throws Exception {
    NodeConfig config = node.config();
    SourceRegistry registry = new SourceRegistry();
    PeriodClose periods = new PeriodClose(node);
    Operator operator = new Operator(node, periods, registry);
    Contract contract = Contract.read();
    AccountDesk desk = new AccountDesk(node);
    desk.lookUpAll();
    AccountHandlers accounts = new AccountHandlers(operator, desk);
    ReservationHandlers reservations = new ReservationHandlers(operator, desk);
    Map<String, Call.Handler> handlers = handlers(node, operator);
    handlers.putAll(accounts.all());
    BalanceHandlers balances = new BalanceHandlers(node, desk);
    handlers.putAll(balances.all());
    handlers.putAll(reservations.all());
    EntitlementHandlers entitlements = new EntitlementHandlers(node, desk);
    handlers.putAll(entitlements.all());
    NchfHandlers nchf = new NchfHandlers(node, desk);
    handlers.putAll(nchf.all());
    Api api = new Api(contract, handlers);
    Callers callers = new Callers(isLoopback(config.host()));
    OutboxSteps outbox = outbox(node, PeriodClose.ENDPOINT);
    OutboxSteps notices = outbox(node, NoticeRows.ENDPOINT);
    HttpSources posted = new HttpSources();
    UsageRequests usage = new UsageRequests(contract, posted, callers);
    Map<String, Object> beans = Map.of("usage", node.usage(), "outbox", outbox, "notices", notices);
    SourceFiles files = new SourceFiles(node.database().pool(), node.tenant().id(), config.node());
    Routes routes =
        Routes.start(
            config,
            beans,
            new PostgresSlotLeases(node.database().pool(), node.tenant().id(), config.node()),
            files,
            registry,
            new RestRoute(api, callers),
            posted,
            router -> {
              new StreamedRequests(contract, api, callers).answerOn(router);
              usage.answerOn(router);
              new NchfRequests(contract, api, callers, nchf).answerOn(router);
              new AccountRequests(
                      contract,
                      api,
                      callers,
                      later(reservations, balances),
                      accounts,
                      entitlements.known())
                  .answerOn(router);
            });
    operator.attach(routes);
    CamelNode running =
        new CamelNode(node, periods, List.of(outbox, notices), routes, usage, operator, api);
    try {
      JmxFace face = JmxFace.register(operator, api, running.url());
      running.jmx = face;
      if (config.reload()) {
        routes.follow(config, beans, files, face::followSources);
      }
      periods.start();
      return running;
    } catch (Exception e) {
      running.close();
      throw e;
    }
  }

  private static Map<String, Call.Later> later(
      ReservationHandlers reservations, BalanceHandlers balances) {
    Map<String, Call.Later> all = new HashMap<>(reservations.later());
    all.putAll(balances.later());
    return all;
  }

  private static OutboxSteps outbox(Node node, String endpoint) {
    return new OutboxSteps(
        new Outbox(
            node.database().pool(),
            endpoint,
            DeliveryPolicy.STANDARD,
            () -> ThreadLocalRandom.current().nextInt(1_000)),
        CrashSwitch.ofProcess());
  }

  private static Map<String, Call.Handler> handlers(Node node, Operator operator) {
    Map<String, Call.Handler> handlers = new HashMap<>();
    handlers.putAll(new HealthHandlers(operator, new NodeMetrics(operator)).all());
    handlers.putAll(new ChargeHandlers(node.database().pool(), node.tenant(), node::rules).all());
    handlers.putAll(new FileHandlers(node.database().pool(), node.tenant()).all());
    handlers.putAll(
        new SuspenseHandlers(node.database().pool(), node.tenant(), node.quota()::alarms).all());
    handlers.putAll(new SettlementHandlers(node.database().pool(), node.tenant()).all());
    handlers.putAll(new BooksHandlers(node.database().pool(), node.tenant()).all());
    handlers.putAll(new OperatorHandlers(operator).all());
    handlers.putAll(new ClockHandlers(operator).all());
    handlers.putAll(new CatalogHandlers(node).all());
    handlers.putAll(
        new DeviceHandlers(node.database().pool(), node.tenant())
            .all(
                node::takeDevices,
                new Repeats(new AnswerStore(node.database().pool(), node.tenant()))));
    return handlers;
  }

  /** Whether an address is one of this machine alone. */
  static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** The engine. */
  public Node node() {
    return node;
  }

  /** The verbs that all faces share. */
  public Operator operator() {
    return operator;
  }

  /** What answers REST. */
  public Api api() {
    return api;
  }

  /** The routes. */
  public Routes routes() {
    return routes;
  }

  /** Whether it takes usage in: shards owned, the database answering, sources connected. */
  public boolean isReady() {
    return operator.ready().up();
  }

  /** Where REST answers. */
  public String url() {
    String host = node.config().host();
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + routes.port();
  }

  /** Waits until the process is told to stop: by SIGTERM or Ctrl-C. */
  public void awaitStop() throws InterruptedException {
    StopSignal.await();
  }

  @Override
  public void close() {
    JmxFace face = jmx;
    if (face != null) {
      face.close();
    }
    routes.close();
    usage.close();
    outboxes.forEach(OutboxSteps::close);
    periods.close();
  }
}
