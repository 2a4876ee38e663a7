package io.millrace.connectors.kafka;

import io.millrace.connectors.source.OptionRange;
import io.millrace.connectors.source.SlotLeases;
import io.millrace.connectors.source.SourceRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.util.PropertiesHelper;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;

/**
 * {@code kafka:} with a consumer that commits an offset after the commit of all events before it.
 * Camel's options stay, but for those that decide when offsets are committed; these are added for a
 * consumer:
 *
 * <ul>
 *   <li>{@code source}: its name; the route's id where it is absent
 *   <li>{@code tenant}: whose source it is, a part of the group's name; the node's where absent
 *   <li>{@code begin}: {@code earliest} or an instant, for a group that has read nothing
 *   <li>{@code leastConsumers}: readers where there is little to do, of the {@code consumersCount}
 *       under load; 1
 *   <li>{@code inFlight}: events of one reader in the node at once; 32,768 where absent
 *   <li>{@code leastInFlight}: the same where there is little to do; a sixteenth of it
 *   <li>{@code drainTimeout}: milliseconds that a stop waits for what is in flight; 5,000
 * </ul>
 */
@Component(KafkaSourceComponent.SCHEME)
public final class KafkaSourceComponent extends KafkaComponent {
  /** The scheme that routes name. */
  public static final String SCHEME = "kafka";

  /** Camel's options that would break the promise, or that this consumer has no use for. */
  private static final Set<String> SET_ASIDE =
      Set.of(
          "allowManualCommit",
          "autoCommitEnable",
          "autoCommitIntervalMs",
          "autoOffsetReset",
          "batching",
          "batchingIntervalMs",
          "breakOnFirstError",
          "headerDeserializer",
          "kafkaManualCommitFactory",
          "keyDeserializer",
          "offsetRepository",
          "pollExceptionStrategy",
          "pollOnError",
          "seekTo",
          "topicIsPattern",
          "valueDeserializer");

  /** Read at once, and handed to the route as one exchange. */
  private static final int POLL_RECORDS = 2_000;

  /** A node that has died is missed as soon as one that held a slot of another source. */
  private static final int SESSION_TIMEOUT_MILLIS = (int) SlotLeases.LEASE.toMillis();

  private final String tenant;
  private final SourceRegistry sources;

  private KafkaSourceComponent(CamelContext context, String tenant, SourceRegistry sources) {
    super(context);
    this.tenant = tenant;
    this.sources = sources;
    KafkaConfiguration defaults = getConfiguration();
    defaults.setIsolationLevel(KafkaSourceEndpoint.READ_COMMITTED);
    defaults.setMaxPollRecords(POLL_RECORDS);
    defaults.setSessionTimeoutMs(SESSION_TIMEOUT_MILLIS);
    // Camel's own has every reader stop at each change of the group.
    defaults.setPartitionAssignor(CooperativeStickyAssignor.class.getName());
  }

  /**
   * Makes {@code kafka:} ours in this context; before any route is added.
   *
   * @param tenant the node's tenant, by name
   * @param sources where its sources can be found while they run
   */
  public static KafkaSourceComponent install(
      CamelContext context, String tenant, SourceRegistry sources) {
    KafkaSourceComponent component = new KafkaSourceComponent(context, tenant, sources);
    context.addComponent(SCHEME, component);
    return component;
  }

  @Override
  protected KafkaEndpoint createEndpoint(String uri, String topic, Map<String, Object> parameters)
      throws Exception {
    int inFlight =
        getAndRemoveParameter(parameters, "inFlight", Integer.class, KafkaSourceOptions.IN_FLIGHT);
    KafkaSourceOptions options =
        new KafkaSourceOptions(
            getAndRemoveParameter(parameters, "source", String.class, ""),
            getAndRemoveParameter(parameters, "tenant", String.class, tenant),
            KafkaSourceOptions.Begin.parse(
                getAndRemoveParameter(parameters, "begin", String.class, "")),
            getAndRemoveParameter(parameters, "leastConsumers", Integer.class, 1),
            getAndRemoveParameter(
                parameters, "leastInFlight", Integer.class, OptionRange.leastInFlight(inFlight)),
            inFlight,
            getAndRemoveParameter(
                parameters, "drainTimeout", Long.class, KafkaSourceOptions.DRAIN_MILLIS));
    Set<String> setAside = new TreeSet<>(parameters.keySet());
    setAside.retainAll(SET_ASIDE);
    Map<String, Object> additional =
        PropertiesHelper.extractProperties(parameters, "additionalProperties.");
    KafkaSourceEndpoint endpoint =
        new KafkaSourceEndpoint(uri, topic, this, options, setAside, sources);
    endpoint.setConfiguration(getConfiguration().copy());
    setProperties(endpoint, parameters);
    var configuration = endpoint.getConfiguration();
    if (configuration.getSslContextParameters() == null) {
      configuration.setSslContextParameters(retrieveGlobalSslContextParameters());
    }
    if (!additional.isEmpty()) {
      Map<String, Object> resolved = new HashMap<>();
      PropertyBindingSupport.bindProperties(getCamelContext(), resolved, additional);
      configuration.getAdditionalProperties().putAll(resolved);
    }
    configuration.setTopic(topic);
    return endpoint;
  }
}
