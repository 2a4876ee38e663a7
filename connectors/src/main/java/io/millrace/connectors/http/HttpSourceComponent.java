package io.millrace.connectors.http;

import io.millrace.connectors.source.SourceRegistry;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultEndpoint;

/**
 * {@code http-usage:name}: what is posted to the node's REST server under that name. The server
 * finds the sources that run in {@link HttpSources}.
 */
@Component(HttpSourceComponent.SCHEME)
public final class HttpSourceComponent extends DefaultComponent {
  /** The scheme that routes name. */
  public static final String SCHEME = "http-usage";

  private final SourceRegistry sources;
  private final HttpSources running;

  private HttpSourceComponent(CamelContext context, SourceRegistry sources, HttpSources running) {
    super(context);
    this.sources = sources;
    this.running = running;
  }

  /**
   * Makes {@code http-usage:} known in this context; before any route is added.
   *
   * @param sources where its sources can be found while they run
   * @param running the same, for the server
   */
  public static HttpSourceComponent install(
      CamelContext context, SourceRegistry sources, HttpSources running) {
    HttpSourceComponent component = new HttpSourceComponent(context, sources, running);
    context.addComponent(SCHEME, component);
    return component;
  }

  @Override
  protected Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters) {
    if (!HttpSources.isName(name)) {
      throw new IllegalArgumentException(
          "an HTTP source is named by 1 to 64 letters, digits and hyphens: it is part of a path");
    }
    return new HttpEndpoint(uri, name);
  }

  private final class HttpEndpoint extends DefaultEndpoint {
    private final String name;

    HttpEndpoint(String uri, String name) {
      super(uri, HttpSourceComponent.this);
      this.name = name;
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
      HttpSource consumer = new HttpSource(this, processor, name, sources, running);
      configureConsumer(consumer);
      return consumer;
    }

    @Override
    public Producer createProducer() {
      throw new UnsupportedOperationException(getEndpointBaseUri() + " is a source only");
    }
  }
}
