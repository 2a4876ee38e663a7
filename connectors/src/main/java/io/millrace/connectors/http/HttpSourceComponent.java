package io.millrace.connectors.http;

import io.millrace.connectors.source.AdaptiveLimit;
import io.millrace.connectors.source.OptionRange;
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
 * finds the sources that run in {@link HttpSources}. Its options:
 *
 * <ul>
 *   <li>{@code inFlight}: bodies that are not answered under load; more are refused; 16,384
 *   <li>{@code leastInFlight}: the same where there is little to do; a sixteenth of it
 * </ul>
 */
@Component(HttpSourceComponent.SCHEME)
public final class HttpSourceComponent extends DefaultComponent {
  /** The scheme that routes name. */
  public static final String SCHEME = "http-usage";

  /** Bodies that are not answered, where the route says nothing. */
  private static final int IN_FLIGHT = 16_384;

  private static final int MOST_IN_FLIGHT = 1 << 16;

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
    int inFlight = getAndRemoveParameter(parameters, "inFlight", Integer.class, IN_FLIGHT);
    int least =
        getAndRemoveParameter(
            parameters, "leastInFlight", Integer.class, OptionRange.leastInFlight(inFlight));
    OptionRange.check("inFlight", inFlight, 1, MOST_IN_FLIGHT, "bodies");
    OptionRange.checkLeast("leastInFlight", least, "inFlight", inFlight);
    return new HttpEndpoint(uri, name, least, inFlight);
  }

  private final class HttpEndpoint extends DefaultEndpoint {
    private final String name;
    private final int leastInFlight;
    private final int inFlight;

    HttpEndpoint(String uri, String name, int leastInFlight, int inFlight) {
      super(uri, HttpSourceComponent.this);
      this.name = name;
      this.leastInFlight = leastInFlight;
      this.inFlight = inFlight;
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
      AdaptiveLimit limit = new AdaptiveLimit(leastInFlight, inFlight);
      HttpSource consumer = new HttpSource(this, processor, name, limit, sources, running);
      configureConsumer(consumer);
      return consumer;
    }

    @Override
    public Producer createProducer() {
      throw new UnsupportedOperationException(getEndpointBaseUri() + " is a source only");
    }
  }
}
