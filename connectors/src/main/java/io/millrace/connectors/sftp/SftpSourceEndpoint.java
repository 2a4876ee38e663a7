package io.millrace.connectors.sftp;

import io.millrace.connectors.files.SourceFiles;
import io.millrace.connectors.source.BatchConsumer;
import io.millrace.connectors.source.Lag;
import io.millrace.connectors.source.SourceCheck;
import io.millrace.connectors.source.SourceReader;
import io.millrace.connectors.source.SourceRegistry;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** A folder to read. */
final class SftpSourceEndpoint extends DefaultEndpoint {
  private final SftpSourceOptions options;
  private final SourceFiles files;
  private final SourceRegistry sources;

  SftpSourceEndpoint(
      String uri,
      SftpSourceComponent component,
      SftpSourceOptions options,
      SourceFiles files,
      SourceRegistry sources) {
    super(uri, component);
    this.options = options;
    this.files = files;
    this.sources = sources;
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    SftpSourceConsumer consumer = new SftpSourceConsumer(this, processor);
    configureConsumer(consumer);
    return consumer;
  }

  @Override
  public Producer createProducer() {
    throw new UnsupportedOperationException(getEndpointBaseUri() + " is a source only");
  }

  /** Its connections each read a file of their own. */
  private static final class SftpSourceConsumer extends BatchConsumer {
    private final SftpSourceEndpoint endpoint;
    private volatile List<SftpReader> all = List.of();

    SftpSourceConsumer(SftpSourceEndpoint endpoint, Processor processor) {
      super(endpoint, processor, endpoint.options.source(), endpoint.sources);
      this.endpoint = endpoint;
    }

    @Override
    public String kind() {
      return SftpSourceComponent.SCHEME;
    }

    @Override
    public List<SourceCheck> test() {
      return SftpProbe.checks(endpoint.options);
    }

    @Override
    protected int leastReaders() {
      return endpoint.options.leastReaders();
    }

    /** Files that nobody reads yet. */
    @Override
    protected OptionalLong waiting() {
      Optional<Lag> lag = lag();
      long busy = all.stream().filter(SftpReader::isPressed).count();
      return lag.isPresent()
          ? OptionalLong.of(Math.max(0, lag.get().count() - busy))
          : OptionalLong.empty();
    }

    @Override
    protected List<SourceReader> readers() {
      all =
          IntStream.range(0, endpoint.options.readers())
              .mapToObj(
                  i -> new SftpReader(this, endpoint.options, endpoint.files.reader(name(), i), i))
              .toList();
      return List.copyOf(all);
    }

    /** They all look at one folder: who looked last knows best. */
    @Override
    public Optional<Lag> lag() {
      return all.stream()
          .map(SftpReader::looked)
          .filter(Objects::nonNull)
          .max((a, b) -> Long.signum(a.at() - b.at()))
          .map(look -> new Lag(look.files(), Lag.Unit.FILES, look.bytes()));
    }
  }
}
