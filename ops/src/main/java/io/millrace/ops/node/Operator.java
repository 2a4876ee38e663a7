package io.millrace.ops.node;

import io.millrace.connectors.clock.ClockState;
import io.millrace.connectors.mediation.Recycler.Recycled;
import io.millrace.connectors.settlement.CloseAnswer;
import io.millrace.connectors.source.SourceRegistry;
import io.millrace.connectors.store.DatabaseUnavailable;
import io.millrace.connectors.tenant.Rebirth;
import io.millrace.ops.Refusal;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.SourceCounts;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;

/** What an operator can see and do, the same over REST and JMX. Safe for any thread. */
public final class Operator {
  /** How long a question to the shards may take. */
  static final long ANSWER_SECONDS = 5;

  private final Node node;
  private final PeriodClose periods;
  private final SourceRegistry registry;
  private volatile @Nullable SourceDesk sources;
  private volatile @Nullable CamelContext context;
  private volatile @Nullable Routes routes;

  Operator(Node node, PeriodClose periods, SourceRegistry registry) {
    this.node = node;
    this.periods = periods;
    this.registry = registry;
  }

  /** Once the routes are there. */
  void attach(Routes running) {
    CamelContext camel = running.context();
    routes = running;
    context = camel;
    sources = new SourceDesk(camel, registry);
  }

  /** The engine. */
  public Node node() {
    return node;
  }

  /** Its sources. */
  public SourceDesk sources() {
    SourceDesk desk = sources;
    if (desk == null) {
      throw new IllegalStateException("the routes are not there yet");
    }
    return desk;
  }

  /** Files of source routes that were not loaded while the node runs, each with its reason. */
  public List<String> notLoaded() {
    Routes all = routes;
    return all == null ? List.of() : all.notLoaded();
  }

  /** Exchanges that the routes have taken in and not done with. */
  public int inFlight() {
    CamelContext camel = context;
    return camel == null ? 0 : camel.getInflightRepository().size();
  }

  /** Whether the process works. */
  public Health live() {
    return Health.live(node.host());
  }

  /** Whether it takes usage in. */
  public Health ready() {
    return Health.ready(node.host(), node.database().pool(), sources().all(), node.clock().state());
  }

  /** The node's clock. */
  public ClockState clock() {
    return node.clock().state();
  }

  /** Takes the clock for right as it is, so that what is due runs again. */
  public ClockState agreeClock(String who) throws Refusal {
    try {
      return node.clock().agree(who);
    } catch (DatabaseUnavailable e) {
      throw Refusal.database();
    }
  }

  /** Asks the shards between two commits. */
  public <T> T ask(Function<List<Shard>, T> question) throws Exception {
    try {
      return node.host().ask(question).get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** What became of the events, by CloudEvents source; what this node's shards know. */
  public Map<String, SourceCounts> counts() throws Exception {
    Map<Integer, SourceCounts> byId =
        ask(
            shards -> {
              Map<Integer, SourceCounts> sums = new TreeMap<>();
              for (Shard shard : shards) {
                shard.counts().forEach(c -> sums.merge(c.source(), c, SourceCounts::plus));
              }
              return sums;
            });
    Map<Integer, String> names = node.sources().names();
    Map<String, SourceCounts> byName = new TreeMap<>();
    byId.forEach((id, c) -> byName.put(names.getOrDefault(id, "other"), c));
    return byName;
  }

  /**
   * Sources that flood suspense, and how many of their events the shards have had to forget before
   * their time. Redelivered, such an event counts as suspended again; in suspense it stands once.
   */
  public Map<String, Long> flooded() throws Exception {
    Map<Integer, Long> byId =
        ask(
            shards -> {
              Map<Integer, Long> sums = new TreeMap<>();
              shards.forEach(s -> s.flooded().forEach((id, n) -> sums.merge(id, n, Long::sum)));
              return sums;
            });
    Map<Integer, String> names = node.sources().names();
    Map<String, Long> byName = new TreeMap<>();
    byId.forEach((id, n) -> byName.put(names.getOrDefault(id, "other"), n));
    return byName;
  }

  /** Tries all open events of a reason again. */
  public Recycled recycle(String reason, @Nullable String override) throws SQLException, Refusal {
    if (Arrays.stream(Reason.values()).noneMatch(r -> r.code().equals(reason))) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "unknown-reason",
          "there is no such reason",
          "use one of " + Arrays.stream(Reason.values()).map(Reason::code).toList());
    }
    return node.recycler().recycle(reason, override);
  }

  /** Edge nodes of Sparkplug that should be asked for their births, longest wanted first. */
  public List<Rebirth> rebirths() throws SQLException {
    return Rebirth.wanted(node.database().pool(), node.tenant());
  }

  /** Closes a settlement period. */
  public CloseAnswer close(int period) throws SQLException, InterruptedException, Refusal {
    CloseAnswer answer = periods.close(period);
    if (answer instanceof CloseAnswer.Refused(String code, String message)) {
      throw new Refusal(
          Refusal.Kind.REFUSED, code, message, "do that first, then ask for this close again");
    }
    return answer;
  }
}
