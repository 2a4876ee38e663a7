package io.millrace.tests.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.WindowedSerdes;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;
import org.jspecify.annotations.Nullable;

/**
 * The yardstick: a CloudEvent is parsed, removed where its lamp has sent that id in the same hour,
 * and added up by lamp and hour, exactly once. It does less than the gateway: it remembers for an
 * hour and not for 35 days, prices nothing, posts nothing and keeps no raw bytes; and the producer
 * gives it key and time, which it need not find in the payload.
 */
final class StreamsTopology {
  /** Read from; its records have the lamp as key and the time of their report. */
  static final String FROM = "streams";

  /** Written to: what each lamp has used in each hour, thousandths of Wh. */
  static final String TO = "streams-sums";

  private static final String SEEN = "seen";
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration LATE = Duration.ofMinutes(5);
  private static final byte[] YES = {};

  /** Records that came, whatever became of them. */
  final AtomicLong taken = new AtomicLong();

  /** Those of them that had not come before. */
  final AtomicLong counted = new AtomicLong();

  Topology topology() {
    Serde<byte[]> bytes = Serdes.ByteArray();
    StreamsBuilder builder = new StreamsBuilder();
    builder.addStateStore(
        Stores.windowStoreBuilder(
            Stores.persistentWindowStore(SEEN, HOUR.plus(LATE), HOUR, false),
            Serdes.String(),
            bytes));
    builder.stream(FROM, Consumed.with(bytes, bytes))
        .processValues(Once::new, SEEN)
        .groupByKey(Grouped.with(bytes, Serdes.Long()))
        .windowedBy(TimeWindows.ofSizeAndGrace(HOUR, LATE))
        .reduce(Long::sum, Materialized.with(bytes, Serdes.Long()))
        .toStream()
        .to(
            TO,
            Produced.with(
                new WindowedSerdes.TimeWindowedSerde<>(bytes, HOUR.toMillis()), Serdes.Long()));
    return builder.build();
  }

  /** How it runs. */
  static Properties properties(String brokers, Path state, int threads) {
    Properties p = new Properties();
    p.putAll(
        Map.of(
            StreamsConfig.APPLICATION_ID_CONFIG,
            FROM,
            StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
            brokers,
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
            StreamsConfig.EXACTLY_ONCE_V2,
            StreamsConfig.NUM_STREAM_THREADS_CONFIG,
            threads,
            StreamsConfig.STATE_DIR_CONFIG,
            state.toString(),
            StreamsConfig.consumerPrefix("auto.offset.reset"),
            "earliest",
            StreamsConfig.consumerPrefix("max.poll.records"),
            KafkaBench.POLL_RECORDS));
    return p;
  }

  /** Lets through the reading of each report that it has not seen. */
  private final class Once implements FixedKeyProcessor<byte[], byte[], Long> {
    private final JsonFactory json = new JsonFactory();
    private @Nullable FixedKeyProcessorContext<byte[], Long> next;
    private @Nullable WindowStore<String, byte[]> seen;
    private String subject = "";
    private String id = "";
    private long thousandths;

    @Override
    public void init(FixedKeyProcessorContext<byte[], Long> context) {
      next = context;
      seen = context.getStateStore(SEEN);
    }

    @Override
    public void process(FixedKeyRecord<byte[], byte[]> report) {
      try {
        parse(report.value());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      taken.incrementAndGet();
      long hour = report.timestamp() - report.timestamp() % HOUR.toMillis();
      String key = subject + '/' + id;
      if (seen.fetch(key, hour) == null) {
        seen.put(key, YES, hour);
        counted.incrementAndGet();
        next.forward(report.withValue(thousandths));
      }
    }

    private void parse(byte[] report) throws IOException {
      try (JsonParser parser = json.createParser(report)) {
        for (JsonToken token; (token = parser.nextToken()) != null; ) {
          if (token == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            switch (name) {
              case "id" -> id = parser.nextTextValue();
              case "subject" -> subject = parser.nextTextValue();
              case "wh" -> {
                parser.nextToken();
                thousandths = parser.getDecimalValue().movePointRight(3).longValueExact();
              }
              default -> {}
            }
          }
        }
      }
    }
  }
}
