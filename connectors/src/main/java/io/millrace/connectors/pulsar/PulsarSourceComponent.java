package io.millrace.connectors.pulsar;

import io.millrace.connectors.source.OptionRange;
import io.millrace.connectors.source.SourceRegistry;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code pulsar:topic}: reads a topic of Pulsar and acknowledges a message after the commit that
 * disposes of it. Its options:
 *
 * <ul>
 *   <li>{@code url}: {@code pulsar://host:port} or {@code pulsar+ssl://host:port}; required
 *   <li>{@code source}: its name; the route's id where it is absent
 *   <li>{@code subscription}: its name; {@code millrace-<tenant>-<source>} where it is absent
 *   <li>{@code sharing}: {@code shared}, {@code key-shared} or {@code failover}; shared
 *   <li>{@code tokenFile}: the file with the token that logs in; nobody does where it is absent
 *   <li>{@code trustFile}: the authorities that vouch for the broker, PEM; the JVM's
 *   <li>{@code consumersCount}: connections that share the subscription, 1 to 64; 1
 *   <li>{@code leastConsumers}: of them where there is little to do; 1
 *   <li>{@code leastInFlight}: as {@code inFlight}, where there is little to do; a sixteenth of it
 *   <li>{@code inFlight}: messages of one of them that wait for their commit; 32,768
 *   <li>{@code drainTimeout}: milliseconds that a stop waits for what is in flight; 5,000
 * </ul>
 */
@Component(PulsarSourceComponent.SCHEME)
public final class PulsarSourceComponent extends DefaultComponent {
  /** The scheme that routes name. */
  public static final String SCHEME = "pulsar";

  private final String tenant;
  private final SourceRegistry sources;

  private PulsarSourceComponent(CamelContext context, String tenant, SourceRegistry sources) {
    super(context);
    this.tenant = tenant;
    this.sources = sources;
  }

  /**
   * Makes {@code pulsar:} ours in this context; before any route is added.
   *
   * @param tenant whose events it reads; part of its subscriptions' names
   * @param sources where its sources can be found while they run
   */
  public static PulsarSourceComponent install(
      CamelContext context, String tenant, SourceRegistry sources) {
    PulsarSourceComponent component = new PulsarSourceComponent(context, tenant, sources);
    context.addComponent(SCHEME, component);
    return component;
  }

  @Override
  protected Endpoint createEndpoint(String uri, String topic, Map<String, Object> parameters)
      throws Exception {
    int inFlight =
        getAndRemoveParameter(parameters, "inFlight", Integer.class, PulsarSourceOptions.IN_FLIGHT);
    PulsarSourceOptions options =
        new PulsarSourceOptions(
            getAndRemoveParameter(parameters, "source", String.class, ""),
            topic,
            getAndRemoveParameter(parameters, "url", String.class, ""),
            getAndRemoveParameter(parameters, "subscription", String.class, ""),
            PulsarSourceOptions.Sharing.of(
                getAndRemoveParameter(parameters, "sharing", String.class, "shared")),
            getAndRemoveParameter(parameters, "tokenFile", String.class, ""),
            getAndRemoveParameter(parameters, "trustFile", String.class, ""),
            getAndRemoveParameter(parameters, "consumersCount", Integer.class, 1),
            getAndRemoveParameter(parameters, "leastConsumers", Integer.class, 1),
            getAndRemoveParameter(
                parameters, "leastInFlight", Integer.class, OptionRange.leastInFlight(inFlight)),
            inFlight,
            getAndRemoveParameter(
                parameters, "drainTimeout", Long.class, PulsarSourceOptions.DRAIN_MILLIS));
    return new PulsarSourceEndpoint(uri, this, options, tenant, sources);
  }
}
