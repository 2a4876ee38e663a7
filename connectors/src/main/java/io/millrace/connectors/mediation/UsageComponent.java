package io.millrace.connectors.mediation;

import io.millrace.connectors.codec.CodecSpec;
import io.millrace.connectors.codec.Formats;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code usage:format}: the end of a source route whose payloads are not CloudEvents, or the same
 * as {@code direct:usage} where they are. Its options are the format's, see {@link Formats}; a
 * route that gives others does not start.
 */
@Component(UsageComponent.SCHEME)
public final class UsageComponent extends DefaultComponent {
  /** The scheme that routes name. */
  public static final String SCHEME = "usage";

  /** The bean that exchanges are handed to. */
  static final String PROCESSOR = "usage";

  private UsageComponent(CamelContext context) {
    super(context);
  }

  /** Makes {@code usage:} known in this context, whose bean {@code usage} takes the exchanges. */
  public static UsageComponent install(CamelContext context) {
    UsageComponent component = new UsageComponent(context);
    context.addComponent(SCHEME, component);
    return component;
  }

  @Override
  protected Endpoint createEndpoint(String uri, String format, Map<String, Object> parameters) {
    TreeMap<String, String> options = new TreeMap<>();
    parameters.forEach((name, value) -> options.put(name, String.valueOf(value)));
    parameters.clear();
    CodecSpec spec = CodecSpec.of(format, options);
    Formats.check(spec);
    return new UsageEndpoint(uri, this, spec);
  }
}
