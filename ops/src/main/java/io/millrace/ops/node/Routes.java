package io.millrace.ops.node;

import io.millrace.connectors.amqp.AmqpSourceComponent;
import io.millrace.connectors.files.SourceFiles;
import io.millrace.connectors.http.HttpSourceComponent;
import io.millrace.connectors.http.HttpSources;
import io.millrace.connectors.kafka.KafkaSourceComponent;
import io.millrace.connectors.mediation.UsageComponent;
import io.millrace.connectors.mqtt.MqttComponent;
import io.millrace.connectors.pulsar.PulsarSourceComponent;
import io.millrace.connectors.sftp.SftpSourceComponent;
import io.millrace.connectors.source.SlotLeases;
import io.millrace.connectors.source.SourceRegistry;
import io.millrace.ops.rest.RestRoute;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.component.platform.http.main.MainHttpServer;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;

/**
 * A node's Camel: the REST route, the core routes of the class path and the source routes of a
 * folder. Started in that order and stopped in the opposite one, so that sources stop taking in
 * first, and what is in flight waits for its commit.
 */
public final class Routes implements AutoCloseable {
  /** How long a stop waits for what is in flight. */
  static final int STOP_SECONDS = 30;

  private static final String SUFFIX = ".camel.yaml";
  private static final String USAGE = "routes/core/usage.camel.yaml";

  /** Runs where an ERP is named: until then, deliveries wait in the outbox. */
  private static final String ERP_DELIVERY = "routes/core/erp-delivery.camel.yaml";

  /** Runs where someone is named who is told of accounts. */
  private static final String NOTICE_DELIVERY = "routes/core/notice-delivery.camel.yaml";

  /** Where Kamelets are found. */
  static final String KAMELETS = "classpath:kamelets";

  private static final String ERP_URL = "camel.kamelet.erp-http-sink.url";
  private static final String NOTICE_URL = "camel.kamelet.notice-http-sink.url";
  private static final int WORKERS = 8;

  private final Main main;
  private final Vertx vertx;

  private final List<SourceFile> loaded;
  private volatile @Nullable RouteReload reload;

  /** A file with a source route, as it was loaded. */
  record SourceFile(Path file, byte[] bytes, String id) {}

  private Routes(Main main, Vertx vertx, List<SourceFile> loaded) {
    this.main = main;
    this.vertx = vertx;
    this.loaded = loaded;
  }

  /** Makes a context one that core and source routes can be brought up in. */
  static void components(
      CamelContext context,
      NodeConfig config,
      SlotLeases leases,
      SourceFiles files,
      SourceRegistry sources,
      HttpSources posted) {
    // A failed exchange is its source's to count, to tell and to try again.
    context.getCamelContextExtension().setErrorHandlerFactory(new NoErrorHandlerDefinition());
    MqttComponent.install(context, config.tenant(), leases, sources);
    KafkaSourceComponent.install(context, config.tenant(), sources);
    AmqpSourceComponent.install(context, sources);
    PulsarSourceComponent.install(context, config.tenant(), sources);
    SftpSourceComponent.install(context, files, sources);
    HttpSourceComponent.install(context, sources, posted);
    UsageComponent.install(context);
  }

  /**
   * Has the source routes follow their files from here on.
   *
   * @param beans what routes name as {@code ref}, by name
   * @param files who reads which file of a source
   * @param changed told when the routes that run are others
   */
  void follow(NodeConfig config, Map<String, Object> beans, SourceFiles files, Runnable changed) {
    RouteReload follows =
        new RouteReload(
            config.routes(), new RouteStage(context(), config, beans, files, changed), loaded);
    reload = follows;
    follows.start();
  }

  /** Looks whether files have changed; does nothing where routes don't follow them. */
  void look() {
    RouteReload follows = reload;
    if (follows != null) {
      follows.look();
    }
  }

  /** Files that were not loaded while the node runs, each with its reason. */
  List<String> notLoaded() {
    RouteReload follows = reload;
    return follows == null ? List.of() : follows.refused();
  }

