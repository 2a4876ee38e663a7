package io.millrace.tests.crash;

import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.check.Books;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.tenant.StoredRules;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.connectors.tenant.Tenants;
import io.millrace.ops.Millrace;
import io.millrace.ops.demo.ActualBooks;
import io.millrace.ops.demo.generator.Load;
import io.millrace.ops.demo.generator.LoadEvents;
import io.millrace.ops.demo.generator.Publisher;
import io.millrace.ops.demo.generator.SimulatedClock;
import io.millrace.ops.demo.manifest.Manifest;
import io.millrace.ops.demo.manifest.Proof;
import io.millrace.ops.demo.manifest.Terms;
import io.millrace.ops.embedded.BrokerMain;
import io.millrace.ops.erp.ErpMain;
import io.millrace.tests.house.FreePort;
import io.millrace.tests.house.Repository;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A smart city of the test: its database, and broker, ERP and gateways as processes of their own
 * with what they need to start. The lamps publish from this process, over the network. Their
 * reports are of yesterday, so that the settlement period they fall in can be closed.
 */
final class City implements AutoCloseable {
  static final Duration START_WITHIN = Duration.ofSeconds(60);

  /** Events that a broker may have sent to a gateway without acknowledgement: two slots' bound. */
  static final long UNACKNOWLEDGED = 2 * 4_096L;

  private static final String TENANT = "city";
  private static final int SHARDS = 16;
  private static final Predicate<String> READY = line -> line.startsWith("ready ");

  private final Path folder;
  private final Load load;
  private final EmbeddedPostgres postgres;
  private final Database database;
  private final Manifest manifest;
  private final Terms terms;
  private final List<Child> children = new ArrayList<>();
  private final int brokerPort;
  private final ErpBooks erpBooks;
  private final Pace pace;
  private final Publisher lamps;
  private Child broker;
  private Child erp;
  private Path routes = Repository.root().resolve("routes/sources");
  private String properties = "";
  private String sections = "";

