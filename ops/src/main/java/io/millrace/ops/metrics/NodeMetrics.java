package io.millrace.ops.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.connectors.dedupe.KeySweep;
import io.millrace.connectors.mediation.SuspenseQuota;
import io.millrace.connectors.settlement.OutboxList;
import io.millrace.connectors.shard.ShardHost;
import io.millrace.connectors.source.SourceState;
import io.millrace.connectors.suspense.SuspenseStore;
import io.millrace.ops.node.Operator;
import io.millrace.ops.node.SourceFace;
import io.millrace.processors.settlement.DeliveryState;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.SourceCounts;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's metrics. A scrape asks the shards once and the database now and then; where one of them
 * does not answer, the last that was known is told again.
 */
public final class NodeMetrics {
  private static final Logger LOG = LoggerFactory.getLogger(NodeMetrics.class);

  /** CloudEvents sources with series of their own; what comes from others is summed as one. */
  static final int MOST_SOURCES = 200;

  private static final String OTHERS = "(others)";
  private static final long SHARDS_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long DATABASE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Operator operator;
  private final SuspenseStore suspense;
  private final OutboxList outbox;
  private final Set<String> counted = new HashSet<>();
  private final Set<String> connected = new HashSet<>();
  private volatile Sample sample = Sample.NOTHING;
  private volatile long answersRemembered;
  private long shardsAt = System.nanoTime() - SHARDS_NANOS;
  private long databaseAt = System.nanoTime() - DATABASE_NANOS;

  /** Of a node. */
  public NodeMetrics(Operator operator) {
    this.operator = operator;
    this.suspense = new SuspenseStore(operator.node().database().pool());
    this.outbox = new OutboxList(operator.node().database().pool());
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    ShardHost host = operator.node().host();
    counter("millrace.commits", "Commits made.", host, ShardHost::commits);
    counter("millrace.events.committed", "Events disposed of.", host, ShardHost::committedRows);
    FunctionTimer.builder(
            "millrace.drain",
            host,
            ShardHost::commits,
            h -> (double) h.drainNanos(),
            TimeUnit.NANOSECONDS)
        .description("Drains: from the first event taken to the commit.")
        .register(registry);
    gauge("millrace.ready", "Whether the node takes usage in.", m -> m.isReady() ? 1 : 0);
    gauge("millrace.in.flight", "Exchanges in the routes.", m -> m.operator.inFlight());
    gauge("millrace.shards.owned", "Shards that this node owns.", m -> m.sample.shards());
    gauge("millrace.devices", "Devices in the directory.", m -> m.operator.node().devices());
    counter(
        "millrace.keys.forgotten",
        "Confirmed keys of plain routes forgotten past the horizon.",
        operator.node().keys(),
        KeySweep::forgotten);
    gauge(
        "millrace.answers.remembered",
        "Answers of a day that the fullest shard remembers; at 65,536 it takes no more requests.",
        m -> m.answersRemembered);
    counter(
        "millrace.requests.refused",
        "Requests to accounts answered with 429: as many waited for their commit as may.",
        this,
        m -> m.operator.node().host().callers().refused());
    counter(
        "millrace.suspense.forgotten",
        "Suspended events forgotten before the horizon: a source floods suspense.",
        this,
        m -> m.sample.forgotten());
    counter(
        "millrace.suspense.discarded",
        "Suspended events beyond their source's quota, discarded by this node.",
        operator.node().quota(),
        SuspenseQuota::discarded);
    gauge(
        "millrace.suspense.alarms",
        "Sources that have used four fifths of their quota in suspense, or more.",
        m -> m.operator.node().quota().alarms().size());
    gauge(
        "millrace.clock.ticks",
        "Whether what is due runs; 0: an operator must agree to the clock.",
        m -> m.operator.clock().ticks() ? 1 : 0);
    gauge(
        "millrace.clock.difference.seconds",
        "The node's clock minus the database's at the last look.",
        m -> m.clockDifference());
    for (Reason reason : Reason.values()) {
      labelled(
          "millrace.suspense.open",
          "Events that wait in suspense.",
          "reason",
          reason.code(),
          m -> m.sample.suspense().getOrDefault(reason.code(), 0L));
    }
    for (DeliveryState state : DeliveryState.values()) {
      labelled(
          "millrace.outbox.deliveries",
          "Deliveries by state.",
          "state",
          state.code(),
          m -> m.sample.outbox().getOrDefault(state.code(), 0L));
    }
  }

  /** All of them in Prometheus text format. */
  public synchronized String scrape() {
    refresh();
    return registry.scrape();
  }

  private boolean isReady() {
    return operator.node().host().isReady();
  }

  private double clockDifference() {
    Long millis = operator.clock().difference();
    return millis == null ? 0 : millis / 1e3;
  }

