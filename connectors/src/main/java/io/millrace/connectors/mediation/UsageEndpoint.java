package io.millrace.connectors.mediation;

import io.millrace.connectors.codec.CodecSpec;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultEndpoint;

/** The engine, for payloads of one codec. */
final class UsageEndpoint extends DefaultEndpoint {
  private final CodecSpec spec;

  UsageEndpoint(String uri, UsageComponent component, CodecSpec spec) {
    super(uri, component);
    this.spec = spec;
  }

  @Override
  public Producer createProducer() {
    return new ToEngine(this, spec);
  }

  @Override
  public Consumer createConsumer(Processor processor) {
    throw new UnsupportedOperationException(getEndpointBaseUri() + " ends a route, begins none");
  }

  private static final class ToEngine extends DefaultAsyncProducer {
    private final CodecSpec spec;
    private final AsyncProcessor engine;

    ToEngine(UsageEndpoint endpoint, CodecSpec spec) {
      super(endpoint);
      this.spec = spec;
      this.engine =
          AsyncProcessorConverterHelper.convert(
              endpoint
                  .getCamelContext()
                  .getRegistry()
                  .lookupByNameAndType(UsageComponent.PROCESSOR, Processor.class));
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      exchange.setProperty(UsageProcessor.CODEC, spec);
      return engine.process(exchange, callback);
    }
  }
}
