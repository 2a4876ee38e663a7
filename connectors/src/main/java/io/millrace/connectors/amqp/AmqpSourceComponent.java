package io.millrace.connectors.amqp;

import io.millrace.connectors.source.OptionRange;
import io.millrace.connectors.source.SourceRegistry;
import java.net.URI;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code amqp:queue}: reads a queue over AMQP 1.0 and accepts a message after the commit that
 * disposes of it. Its options:
 *
 * <ul>
 *   <li>{@code url}: {@code amqp://host:port} or {@code amqps://host:port}; required
 *   <li>{@code user}, {@code passwordFile}: an anonymous connection where absent
 *   <li>{@code source}: its name; the route's id where it is absent
 *   <li>{@code consumersCount}: connections that compete for the queue, 1 to 64; 1 where absent
 *   <li>{@code leastConsumers}: of them where there is little to do; 1
 *   <li>{@code leastInFlight}: as {@code inFlight}, where there is little to do; a sixteenth of it
 *   <li>{@code inFlight}: messages of one connection that wait for their commit; 16,384 where
 *       absent
 *   <li>{@code drainTimeout}: milliseconds that a stop waits for what is in flight; 5,000
 * </ul>
 */
@Component(AmqpSourceComponent.SCHEME)
public final class AmqpSourceComponent extends DefaultComponent {
  /** The scheme that routes name. */
  public static final String SCHEME = "amqp";

  private final SourceRegistry sources;

  private AmqpSourceComponent(CamelContext context, SourceRegistry sources) {
    super(context);
    this.sources = sources;
  }

  /**
   * Makes {@code amqp:} ours in this context; before any route is added.
   *
   * @param sources where its sources can be found while they run
   */
  public static AmqpSourceComponent install(CamelContext context, SourceRegistry sources) {
    AmqpSourceComponent component = new AmqpSourceComponent(context, sources);
    context.addComponent(SCHEME, component);
    return component;
  }

  @Override
  protected Endpoint createEndpoint(String uri, String queue, Map<String, Object> parameters)
      throws Exception {
    int inFlight =
        getAndRemoveParameter(parameters, "inFlight", Integer.class, AmqpSourceOptions.IN_FLIGHT);
    AmqpSourceOptions options =
        new AmqpSourceOptions(
            getAndRemoveParameter(parameters, "source", String.class, ""),
            queue,
            URI.create(getAndRemoveParameter(parameters, "url", String.class, "")),
            getAndRemoveParameter(parameters, "user", String.class, ""),
            getAndRemoveParameter(parameters, "passwordFile", String.class, ""),
            getAndRemoveParameter(parameters, "consumersCount", Integer.class, 1),
            getAndRemoveParameter(parameters, "leastConsumers", Integer.class, 1),
            getAndRemoveParameter(
                parameters, "leastInFlight", Integer.class, OptionRange.leastInFlight(inFlight)),
            inFlight,
            getAndRemoveParameter(
                parameters, "drainTimeout", Long.class, AmqpSourceOptions.DRAIN_MILLIS));
    return new AmqpSourceEndpoint(uri, this, options, sources);
  }
}
