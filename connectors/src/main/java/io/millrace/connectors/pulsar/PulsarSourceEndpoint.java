package io.millrace.connectors.pulsar;

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

/** A topic to read. */
final class PulsarSourceEndpoint extends DefaultEndpoint {
  private final PulsarSourceOptions options;
  private final String tenant;
  private final SourceRegistry sources;

  PulsarSourceEndpoint(
      String uri,
      PulsarSourceComponent component,
      PulsarSourceOptions options,
      String tenant,
      SourceRegistry sources) {
    super(uri, component);
    this.options = options;
    this.tenant = tenant;
    this.sources = sources;
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    PulsarSourceConsumer consumer = new PulsarSourceConsumer(this, processor);
    configureConsumer(consumer);
    return consumer;
  }

  @Override
  public Producer createProducer() {
    throw new UnsupportedOperationException(getEndpointBaseUri() + " is a source only");
  }

  /** Its connections share the subscription. */
  private static final class PulsarSourceConsumer extends BatchConsumer {
    private final PulsarSourceEndpoint endpoint;

    PulsarSourceConsumer(PulsarSourceEndpoint endpoint, Processor processor) {
      super(endpoint, processor, endpoint.options.source(), endpoint.sources);
      this.endpoint = endpoint;
    }

    @Override
    public String kind() {
      return PulsarSourceComponent.SCHEME;
    }

    @Override
    public List<SourceCheck> test() {
      return PulsarProbe.checks(endpoint.options);
    }

    @Override
    protected int leastReaders() {
      return endpoint.options.leastConsumers();
    }

    @Override
    protected List<SourceReader> readers() {
      String said = endpoint.options.subscription();
      String subscription = said.isEmpty() ? "millrace-" + endpoint.tenant + '-' + name() : said;
      return IntStream.range(0, endpoint.options.consumers())
          .<SourceReader>mapToObj(i -> new PulsarReader(this, endpoint.options, subscription, i))
          .toList();
    }
  }
}
