package io.millrace.connectors.mqtt;

import io.millrace.connectors.source.SlotLeases;
import io.millrace.connectors.source.SourceRegistry;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.component.paho.mqtt5.PahoMqtt5Component;
import org.apache.camel.spi.annotations.Component;

/**
 * {@code paho-mqtt5:} with a consumer that acknowledges after the commit. Camel's options stay;
 * these are added for a consumer:
 *
 * <ul>
 *   <li>{@code source}: its name; the route's id where it is absent
 *   <li>{@code tenant}: whose source it is, the first part of the client ids; the node's where
 *       absent
 *   <li>{@code slots}: clients in the shared subscription, 1 to 64; 1 where absent
 *   <li>{@code sharedGroup}: the subscription's name; {@code millrace-<source>} where absent
 *   <li>{@code maximumPacketSize}: bytes; 16 MiB where absent
 *   <li>{@code drainTimeout}: milliseconds that a stop waits for what is in flight; 5,000
 * </ul>
 */
@Component(MqttComponent.SCHEME)
public final class MqttComponent extends PahoMqtt5Component {
  /** The scheme that routes name. */
  public static final String SCHEME = "paho-mqtt5";

  private final String tenant;
  private final SlotLeases leases;
  private final SourceRegistry sources;

  private MqttComponent(
      CamelContext context, String tenant, SlotLeases leases, SourceRegistry sources) {
    super(context);
    this.tenant = tenant;
    this.leases = leases;
    this.sources = sources;
  }

  /**
   * Makes {@code paho-mqtt5:} ours in this context; before any route is added.
   *
   * @param tenant the node's tenant, by name
   * @param leases which slots this node may run
   * @param sources where its sources can be found while they run
   */
  public static MqttComponent install(
      CamelContext context, String tenant, SlotLeases leases, SourceRegistry sources) {
    MqttComponent component = new MqttComponent(context, tenant, leases, sources);
    context.addComponent(SCHEME, component);
    return component;
  }

  @Override
  protected Endpoint createEndpoint(String uri, String topic, Map<String, Object> parameters)
      throws Exception {
    SourceOptions options =
        new SourceOptions(
            getAndRemoveParameter(parameters, "source", String.class, ""),
            getAndRemoveParameter(parameters, "tenant", String.class, tenant),
            getAndRemoveParameter(parameters, "slots", Integer.class, 1),
            getAndRemoveParameter(parameters, "sharedGroup", String.class, ""),
            getAndRemoveParameter(
                parameters, "maximumPacketSize", Long.class, SourceOptions.MAXIMUM_PACKET_SIZE),
            getAndRemoveParameter(
                parameters, "drainTimeout", Long.class, SourceOptions.DRAIN_MILLIS),
            parameters.containsKey("cleanStart"));
    MqttEndpoint endpoint =
        new MqttEndpoint(uri, topic, this, getConfiguration().copy(), options, leases, sources);
    endpoint.setClient(getClient());
    setProperties(endpoint, parameters);
    return endpoint;
  }
}
