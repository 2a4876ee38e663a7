package io.millrace.ops.demo;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.settlement.CloseAnswer;
import io.millrace.connectors.settlement.Closer;
import io.millrace.connectors.tenant.Device;
import io.millrace.ops.demo.generator.Load;
import io.millrace.ops.demo.generator.Publisher;
import io.millrace.ops.demo.generator.SimulatedClock;
import io.millrace.ops.demo.manifest.Figures;
import io.millrace.ops.demo.manifest.Manifest;
import io.millrace.ops.demo.manifest.Proof;
import io.millrace.ops.demo.manifest.Terms;
import io.millrace.ops.embedded.BrokerSafety;
import io.millrace.ops.embedded.EmbeddedBroker;
import io.millrace.ops.embedded.EmbeddedDatabase;
import io.millrace.ops.erp.ErpServer;
import io.millrace.ops.node.CamelNode;
import io.millrace.ops.node.CrashSwitch;
import io.millrace.ops.node.Node;
import io.millrace.ops.node.NodeClock;
import io.millrace.ops.node.NodeConfig;
import io.millrace.ops.node.NodeFile;
import io.millrace.processors.shard.SourceCounts;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A smart city's day from lamp to ledger: everything embedded in this process, every wire and every
 * disk a real one. Each run is a tenant of its own, so that no run is in the way of the next.
 */
public final class DemoRun {
  private static final ZoneId ZONE = ZoneId.of("Europe/Madrid");
  private static final String CUSTOMER = "city";

  /** Without any progress for this long the demo says so and ends. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final long LOOK_MILLIS = 50;

  private final DemoOptions options;
  private final PrintStream out;
  private final Face face;
  private final Load load;
  private final Manifest manifest;
  private final SimulatedClock simulated;
  private final AtomicLong ended = new AtomicLong(Long.MIN_VALUE);

  /** A demo that prints to {@code out}. */
  public DemoRun(DemoOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
    this.face = Face.of(out);
    this.load = options.load();
    this.manifest = new Manifest(load.lamps(), load.start(), load.length(), Terms.SMART_CITY);
    this.simulated = new SimulatedClock(load.start());
  }

  /**
   * Runs it to the end.
   *
   * @return how it ended
   */
  public Outcome run() throws Exception {
    say("starting PostgreSQL, the MQTT broker, Hazelcast, the ERP and the gateway ...");
    Path data = Files.createDirectories(options.data());
    try (EmbeddedDatabase postgres = EmbeddedDatabase.start(data.resolve("postgres"), 0)) {
      String run = nextRun(data);
      Path own = Files.createDirectories(data.resolve(run));
      try (EmbeddedBroker broker =
              EmbeddedBroker.start(own.resolve("broker"), 0, BrokerSafety.PROCESS_DEATH);
          ErpServer erp = ErpServer.start(0, own.resolve("erp.journal"));
          Node node = node(config(run, postgres, broker, erp));
          CamelNode camel = CamelNode.start(node)) {
        say(
            "  PostgreSQL on port %d, broker on port %d, ERP on port %d, REST on %s"
                .formatted(postgres.port(), broker.port(), erp.port(), camel.url()));
        importLamps(node);
        NodeFile file = NodeFile.in(data);
        try {
          file.write(camel.url());
          Outcome outcome = drive(node, camel, broker, erp);
          out.print(Report.of(outcome, face, options.stay()));
          if (options.summary().isPresent()) {
            Summary.write(options.summary().get(), outcome);
          }
          if (options.stay()) {
            say("");
            say("Staying at " + camel.url() + " until you press Ctrl-C.");
            camel.awaitStop();
          }
          return outcome;
        } finally {
          file.remove();
        }
      }
    }
  }

  /** A name that no earlier run of this folder has. */
  private static String nextRun(Path data) throws IOException {
    for (int n = 1; ; n++) {
      String name = "demo-" + n;
      if (Files.notExists(data.resolve(name))) {
        return name;
      }
    }
  }

  private NodeConfig config(
      String run, EmbeddedDatabase postgres, EmbeddedBroker broker, ErpServer erp) {
    Path home = Path.of(System.getProperty("millrace.home", "")).toAbsolutePath();
    return new NodeConfig(
        run,
        run,
        NodeConfig.SHARDS,
        new NodeConfig.DatabaseConfig(postgres.url(), EmbeddedDatabase.USER, ""),
        home.resolve("smart-city.yaml"),
        Optional.empty(),
        home.resolve("routes/sources"),
        "127.0.0.1",
        options.port(),
        NodeConfig.IN_FLIGHT,
        NodeConfig.LEASE_MILLIS,
        NodeConfig.CHECKPOINT_MILLIS,
        Map.of(
            "mqtt.url",
            broker.url(),
            "camel.kamelet.erp-http-sink.url",
            erp.uri() + "/journal-entries",
            "camel.kamelet.erp-http-sink.token",
            "demo",
            "millrace.erp.poll",
            "100"));
  }