  /**
   * Starts the routes.
   *
   * @param beans what routes name as {@code ref}, by name
   * @param leases which slots of the sources this node may run
   * @param files who reads which file of a source
   * @param sources where its sources can be found while they run
   * @param rest the REST route
   * @param posted where its HTTP sources can be found while they run
   * @param beside what else has the server's router answer requests, ahead of the REST route
   * @throws Exception where a route can't be read or started; nothing runs then
   */
  static Routes start(
      NodeConfig config,
      Map<String, Object> beans,
      SlotLeases leases,
      SourceFiles files,
      SourceRegistry sources,
      RoutesBuilder rest,
      HttpSources posted,
      Consumer<Router> beside)
      throws Exception {
    Main main = new Main();
    Vertx vertx = vertx();
    List<SourceFile> loaded = new ArrayList<>();
    main.bind("vertx", vertx);
    beans.forEach(main::bind);
    main.setOverrideProperties(new Properties());
    main.setPropertyPlaceholderLocations("false");
    config.properties().forEach(main::addInitialProperty);
    hardened(config).forEach(main::addOverrideProperty);
    main.configure()
        .withAutoConfigurationEnvironmentVariablesEnabled(false)
        .withAutoConfigurationSystemPropertiesEnabled(false)
        .withBasePackageScanEnabled(false)
        .withRoutesCollectorEnabled(false);
    main.addMainListener(
        new MainListenerSupport() {
          @Override
          public void afterConfigure(BaseMainSupport support) {
            try {
              CamelContext context = support.getCamelContext();
              components(context, config, leases, files, sources, posted);
              context.addRoutes(rest);
              loadCore(context, config);
              loaded.addAll(loadSources(context, config.routes()));
            } catch (Exception e) {
              throw new RoutesRefused(e);
            }
          }
        });
    Routes routes = new Routes(main, vertx, loaded);
    try {
      main.start();
      // The router is there once the server listens; until then the REST route answers all.
      Router router = routes.server().getRouter();
      beside.accept(router);
      RestRoute.answerErrorsOf(router);
      return routes;
    } catch (Exception e) {
      routes.close();
      throw e;
    }
  }

  /** Carries a checked exception out of a listener. */
  private static final class RoutesRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RoutesRefused(Exception cause) {
      super(cause);
    }
  }

  /** Ours, so that it has few threads and is closed with the context. */
  private static Vertx vertx() {
    return Vertx.vertx(
        new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(WORKERS)
            .setInternalBlockingPoolSize(1)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false)));
  }

  private static Map<String, String> hardened(NodeConfig config) {
    return Map.ofEntries(
        Map.entry("camel.main.name", "millrace"),
        Map.entry("camel.main.startup-summary-level", "Off"),
        Map.entry("camel.main.shutdown-timeout", Integer.toString(STOP_SECONDS)),
        Map.entry("camel.main.jmx-enabled", "true"),
        Map.entry("camel.main.jmx-update-route-enabled", "false"),
        Map.entry("camel.main.jmx-management-mbeans-level", "RoutesOnly"),
        Map.entry("camel.main.dev-console-enabled", "false"),
        Map.entry("camel.main.routes-reload-enabled", "false"),
        Map.entry("camel.main.modeline", "false"),
        Map.entry("camel.main.stream-caching-spool-enabled", "false"),
        Map.entry("camel.component.kamelet.location", KAMELETS),
        Map.entry("camel.server.enabled", "true"),
        Map.entry("camel.server.host", config.host()),
        Map.entry("camel.server.port", Integer.toString(config.port())),
        Map.entry("camel.server.max-body-size", Integer.toString(RestRoute.MOST_BODY)),
        Map.entry("camel.server.file-upload-enabled", "false"),
        Map.entry("camel.server.static-enabled", "false"));
  }

  /** Loads the routes of the node itself. */
  static void loadCore(CamelContext context, NodeConfig config) throws Exception {
    List<Resource> resources = new ArrayList<>();
    resources.add(ResourceHelper.resolveMandatoryResource(context, "classpath:" + USAGE));
    if (config.properties().containsKey(ERP_URL)) {
      resources.add(ResourceHelper.resolveMandatoryResource(context, "classpath:" + ERP_DELIVERY));
    }
    if (config.properties().containsKey(NOTICE_URL)) {
      resources.add(
          ResourceHelper.resolveMandatoryResource(context, "classpath:" + NOTICE_DELIVERY));
    }
    PluginHelper.getRoutesLoader(context).loadRoutes(resources);
  }

  private static List<SourceFile> loadSources(CamelContext context, Path folder) throws Exception {
    List<SourceFile> all = new ArrayList<>();
    for (Path file : sourceFiles(folder)) {
      byte[] bytes = Files.readAllBytes(file);
      Set<String> before = RouteStage.defined(context);
      PluginHelper.getRoutesLoader(context)
          .loadRoutes(ResourceHelper.fromBytes(file.toString(), bytes));
      Set<String> own = RouteStage.defined(context);
      own.removeAll(before);
      all.add(new SourceFile(file, bytes, own.isEmpty() ? "" : own.iterator().next()));
    }
    return all;
  }

  /** The route files of a folder, by name. */
  public static List<Path> sourceFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.getFileName().toString().endsWith(SUFFIX)).sorted().toList();
    }
  }

  /** The context, for faces that look at it. */
  public CamelContext context() {
    return main.getCamelContext();
  }

  /** The port that REST listens on. */
  int port() {
    return server().getRouter().getServer().getPort();
  }

  private MainHttpServer server() {
    MainHttpServer server = context().hasService(MainHttpServer.class);
    if (server == null) {
      throw new IllegalStateException("the HTTP server is not there");
    }
    return server;
  }

  /** Stops the sources, waits for what is in flight, and stops the rest. */
  @Override
  public void close() {
    RouteReload follows = reload;
    if (follows != null) {
      follows.close();
    }
    main.stop();
    vertx.close();
  }
}
