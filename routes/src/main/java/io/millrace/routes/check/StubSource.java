package io.millrace.routes.check;

import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.http.HttpSourceComponent;
import io.millrace.connectors.mediation.UsageProcessor;
import io.millrace.connectors.mqtt.MqttComponent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.paho.mqtt5.PahoMqtt5Constants;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Stands in for the components that sources begin with, in a context of its own: takes any option,
 * connects to nothing, and hands in what a test says, in the shape that the real one would.
 */
final class StubSource {
  /** Schemes whose consumer hands in one payload an exchange; the others hand in a list of them. */
  private static final Set<String> SINGLE =
      Set.of(MqttComponent.SCHEME, HttpSourceComponent.SCHEME);

  private final Map<String, StubConsumer> consumers = new HashMap<>();

  /** Takes the place of these schemes. */
  void install(CamelContext context, Set<String> schemes) {
    for (String scheme : schemes) {
      context.addComponent(scheme, component(context, scheme));
    }
  }

  /** The only source of the context hands a payload in; the route is done when this returns. */
  Exchange send(Payload payload) {
    if (consumers.size() != 1) {
      throw new IllegalStateException(
          consumers.isEmpty() ? "no source has begun" : "more than one source has begun");
    }
    StubConsumer consumer = consumers.values().iterator().next();
    Exchange exchange = consumer.createExchange(false);
    exchange.setProperty(UsageProcessor.SOURCE, consumer.source());
    exchange.getIn().setBody(SINGLE.contains(consumer.scheme()) ? payload : List.of(payload));
    if (consumer.scheme().equals(MqttComponent.SCHEME)) {
      exchange.getIn().setHeader(PahoMqtt5Constants.MQTT_TOPIC, payload.transport().address());
    }
    consumer.getAsyncProcessor().process(exchange, NOBODY);
    return exchange;
  }

  private static final AsyncCallback NOBODY = synchronous -> {};

  private Component component(CamelContext context, String scheme) {
    return new DefaultComponent(context) {
      @Override
      protected Endpoint createEndpoint(
          String uri, String remaining, Map<String, Object> parameters) {
        String source = String.valueOf(parameters.getOrDefault("source", ""));
        parameters.clear();
        return new StubEndpoint(uri, this, scheme, source);
      }
    };
  }

  private final class StubEndpoint extends DefaultEndpoint {
    private final String scheme;
    private final String source;

    StubEndpoint(String uri, Component component, String scheme, String source) {
      super(uri, component);
      this.scheme = scheme;
      this.source = source;
    }

    @Override
    public Consumer createConsumer(Processor processor) {
      return new StubConsumer(this, processor);
    }

    @Override
    public Producer createProducer() {
      throw new UnsupportedOperationException(getEndpointBaseUri() + " is a source only");
    }
  }

  private final class StubConsumer extends DefaultConsumer {
    private final StubEndpoint endpoint;

    StubConsumer(StubEndpoint endpoint, Processor processor) {
      super(endpoint, processor);
      this.endpoint = endpoint;
    }

    String scheme() {
      return endpoint.scheme;
    }

    String source() {
      return endpoint.source.isEmpty() ? String.valueOf(getRouteId()) : endpoint.source;
    }

    @Override
    protected void doStart() throws Exception {
      super.doStart();
      consumers.put(endpoint.getEndpointUri(), this);
    }

    @Override
    protected void doStop() throws Exception {
      consumers.remove(endpoint.getEndpointUri());
      super.doStop();
    }
  }
}