  /**
   * Starts everything but gateways.
   *
   * @param folder for data, configurations and logs; emptied first
   * @param lamps how many
   * @param hours of reports, one a minute and lamp
   * @param steps that share them, see {@link Pace}
   */
  City(Path folder, int lamps, int hours, long seed, int steps) throws Exception {
    this.folder = folder;
    empty(folder);
    Instant start = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(26, ChronoUnit.HOURS);
    load = new Load(lamps, hours, seed, start);
    Terms day = Terms.SMART_CITY;
    terms =
        new Terms(
            day.customer(),
            day.offer(),
            day.energy(),
            day.lease(),
            day.pricePerKwh(),
            day.leasePerDay(),
            day.minorDigits(),
            day.ledgerDigits(),
            day.zone(),
            load.length(),
            day.parts());
    manifest = new Manifest(lamps, start, load.length(), terms);
    postgres =
        EmbeddedPostgres.builder()
            .setDataDirectory(folder.resolve("postgres"))
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("listen_addresses", "127.0.0.1")
            .start();
    database = Database.open(url(), "postgres", "", 4);
    brokerPort = FreePort.next();
    startBroker();
    int erpPort = FreePort.next();
    erpBooks = new ErpBooks(erpPort);
    startErp();
    writeCatalog();
    writeDevices();
    pace =
        new Pace(
            load.reports(),
            steps,
            Math.clamp((long) lamps * Publisher.MAX_BACKLOG_MINUTES, 0, Publisher.MAX_BACKLOG));
    this.lamps =
        new Publisher(
            load,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), brokerPort),
            manifest,
            new SimulatedClock(start),
            pace);
  }

  private static void empty(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path each : files.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(each);
        }
      }
    }
    Files.createDirectories(folder);
  }

  private String url() {
    return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres";
  }

  private void writeCatalog() throws IOException {
    String text =
        new String(CatalogFile.template("smart-city.yaml"), StandardCharsets.UTF_8)
            .replaceFirst("(?m)^effective:.*$", "effective: " + load.start())
            .replaceFirst("(?m)^period:.*$", "period: PT" + load.hours() + "H");
    Files.writeString(folder.resolve("catalog.yaml"), text);
  }

  private void writeDevices() throws IOException {
    StringBuilder csv = new StringBuilder("subject,account,offer,from,to\n");
    for (int lamp = 1; lamp <= load.lamps(); lamp++) {
      csv.append(Load.subject(lamp))
          .append(',')
          .append(terms.customer())
          .append(',')
          .append(terms.offer())
          .append(',')
          .append(load.start())
          .append(",\n");
    }
    Files.writeString(folder.resolve("devices.csv"), csv);
  }

  void startBroker() {
    broker =
        child(
            "broker",
            List.of(),
            BrokerMain.class,
            folder.resolve("broker").toString(),
            Integer.toString(brokerPort));
    broker.awaitLine(READY, START_WITHIN);
  }

  Child broker() {
    return broker;
  }

  void startErp() {
    erp =
        child(
            "erp",
            List.of(),
            ErpMain.class,
            "--port",
            Integer.toString(erpBooks.port()),
            "--file",
            folder.resolve("erp.journal").toString());
    erp.awaitLine(READY, START_WITHIN);
  }

  Child erp() {
    return erp;
  }

  ErpBooks erpBooks() {
    return erpBooks;
  }

  /**
   * Starts a gateway; it may die before it is ready.
   *
   * @param node its name: what ran under this name must have ended
   * @param crash {@code POINT:n}, where it is to end itself; empty for nowhere
   */
  Gateway startGateway(String node, String crash) throws IOException {
    int port = FreePort.next();
    Path config = folder.resolve(node + ".yaml");
    Files.writeString(
        config,
        """
        node: %s
        tenant: %s
        shards: %d
        database: {url: '%s', user: postgres}
        catalog: catalog.yaml
        devices: devices.csv
        routes: '%s'
        http: {port: %d}
        lease: 1500
        checkpoint: 400
        properties:
          mqtt.url: tcp://127.0.0.1:%d
          millrace.erp.poll: 200
          camel.kamelet.erp-http-sink.url: http://127.0.0.1:%d/journal-entries
          camel.kamelet.erp-http-sink.token: none
        %s%s\
        """
            .formatted(
                node,
                TENANT,
                SHARDS,
                url(),
                routes,
                port,
                brokerPort,
                erpBooks.port(),
                properties,
                sections));
    List<String> options = crash.isEmpty() ? List.of() : List.of("-Dmillrace.crash=" + crash);
    return new Gateway(
        child(
            node,
            options,
            Millrace.class,
            "run",
            "--config",
            config.toString(),
            "--data",
            folder.resolve(node).toString()),
        port);
  }

  /** Has the configurations of gateways that are started from here on have a section more. */
  void configure(String section) {
    sections += section;
  }

  private Child child(String name, List<String> options, Class<?> main, String... arguments) {
    Child child =
        Child.start(folder.resolve(name + ".log"), options, main.getName(), List.of(arguments));
    children.add(child);
    return child;
  }

  /** Has gateways read from elsewhere than the broker of this city. */
  void readFrom(Path routesFolder, Map<String, String> more) {
    routes = routesFolder;
    set(more);
  }

  /** Has gateways started from here on have some properties more. */
  void set(Map<String, String> more) {
    more.forEach((name, value) -> properties += "  " + name + ": '" + value + "'\n");
  }

  /** What the lamps report, for who carries it himself; its manifest is {@link #manifest()}. */
  LoadEvents events() {
    return new LoadEvents(load, manifest);
  }

  Pace pace() {
    return pace;
  }

  Publisher lamps() {
    return lamps;
  }

  /** Starts the lamps once somebody subscribes: a broker keeps nothing for nobody. */
  void startLamps() {
    Awaitility.await("a slot is subscribed")
        .atMost(START_WITHIN)
        .until(
            () -> {
              try (Connection c = database.connection();
                  Statement s = c.createStatement();
                  ResultSet rs =
                      s.executeQuery("select count(*) from slot where subscription is not null")) {
                rs.next();
                return rs.getInt(1) > 0;
              }
            });
    lamps.start();
  }

  Manifest manifest() {
    return manifest;
  }

  Database database() {
    return database;
  }

  Tenant tenant() throws SQLException {
    return new Tenants(database.pool()).find(TENANT).orElseThrow();
  }

  /** Over the journal from its first row. */
  JournalAudit audit() throws SQLException {
    Tenant tenant = tenant();
    return new JournalAudit(database.pool(), tenant, new StoredRules(database.pool(), tenant));
  }

  /** The catalog that gateways start with, to begin at another time and at another price. */
  String nextCatalog(Instant effective) throws IOException {
    return Files.readString(folder.resolve("catalog.yaml"))
        .replaceFirst("(?m)^effective:.*$", "effective: " + effective)
        .replace("per-unit: 0.00005", "per-unit: 0.00006");
  }

  /**
   * Waits until every event that was published has been disposed of, or nothing moves any more:
   * then the proof says what is missing.
   */
  void awaitDrained(JournalAudit audit, Duration quiet) throws SQLException {
    long wanted = manifest.expected().charged();
    long unchargeable = manifest.expected().suspendedInAll();
    long[] last = {-1, System.nanoTime()};
    Awaitility.await("everything is disposed of")
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(250))
        .until(
            () -> {
              var counts = audit.advance().counts();
              if (counts.received() != last[0]) {
                last[0] = counts.received();
                last[1] = System.nanoTime();
              }
              return (counts.charged() >= wanted && counts.suspended() >= unchargeable)
                  || System.nanoTime() - last[1] > quiet.toNanos();
            });
  }

  /**
   * The gateway's and the ERP's figures against the manifest's.
   *
   * @param resent events that may have arrived once more than the lamps meant
   */
  Proof proof(JournalAudit audit, long resent) throws Exception {
    ActualBooks books =
        new ActualBooks(
            database.pool(), tenant().id(), audit::counts, load.lamps(), manifest.periods());
    return Proof.check(manifest.expected(), books.read(manifest, erpBooks.totals()), resent);
  }

  /** The rows of a proof that do not match. */
  static String wrong(Proof proof) {
    return proof.rows().stream().filter(r -> !r.equal()).toList().toString();
  }

  /** What the independent checks of the books find wrong. */
  List<Books.Finding> violations() throws SQLException {
    return new Books(database.pool())
        .check(tenant().id()).stream().filter(f -> !f.holds()).toList();
  }

  /** For whom it failed: how far the lamps are, and what was complained of. */
  String complaints() throws IOException {
    return "lamps: " + lamps.progress() + "\n" + Child.complaints(folder);
  }

  @Override
  public void close() throws Exception {
    lamps.close();
    children.forEach(Child::close);
    database.close();
    postgres.close();
  }
}
