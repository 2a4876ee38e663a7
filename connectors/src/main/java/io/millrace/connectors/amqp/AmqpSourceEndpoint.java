package io.millrace.connectors.amqp;

import io.millrace.connectors.source.BatchConsumer;
import io.millrace.connectors.source.SourceCheck;
import io.millrace.connectors.source.SourceReader;
import io.millrace.connectors.source.SourceRegistry;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** A queue to read. */
final class AmqpSourceEndpoint extends DefaultEndpoint {
  private final AmqpSourceOptions options;
  private final SourceRegistry sources;

  AmqpSourceEndpoint(
      String uri,
      AmqpSourceComponent component,
      AmqpSourceOptions options,
      SourceRegistry sources) {
    super(uri, component);
    this.options = options;
    this.sources = sources;
  }

  AmqpSourceOptions options() {
    return options;
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    AmqpSourceConsumer consumer = new AmqpSourceConsumer(this, processor, sources);
    configureConsumer(consumer);
    return consumer;
  }

  @Override
  public Producer createProducer() {
    throw new UnsupportedOperationException(getEndpointBaseUri() + " is a source only");
  }

  /** Its connections compete for the queue. */
  private static final class AmqpSourceConsumer extends BatchConsumer {
    private final AmqpSourceOptions options;

    AmqpSourceConsumer(AmqpSourceEndpoint endpoint, Processor processor, SourceRegistry sources) {
      super(endpoint, processor, endpoint.options().source(), sources);
      this.options = endpoint.options();
    }

    @Override
    public String kind() {
      return AmqpSourceComponent.SCHEME;
    }

    @Override
    public List<SourceCheck> test() {
      return AmqpProbe.checks(options);
    }

    @Override
    protected int leastReaders() {
      return options.leastConsumers();
    }

    @Override
    protected List<SourceReader> readers() {
      return IntStream.range(0, options.consumers())
          .<SourceReader>mapToObj(i -> new AmqpReader(this, options, i))
          .toList();
    }
  }
}
