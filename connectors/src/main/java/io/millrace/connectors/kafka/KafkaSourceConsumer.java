package io.millrace.connectors.kafka;

import io.millrace.connectors.source.BatchConsumer;
import io.millrace.connectors.source.SourceCheck;
import io.millrace.connectors.source.SourceReader;
import io.millrace.connectors.source.SourceRegistry;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.camel.Processor;

/**
 * Reads topics with readers that share a group, and commits an offset when all exchanges up to it
 * have completed.
 */
final class KafkaSourceConsumer extends BatchConsumer {
  private final KafkaSourceEndpoint endpoint;

  KafkaSourceConsumer(KafkaSourceEndpoint endpoint, Processor processor, SourceRegistry sources) {
    super(endpoint, processor, endpoint.options().source(), sources);
    this.endpoint = endpoint;
  }

  @Override
  public String kind() {
    return KafkaSourceComponent.SCHEME;
  }

  @Override
  public List<SourceCheck> test() {
    return KafkaProbe.checks(endpoint, name());
  }

  @Override
  protected int leastReaders() {
    return endpoint.leastReaders();
  }

  @Override
  protected List<SourceReader> readers() {
    return IntStream.range(0, endpoint.readers())
        .<SourceReader>mapToObj(i -> new KafkaReader(this, endpoint, i))
        .toList();
  }
}