  private void refresh() {
    long now = System.nanoTime();
    Sample last = sample;
    if (now - shardsAt >= SHARDS_NANOS) {
      try {
        sample =
            new Sample(
                bounded(operator.counts()),
                operator.ask(shards -> shards.stream().mapToInt(NodeMetrics::one).sum()),
                operator.flooded().values().stream().mapToLong(Long::longValue).sum(),
                last.suspense(),
                last.outbox());
        answersRemembered =
            operator.ask(
                shards -> shards.stream().mapToLong(Shard::rememberedAnswers).max().orElse(0));
        shardsAt = now;
      } catch (Exception e) {
        LOG.debug("the shards did not answer a scrape: {}", e.getMessage());
      }
    }
    if (now - databaseAt >= DATABASE_NANOS) {
      try {
        int tenant = operator.node().tenant().id();
        sample =
            new Sample(
                sample.counts(),
                sample.shards(),
                sample.forgotten(),
                suspense.openByReason(tenant),
                outbox.counts(tenant));
        databaseAt = now;
      } catch (SQLException e) {
        LOG.debug("the database did not answer a scrape: {}", e.getMessage());
      }
    }
    sample.counts().keySet().stream().filter(counted::add).forEach(this::countSource);
    for (SourceFace source : operator.sources().all()) {
      if (connected.size() < MOST_SOURCES && connected.add(source.name())) {
        connectSource(source.name());
      }
    }
  }

  private static int one(Shard shard) {
    return 1;
  }

  /** Those that have series already, and new ones up to the bound; the rest in one. */
  private Map<String, SourceCounts> bounded(Map<String, SourceCounts> all) {
    Map<String, SourceCounts> some = new TreeMap<>();
    int room = MOST_SOURCES - counted.size();
    for (Map.Entry<String, SourceCounts> e : all.entrySet()) {
      boolean own = counted.contains(e.getKey()) || room-- > 0;
      some.merge(own ? e.getKey() : OTHERS, e.getValue(), SourceCounts::plus);
    }
    return some;
  }

  private void countSource(String source) {
    outcome(source, "charged", SourceCounts::charged);
    outcome(source, "duplicate", SourceCounts::duplicate);
    outcome(source, "discarded", SourceCounts::discarded);
    FunctionCounter.builder("millrace.events.received", this, m -> m.sample.of(source).received())
        .description("Events received, by CloudEvents source.")
        .tag("source", source)
        .register(registry);
    labelled(
        "millrace.events.suspended",
        "Events of a source that wait in suspense.",
        "source",
        source,
        m -> m.sample.of(source).suspended());
  }

  private void outcome(String source, String outcome, ToLongFunction<SourceCounts> count) {
    FunctionCounter.builder("millrace.events", this, m -> count.applyAsLong(m.sample.of(source)))
        .description("Events by what became of them; those in suspense are a gauge.")
        .tag("source", source)
        .tag("outcome", outcome)
        .register(registry);
  }

  private void connectSource(String source) {
    labelled(
        "millrace.source.up",
        "Whether a source is connected.",
        "source",
        source,
        m -> m.slots(source, s -> s.connected() ? 1 : 0) > 0 ? 1 : 0);
    labelled(
        "millrace.source.in.flight",
        "Messages taken and not acknowledged.",
        "source",
        source,
        m -> m.slots(source, SourceState.Slot::inFlight));
    labelled(
        "millrace.source.limit",
        "How many messages may be taken and not acknowledged now; it follows the load.",
        "source",
        source,
        m -> m.slots(source, SourceState.Slot::limit));
    labelled(
        "millrace.source.lag",
        "Events, files or requests that wait and are not acknowledged; NaN where nobody tells.",
        "source",
        source,
        m ->
            m.face(source)
                .flatMap(SourceFace::lag)
                .map(l -> (double) l.count())
                .orElse(Double.NaN));
    labelled(
        "millrace.source.oldest.seconds",
        "For how long the oldest message that is not acknowledged has waited.",
        "source",
        source,
        m ->
            m.face(source).stream()
                    .flatMap(s -> s.slots().stream())
                    .mapToLong(SourceState.Slot::oldestMillis)
                    .max()
                    .orElse(0)
                / 1e3);
    slotCounter("received", source, SourceState.Slot::received);
    slotCounter("acknowledged", source, SourceState.Slot::acknowledged);
    slotCounter("failures", source, SourceState.Slot::failures);
    slotCounter("reconnects", source, SourceState.Slot::reconnects);
    slotCounter("sessions.lost", source, SourceState.Slot::sessionsLost);
  }

  private void slotCounter(String name, String source, ToLongFunction<SourceState.Slot> count) {
    FunctionCounter.builder("millrace.source." + name, this, m -> m.slots(source, count))
        .description("A source's own counter, since it was started here.")
        .tag("source", source)
        .register(registry);
  }

  private Optional<SourceFace> face(String source) {
    return operator.sources().all().stream().filter(s -> s.name().equals(source)).findFirst();
  }

  private long slots(String source, ToLongFunction<SourceState.Slot> count) {
    return operator.sources().all().stream()
        .filter(s -> s.name().equals(source))
        .flatMap(s -> s.slots().stream())
        .mapToLong(count)
        .sum();
  }

  private <T> void counter(String name, String what, T of, ToDoubleFunction<T> count) {
    FunctionCounter.builder(name, of, count).description(what).register(registry);
  }

  private void gauge(String name, String what, ToDoubleFunction<NodeMetrics> value) {
    Gauge.builder(name, this, value).description(what).register(registry);
  }

  private void labelled(
      String name, String what, String label, String word, ToDoubleFunction<NodeMetrics> value) {
    Gauge.builder(name, this, value).description(what).tag(label, word).register(registry);
  }
}
