package io.millrace.tests.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.millrace.connectors.dedupe.HazelcastNode;
import io.millrace.ops.embedded.EmbeddedDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * The route that one builds by hand, fed with the same bytes from memory as the shard core, by as
 * many threads as it does best with, on the same server with the same durability.
 */
final class HandBuiltBench implements Step {
  static final String NAME = "hand-built";
  static final String PER_SECOND = "events per second";
  private static final Instant START = Instant.parse("2026-11-02T10:00:00Z");
  private static final int EVENTS = 60_000;
  private static final int PROBED = 15_000;
  private static final int TRIED_ALWAYS = 8;
  private static final int MOST_THREADS = 32;
  private static final Goal GOAL = Goal.atLeast(50);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String what() {
    return "Camel's idempotent consumer on Hazelcast and one insert per event";
  }

  @Override
  public void measure(Site site, Figures figures) throws Exception {
    LampEvents lamps = new LampEvents(site.scale().devices(), START, 7);
    try (Site.Scratch database = site.scratch("handbuilt");
        HazelcastNode node = HazelcastNode.start(HazelcastNode.Settings.alone());
        HikariDataSource pool = pool(database.url());
        CamelContext context = new DefaultCamelContext();
        ExecutorService threads = Executors.newCachedThreadPool()) {
      database.execute(HandBuiltRoute.TABLE);
      context.addRoutes(new HandBuiltRoute(node.instance(), pool));
      context.start();
      Feed feed = new Feed(site, lamps, context.createProducerTemplate(), threads);
      feed.take(site.scale().atMost(PROBED), TRIED_ALWAYS); // Warms up.
      int best = probe(site, feed, figures);
      figures.note("threads that it does best with", "", best);
      for (int run = 0; run < site.scale().runs(); run++) {
        int events = site.scale().atMost(EVENTS);
        Spent spent = feed.take(events, best);
        figures.note("events per core-second", "/s", spent.perCore(events));
        figures.note(PER_SECOND, "/s", spent.perSecond(events));
        figures.note("JVM", "ns/event", (double) spent.jvmNanos() / events);
        figures.note("PostgreSQL", "ns/event", (double) spent.postgresNanos() / events);
      }
      if (database.number("select count(*) from charge") != feed.taken) {
        throw new IllegalStateException("not every event of " + feed.taken + " has a row");
      }
    }
    compare(figures, CoreBench.PER_CORE, "events per core-second");
    compare(figures, CoreBench.PER_SECOND, PER_SECOND);
  }

  /** Doubles the threads at least up to eight, and on for as long as that helps. */
  private static int probe(Site site, Feed feed, Figures figures) throws Exception {
    int best = 1;
    double most = 0;
    for (int threads = 1; threads <= MOST_THREADS; threads *= 2) {
      int events = site.scale().atMost(PROBED);
      double rate = feed.take(events, threads).perSecond(events);
      figures.note("events per second by " + threads + " threads", "/s", rate);
      if (rate > most) {
        most = rate;
        best = threads;
      } else if (threads >= TRIED_ALWAYS) {
        break;
      }
    }
    return best;
  }

  private void compare(Figures figures, String ours, String theirs) {
    OptionalDouble core = figures.median(CoreBench.NAME, CoreBench.ONE_ACCOUNT + ours);
    OptionalDouble route = figures.median(name(), theirs);
    if (core.isPresent() && route.isPresent()) {
      figures.note(
          "the shard core to this, " + theirs, "×", GOAL, core.getAsDouble() / route.getAsDouble());
    }
  }

  private static HikariDataSource pool(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(EmbeddedDatabase.USER);
    config.setMaximumPoolSize(MOST_THREADS);
    return new HikariDataSource(config);
  }

  /** Hands reports to the route, each once, from several threads. */
  private static final class Feed {
    private final Site site;
    private final LampEvents lamps;
    private final ProducerTemplate to;
    private final ExecutorService threads;
    private int next;
    private long taken;

    Feed(Site site, LampEvents lamps, ProducerTemplate to, ExecutorService threads) {
      this.site = site;
      this.lamps = lamps;
      this.to = to;
      this.threads = threads;
    }

    Spent take(int events, int by) throws Exception {
      byte[][] payloads = new byte[events][];
      for (int i = 0; i < events; i++) {
        if (next == lamps.size()) {
          lamps.next(1);
          next = 0;
        }
        payloads[i] = lamps.payload(next++);
      }
      taken += events;
      return Spent.on(site.cpu(), () -> send(payloads, by));
    }

    private void send(byte[][] payloads, int by) throws Exception {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < by; thread++) {
        int first = thread;
        all.add(
            threads.submit(
                () -> {
                  for (int i = first; i < payloads.length; i += by) {
                    to.sendBody(HandBuiltRoute.FROM, payloads[i]);
                  }
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
  }
}
