package io.millrace.tests.bench;

import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.shard.CrashPoints;
import io.millrace.connectors.tenant.Device;
import io.millrace.ops.embedded.EmbeddedDatabase;
import io.millrace.ops.node.CamelNode;
import io.millrace.ops.node.Node;
import io.millrace.ops.node.NodeClock;
import io.millrace.ops.node.NodeConfig;
import io.millrace.tests.house.Repository;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Usage posted in batches over connections that are kept, answered after the commit with a verdict
 * for each event; against the same server, route and client where the route ends before the engine
 * and the answer is a constant. Client, server and database share the machine.
 */
final class HttpBench implements Step {
  private static final int EVENTS = 1_000_000;
  private static final int BATCH = 1_000;

  /** Their batches are fewer events than a node takes in at once: nobody is told to wait. */
  private static final int CONNECTIONS = 12;

  private static final Instant START = Instant.parse("2026-11-01T23:00:00Z");
  private static final Goal GOAL = Goal.atLeast(100_000);
  private static final String CONSTANT =
      """
      - route:
          id: constant
          from:
            id: constant-from
            uri: kamelet:http-source
            parameters: {source: constant}
            steps:
              - setBody: {id: constant-body, constant: none}
      """;

  @Override
  public String name() {
    return "http";
  }

  @Override
  public String what() {
    return "usage posted in batches of "
        + BATCH
        + " over "
        + CONNECTIONS
        + " connections, beside the same server answering a constant";
  }

  @Override
  public void measure(Site site, Figures figures) throws Exception {
    LampEvents lamps = new LampEvents(site.scale().devices(), START, 11);
    AtomicLong clock = new AtomicLong(START.toEpochMilli());
    Path folder = site.folder("http");
    try (Site.Scratch database = site.scratch("http");
        Node node = node(folder, database.url(), clock)) {
      try (CamelNode camel = CamelNode.start(node)) {
        importDevices(camel, lamps, figures);
        for (int run = -1; run < site.scale().runs(); run++) {
          Figures noted = run < 0 ? new Figures() : figures; // The first one warms up.
          measure(site, camel, lamps, clock, noted);
        }
      }
    }
  }

  /** All devices as one list in one request, into an empty directory. */
  private static void importDevices(CamelNode camel, LampEvents lamps, Figures figures)
      throws Exception {
    StringBuilder csv = new StringBuilder("subject,account,offer,from,to\n");
    for (Device d : lamps.devices(1)) {
      csv.append(d.subject()).append(',').append(d.account()).append(',').append(d.offer());
      csv.append(',').append(d.from()).append(",\n");
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      long begun = System.nanoTime();
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(camel.url() + "/v1/devices"))
                  .header("Content-Type", "text/csv")
                  .POST(HttpRequest.BodyPublishers.ofString(csv.toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (!answer.body().contains("\"created\" : " + lamps.lamps())) {
        throw new IllegalStateException(answer.body());
      }
      figures.note(
          Report.number(lamps.lamps()) + " devices in one request",
          "s",
          (System.nanoTime() - begun) / 1e9);
    }
  }

  private static void measure(
      Site site, CamelNode camel, LampEvents lamps, AtomicLong clock, Figures figures)
      throws Exception {
    lamps.next(Math.max(1, site.scale().atMost(EVENTS) / lamps.lamps()));
    clock.set(lamps.minuteEnd(lamps.size() - 1));
    int events = lamps.size();
    double constant =
        post(camel, site, "constant", requests(lamps, "/v1/usage/constant"), events, figures);
    double usage = post(camel, site, "usage", requests(lamps, "/v1/usage"), events, figures);
    figures.note("usage to constant", "×", usage / constant);
  }

  private static double post(
      CamelNode camel, Site site, String what, List<byte[]> requests, int events, Figures figures)
      throws Exception {
    URI url = URI.create(camel.url());
    AtomicInteger next = new AtomicInteger();
    List<Future<long[]>> clients = new ArrayList<>();
    Spent spent;
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      spent =
          Spent.on(
              site.cpu(),
              () -> {
                Callable<long[]> client =
                    () -> {
                      try (KeptConnection connection =
                          new KeptConnection(url.getHost(), url.getPort())) {
                        return connection.postAll(requests, next, what.equals("usage"));
                      }
                    };
                for (int i = 0; i < CONNECTIONS; i++) {
                  clients.add(threads.submit(client));
                }
                for (Future<long[]> each : clients) {
                  each.get();
                }
              });
    }
    List<Long> answers = new ArrayList<>();
    for (Future<long[]> each : clients) {
      Arrays.stream(each.get()).forEach(answers::add);
    }
    answers.sort(null);
    figures.note(
        what + ": events per second",
        "/s",
        what.equals("usage") ? GOAL : Goal.NONE,
        spent.perSecond(events));
    figures.note(what + ": JVM, client included", "ns/event", (double) spent.jvmNanos() / events);
    figures.note(what + ": PostgreSQL", "ns/event", (double) spent.postgresNanos() / events);
    figures.note(what + ": p50 of an answer", "ms", answers.get(answers.size() / 2) / 1e6);
    figures.note(what + ": p99 of an answer", "ms", answers.get(answers.size() * 99 / 100) / 1e6);
    return spent.perSecond(events);
  }

  private static List<byte[]> requests(LampEvents lamps, String path) {
    List<byte[]> requests = new ArrayList<>();
    for (int from = 0; from < lamps.size(); from += BATCH) {
      List<byte[]> events = new ArrayList<>();
      for (int i = from; i < Math.min(from + BATCH, lamps.size()); i++) {
        events.add(lamps.payload(i));
      }
      requests.add(KeptConnection.request(path, events));
    }
    return requests;
  }

  private static Node node(Path folder, String database, AtomicLong clock)
      throws IOException, Exception {
    byte[] text = Engine.catalog();
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.copy(
        Repository.root().resolve("routes/sources/http.camel.yaml"),
        routes.resolve("http.camel.yaml"));
    Files.writeString(routes.resolve("constant.camel.yaml"), CONSTANT);
    return Node.start(
        new NodeConfig(
            Engine.TENANT,
            Engine.TENANT,
            NodeConfig.SHARDS,
            new NodeConfig.DatabaseConfig(database, EmbeddedDatabase.USER, ""),
            folder.resolve("catalog.yaml"),
            Optional.empty(),
            routes,
            "127.0.0.1",
            0,
            NodeConfig.IN_FLIGHT,
            NodeConfig.LEASE_MILLIS,
            NodeConfig.CHECKPOINT_MILLIS,
            Map.of()),
        text,
        ((CatalogFile.Result.Accepted) CatalogFile.read("smart-city.yaml", text)).catalog(),
        NodeClock.simulated(clock::get),
        CrashPoints.NONE);
  }
}