  private Node node(NodeConfig config) throws IOException, SQLException {
    byte[] text = CatalogFile.template("smart-city.yaml");
    Catalog catalog =
        switch (CatalogFile.read("smart-city.yaml", text)) {
          case CatalogFile.Result.Accepted accepted -> accepted.catalog();
          case CatalogFile.Result.Rejected rejected ->
              throw new IllegalStateException("the demo's catalog: " + rejected.problems());
        };
    return Node.start(
        config,
        text,
        catalog,
        // The books of the run stay open to its last millisecond, until they are to be closed.
        NodeClock.simulated(
            () -> Math.max(Math.min(simulated.now(), lastMillisecond()), ended.get())),
        CrashSwitch.ofProcess());
  }

  private long lastMillisecond() {
    return load.start().plus(load.length()).toEpochMilli() - 1;
  }

  private void importLamps(Node node) throws SQLException {
    Instant from = load.start();
    List<Device> lamps = new ArrayList<>(load.lamps());
    for (int lamp = 1; lamp <= load.lamps(); lamp++) {
      lamps.add(new Device(Load.subject(lamp), CUSTOMER, "lamp", from, Optional.empty()));
    }
    int known = node.importDevices(lamps, n -> {});
    say("  %,d lamps subscribed".formatted(known));
  }

  private Outcome drive(Node node, CamelNode camel, EmbeddedBroker broker, ErpServer erp)
      throws Exception {
    ActualBooks actual = new ActualBooks(node, load.lamps(), manifest.periods());
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", broker.port());
    await("the sources to subscribe", camel::isReady, () -> node.host().trouble());
    long begun = System.nanoTime();
    long before = node.host().committedRows();
    try (Publisher publisher =
        new Publisher(
            load, address, manifest, simulated, () -> node.host().committedRows() - before)) {
      try (LiveTable table =
          new LiveTable(out, face, ZONE, "EUR", () -> live(node, actual, publisher))) {
        publisher.start();
        table.start();
        Publisher.Progress all = publisher.end().get();
        await(
            "the gateway to take the last events",
            () -> isTaken(actual.counts(), all),
            () -> node.host().trouble());
      }
      settle(node);
      await("the ERP to acknowledge", () -> delivered(actual), () -> null);
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      Figures expected = manifest.expected();
      Figures figures = actual.read(manifest, ErpTotals.read(erp.uri()));
      Proof proof = Proof.check(expected, figures, publisher.progress().resent());
      return new Outcome(
          load, "EUR", took, expected, figures, proof, actual.deliveries(), actual.charge());
    }
  }

  /** Redeliveries are received as well, so what is charged and suspended must be complete too. */
  private boolean isTaken(SourceCounts counts, Publisher.Progress all) {
    Figures expected = manifest.expected();
    return counts.received() >= all.published()
        && counts.charged() + counts.suspended() >= expected.charged() + expected.suspendedInAll();
  }

  private LiveFigures live(Node node, ActualBooks actual, Publisher publisher) {
    SourceCounts counts = actual.counts();
    long money =
        node.host()
            .ask(all -> all.stream().mapToLong(s -> s.money()[0] + s.money()[1]).sum())
            .join();
    Publisher.Progress progress = publisher.progress();
    String trouble = node.host().trouble();
    return new LiveFigures(
        counts.received(),
        counts.duplicate(),
        counts.suspended(),
        counts.charged(),
        BigDecimal.valueOf(money, node.rules().catalog().ledgerScale()),
        Math.max(0, progress.published() - counts.received()),
        Instant.ofEpochMilli(simulated.now()),
        progress.minutes(),
        load.minutes(),
        trouble == null ? progress.trouble() : trouble);
  }

  /** Closes the periods of the run one by one, once the clock has passed their end. */
  private void settle(Node node) throws Exception {
    Closer closer = new Closer(node.database().pool());
    int tenant = node.tenant().id();
    for (int period = 0; period < manifest.periods(); period++) {
      int number = period;
      ended.set(node.rules().periods().endOf(number));
      CloseAnswer asked =
          closer.ask(
              tenant,
              number,
              Instant.ofEpochMilli(node.rules().periods().startOf(number)),
              Instant.ofEpochMilli(node.rules().periods().endOf(number)));
      if (asked instanceof CloseAnswer.Refused refused) {
        throw new IllegalStateException(refused.code() + ": " + refused.message());
      }
      node.host().nudge();
      await(
          "all shards to close period " + number,
          () -> isClosed(closer, tenant, number, node),
          () -> node.host().trouble());
    }
  }

  private static boolean isClosed(Closer closer, int tenant, int period, Node node)
      throws SQLException {
    return switch (closer.settle(tenant, period, node.rules().catalogOf(period), "erp")) {
      case CloseAnswer.Closed closed -> true;
      case CloseAnswer.Waiting waiting -> false;
      case CloseAnswer.Refused refused ->
          throw new IllegalStateException(refused.code() + ": " + refused.message());
    };
  }

  private boolean delivered(ActualBooks actual) throws SQLException {
    List<Outcome.Delivery> all = actual.deliveries();
    return !all.isEmpty() && all.stream().allMatch(Outcome.Delivery::acknowledged);
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private interface Trouble {
    @Nullable String now();
  }

  private static void await(String what, Condition condition, Trouble trouble) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - deadline > 0) {
        String why = trouble.now();
        throw new IllegalStateException(
            "waited "
                + PATIENCE.toMinutes()
                + " minutes for "
                + what
                + (why == null ? "" : ": " + why));
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private void say(String line) {
    out.println(line);
  }
}
