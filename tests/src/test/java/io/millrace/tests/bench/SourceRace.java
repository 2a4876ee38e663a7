package io.millrace.tests.bench;

import io.millrace.connectors.source.SourceRegistry;
import io.millrace.connectors.source.SourceState;
import io.millrace.ops.node.NodeConfig;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * A source's whole way, from what its broker holds to rows on disk and the broker told of it,
 * beside the same client alone. Each in turn has the broker filled with the same reports, and is
 * timed from the first that it reads to the last that it has acknowledged; broker, reader, shards
 * and database share the machine.
 */
final class SourceRace {
  /** The name of the source, and where its broker keeps what it is to read. */
  static final String SOURCE = "bench";

  static final String RATE = ": reports per second";

  /** What a source's rate is noted as. */
  static final String SOURCE_RATE = "source" + RATE;

  /** Where the broker keeps what the client alone is to read. */
  static final String BARE = "bare";

  private static final Instant START = Instant.parse("2026-11-01T23:00:00Z");
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);
  private static final long LOOK_NANOS = 200_000;

  /** One that reads, from its beginning to its end. */
  interface Reading extends AutoCloseable {
    /** Returns when something has come. */
    void awaitFirst() throws Exception;

    /** Returns when all has come and is acknowledged. */
    void awaitLast() throws Exception;
  }

  /** A broker, its client and the source that reads from it. */
  interface Course {
    /** Has the broker keep these reports there. */
    void fill(String place, LampEvents reports) throws Exception;

    /** The client alone begins to read so many. */
    Reading bare(int reports) throws Exception;

    /** Makes the scheme of {@link #route()} known. */
    void install(CamelContext context, SourceRegistry sources);

    /** Where a route reads from, as a route says it. */
    String route();
  }

  private final Site site;
  private final Figures figures;
  private final Course course;
  private final Engine engine;
  private final LampEvents lamps;

  private SourceRace(Site site, Figures figures, Course course, Engine engine, LampEvents lamps) {
    this.site = site;
    this.figures = figures;
    this.course = course;
    this.engine = engine;
    this.lamps = lamps;
  }

  /**
   * Measures it, and fails where a report is not charged, or is charged twice.
   *
   * @param bare what the client alone does, in a word or two
   * @param reports of a run; at least one of each device
   * @param goal for the source's rate to that of the client alone
   */
  static void run(Site site, Figures figures, Course course, String bare, int reports, Goal goal)
      throws Exception {
    LampEvents lamps = new LampEvents(site.scale().devices(), START, 11);
    try (Site.Scratch database = site.scratch("source");
        Engine engine = Engine.start(database.url(), lamps, 1)) {
      for (int run = -1; run < site.scale().runs(); run++) {
        Figures noted = run < 0 ? new Figures() : figures; // The first one warms up.
        lamps.next(Math.max(1, site.scale().atMost(reports) / lamps.lamps()));
        new SourceRace(site, noted, course, engine, lamps).round(bare, goal);
      }
      engine.checkAllCharged();
    }
  }

  private void round(String bare, Goal goal) throws Exception {
    int reports = lamps.size();
    course.fill(BARE, lamps);
    double alone = timed(site, figures, course.bare(reports), bare, reports);
    course.fill(SOURCE, lamps);
    engine.expect(lamps);
    double source = timed(site, figures, new Route(course, engine, reports), "source", reports);
    figures.note("source to " + bare, "×", goal, source / alone);
  }

  /** Notes what it takes from the first to the last; gives reports a second. */
  static double timed(Site site, Figures figures, Reading reading, String who, int reports)
      throws Exception {
    try (reading) {
      reading.awaitFirst();
      Spent spent = Spent.on(site.cpu(), reading::awaitLast);
      figures.note(who + RATE, "/s", spent.perSecond(reports));
      figures.note(who + ": this JVM", "ns/report", (double) spent.jvmNanos() / reports);
      figures.note(who + ": PostgreSQL", "ns/report", (double) spent.postgresNanos() / reports);
      return spent.perSecond(reports);
    }
  }

  /** Waits for something that is soon the case, and fails where it is not. */
  static void await(String what, BooleanSupplier holds) {
    long until = System.nanoTime() + PATIENCE_NANOS;
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - until > 0) {
        throw new IllegalStateException("not " + what);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** The source and its route into the shards. */
  private static final class Route implements Reading {
    private final CamelContext context = new DefaultCamelContext();
    private final SourceRegistry sources = new SourceRegistry();
    private final CountDownLatch first = new CountDownLatch(1);
    private final int reports;

    Route(Course course, Engine engine, int reports) throws Exception {
      this.reports = reports;
      AsyncProcessor usage = engine.usage(NodeConfig.IN_FLIGHT);
      course.install(context, sources);
      context.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              from(course.route()).errorHandler(noErrorHandler()).process(noticing(usage));
            }
          });
      context.start();
    }

    private AsyncProcessor noticing(AsyncProcessor next) {
      return new AsyncProcessorSupport() {
        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
          first.countDown();
          return next.process(exchange, callback);
        }
      };
    }

    @Override
    public void awaitFirst() throws InterruptedException {
      if (!first.await(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
        throw new IllegalStateException("nothing came");
      }
    }

    @Override
    public void awaitLast() {
      SourceState source = sources.find(SOURCE).orElseThrow();
      await(
          "all acknowledged",
          () -> source.slots().stream().mapToLong(SourceState.Slot::acknowledged).sum() >= reports);
    }

    @Override
    public void close() throws Exception {
      context.close();
    }
  }
}
