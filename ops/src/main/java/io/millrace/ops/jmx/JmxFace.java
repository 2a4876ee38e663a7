package io.millrace.ops.jmx;

import io.millrace.connectors.source.Lag;
import io.millrace.connectors.source.SourceState;
import io.millrace.connectors.suspense.SuspenseStore;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.Operator;
import io.millrace.ops.rest.Api;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers a node's MXBeans. There is no remote connector: they are for those who may attach to
 * the process.
 */
public final class JmxFace implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JmxFace.class);
  private static final String DOMAIN = "io.millrace:type=";

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
  private final List<ObjectName> registered = new ArrayList<>();
  private final Map<String, ObjectName> sources = new HashMap<>();
  private final Operator operator;

  private JmxFace(Operator operator) {
    this.operator = operator;
  }

  /**
   * Registers the beans of a node whose routes run.
   *
   * @param api answers what accounts are asked
   * @param url where its REST answers
   */
  public static JmxFace register(Operator operator, Api api, String url) throws JMException {
    JmxFace face = new JmxFace(operator);
    face.add("Node", face.new Node(url));
    face.add("Suspense", face.new Suspense());
    face.add("Clock", face.new Clock());
    face.add("Accounts", new AccountVerbs(api));
    face.followSources();
    return face;
  }

  /** Registers the beans of sources that have come, and forgets those of sources that have gone. */
  public synchronized void followSources() {
    Set<String> names = new TreeSet<>();
    operator.sources().all().forEach(s -> names.add(s.name()));
    try {
      for (String gone : sources.keySet().stream().filter(n -> !names.contains(n)).toList()) {
        ObjectName bean = sources.remove(gone);
        registered.remove(bean);
        server.unregisterMBean(bean);
      }
      for (String come : names) {
        if (!sources.containsKey(come)) {
          sources.put(come, add("Source,name=" + ObjectName.quote(come), new Source(come)));
        }
      }
    } catch (JMException e) {
      LOG.warn("the sources' MXBeans are not those of the sources", e);
    }
  }

  private ObjectName add(String type, Object bean) throws JMException {
    ObjectName name = new ObjectName(DOMAIN + type);
    if (server.isRegistered(name)) {
      server.unregisterMBean(name); // Of a node of this process that was closed the hard way.
    }
    ObjectName bound = server.registerMBean(bean, name).getObjectName();
    registered.add(bound);
    return bound;
  }

  /** A client of JMX has none of our classes: what fails is told in words. */
  private static <T> T tell(Callable<T> verb) {
    try {
      return verb.call();
    } catch (Refusal refusal) {
      throw new IllegalStateException(
          refusal.code() + ": " + refusal.meaning() + "; " + refusal.next());
    } catch (Exception e) {
      LOG.warn("a verb asked for over JMX failed", e);
      throw new IllegalStateException("failed; the node's log names the cause");
    }
  }

  private final class Node implements NodeMXBean {
    private final String url;

    Node(String url) {
      this.url = url;
    }

    @Override
    public String getName() {
      return operator.node().config().node();
    }

    @Override
    public String getUrl() {
      return url;
    }

    @Override
    public boolean isLive() {
      return operator.live().up();
    }

    @Override
    public boolean isReady() {
      return operator.ready().up();
    }

    @Override
    public String getTrouble() {
      String trouble = operator.node().host().trouble();
      return trouble == null ? "" : trouble;
    }

    @Override
    public long getCommits() {
      return operator.node().host().commits();
    }

    @Override
    public long getEvents() {
      return operator.node().host().committedRows();
    }

    @Override
    public int getInFlight() {
      return operator.inFlight();
    }

    @Override
    public int getDevices() {
      return operator.node().devices();
    }

    @Override
    public List<Counts> getCounts() {
      List<Counts> all = new ArrayList<>();
      tell(operator::counts)
          .forEach(
              (source, c) ->
                  all.add(
                      new Counts(
                          source,
                          c.received(),
                          c.charged(),
                          c.duplicate(),
                          c.suspended(),
                          c.discarded())));
      return all;
    }

    @Override
    public String closePeriod(int period) {
      return tell(() -> operator.close(period).toString());
    }
  }

  private final class Suspense implements SuspenseMXBean {
    @Override
    public Map<String, Long> getOpen() {
      SuspenseStore store = new SuspenseStore(operator.node().database().pool());
      return tell(() -> store.openByReason(operator.node().tenant().id()));
    }

    @Override
    public Map<String, Long> getFlooded() {
      return tell(operator::flooded);
    }

    @Override
    public Recycled recycle(String reason) {
      return tell(() -> recycled(reason, null));
    }

    @Override
    public Recycled recycle(String reason, String override) {
      return tell(() -> recycled(reason, override));
    }

    private Recycled recycled(String reason, @Nullable String override) throws Exception {
      var came = operator.recycle(reason, override);
      return new Recycled(came.tried(), came.ended());
    }
  }

  private final class Clock implements ClockMXBean {
    @Override
    public boolean isTicking() {
      return operator.clock().ticks();
    }

    @Override
    public boolean isChecked() {
      return operator.clock().checked();
    }

    @Override
    public String getTrouble() {
      return operator.clock().trouble();
    }

    @Override
    public String getNodeTime() {
      return Instant.ofEpochMilli(operator.clock().nodeTime()).toString();
    }

    @Override
    public String getCommitTime() {
      return Instant.ofEpochMilli(operator.clock().commitTime()).toString();
    }

    @Override
    public long getDifferenceMillis() {
      Long difference = operator.clock().difference();
      return difference == null ? 0 : difference;
    }

    @Override
    public void agree(String who) {
      tell(() -> operator.agreeClock(who));
    }
  }

  private final class Source implements SourceMXBean {
    private final String name;

    Source(String name) {
      this.name = name;
    }

    @Override
    public String getName() {
      return name;
    }

    @Override
    public String getKind() {
      return tell(() -> operator.sources().find(name).kind());
    }

    @Override
    public List<Check> test() {
      return tell(
          () ->
              operator.sources().test(name).stream()
                  .map(c -> new Check(c.name(), c.good(), c.says()))
                  .toList());
    }

    @Override
    public String getState() {
      return tell(() -> operator.sources().find(name).state().word());
    }

    @Override
    public long getReceived() {
      return sum(SourceState.Slot::received);
    }

    @Override
    public long getAcknowledged() {
      return sum(SourceState.Slot::acknowledged);
    }

    @Override
    public long getInFlight() {
      return sum(SourceState.Slot::inFlight);
    }

    @Override
    public long getLimit() {
      return sum(SourceState.Slot::limit);
    }

    @Override
    public long getLag() {
      return tell(() -> operator.sources().find(name).lag().map(Lag::count).orElse(-1L));
    }

    @Override
    public long getOldestMillis() {
      return tell(
          () ->
              operator.sources().find(name).slots().stream()
                  .mapToLong(SourceState.Slot::oldestMillis)
                  .max()
                  .orElse(0));
    }

    @Override
    public long getFailures() {
      return sum(SourceState.Slot::failures);
    }

    @Override
    public long getReconnects() {
      return sum(SourceState.Slot::reconnects);
    }

    private long sum(ToLongFunction<SourceState.Slot> counter) {
      return tell(() -> operator.sources().find(name).slots().stream().mapToLong(counter).sum());
    }

    @Override
    public void suspend() {
      tell(() -> operator.sources().suspend(name));
    }

    @Override
    public void resume() {
      tell(() -> operator.sources().resume(name));
    }
  }

  @Override
  public synchronized void close() {
    for (ObjectName name : registered) {
      try {
        server.unregisterMBean(name);
      } catch (JMException e) {
        LOG.debug("{} was gone already", name);
      }
    }
    registered.clear();
  }
}
