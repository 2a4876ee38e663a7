package io.millrace.tests.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.connectors.kafka.KafkaSourceComponent;
import io.millrace.connectors.source.SourceRegistry;
import io.millrace.tests.sources.EmbeddedKafka;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.camel.CamelContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The Kafka source beside a consumer that parses each report's JSON and does no more with it. */
final class KafkaBench implements Step {
  static final String NAME = "kafka";
  static final int PARTITIONS = 4;

  /** What the source asks for too. */
  static final int POLL_RECORDS = 2_000;

  private static final int REPORTS = 1_000_000;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Goal GOAL = Goal.atLeast(0.5);
  private static final Goal BY_HAND = Goal.atLeast(50);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String what() {
    return "the Kafka source, from a topic to charges on disk, beside its consumer and a JSON"
        + " parser";
  }

  @Override
  public void measure(Site site, Figures figures) throws Exception {
    try (EmbeddedKafka broker = EmbeddedKafka.start(site.folder("kafka"))) {
      broker.createTopic(SourceRace.BARE, PARTITIONS);
      broker.createTopic(SourceRace.SOURCE, PARTITIONS);
      SourceRace.run(site, figures, new Topics(broker), "consumer and parser", REPORTS, GOAL);
    }
    // The route that is built by hand has its events from memory: no broker slows it down.
    OptionalDouble ours = figures.median(NAME, SourceRace.SOURCE_RATE);
    OptionalDouble byHand = figures.median(HandBuiltBench.NAME, HandBuiltBench.PER_SECOND);
    if (ours.isPresent() && byHand.isPresent()) {
      figures.note(
          "this to the route that is built by hand",
          "×",
          BY_HAND,
          ours.getAsDouble() / byHand.getAsDouble());
    }
  }

  /** Has the broker keep the reports in a topic, those of a lamp in the same partition. */
  static void fill(EmbeddedKafka broker, String topic, LampEvents reports) {
    try (KafkaProducer<byte[], byte[]> producer = broker.producer()) {
      for (int i = 0; i < reports.size(); i++) {
        producer.send(
            new ProducerRecord<>(topic, reports.lamp(i) % PARTITIONS, null, reports.payload(i)));
      }
    }
  }

  private record Topics(EmbeddedKafka broker) implements SourceRace.Course {
    @Override
    public void fill(String place, LampEvents reports) {
      KafkaBench.fill(broker, place, reports);
    }

    @Override
    public SourceRace.Reading bare(int reports) {
      return new Bare(broker, reports);
    }

    @Override
    public void install(CamelContext context, SourceRegistry sources) {
      KafkaSourceComponent.install(context, Engine.TENANT, sources);
    }

    @Override
    public String route() {
      return "kafka:%s?source=%s&begin=earliest&brokers=%s"
          .formatted(SourceRace.SOURCE, SourceRace.SOURCE, broker.brokers());
    }
  }

  /** On one thread, which is what it does best with beside the broker on two cores. */
  private static final class Bare implements SourceRace.Reading {
    private final JsonFactory json = new JsonFactory();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private ConsumerRecords<byte[], byte[]> records = ConsumerRecords.empty();
    private int left;

    Bare(EmbeddedKafka broker, int reports) {
      left = reports;
      consumer =
          new KafkaConsumer<>(
              Map.of(
                  "bootstrap.servers",
                  broker.brokers(),
                  "group.id",
                  SourceRace.BARE,
                  "auto.offset.reset",
                  "earliest",
                  "max.poll.records",
                  POLL_RECORDS),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer());
      consumer.subscribe(List.of(SourceRace.BARE));
    }

    @Override
    public void awaitFirst() {
      SourceRace.await("read", () -> !(records = consumer.poll(POLL)).isEmpty());
    }

    @Override
    public void awaitLast() throws IOException {
      while (true) {
        for (ConsumerRecord<byte[], byte[]> each : records) {
          parse(each.value());
        }
        left -= records.count();
        if (left <= 0) {
          break;
        }
        awaitFirst();
      }
      consumer.commitSync();
    }

    private void parse(byte[] report) throws IOException {
      try (JsonParser parser = json.createParser(report)) {
        for (JsonToken token; (token = parser.nextToken()) != null; ) {
          if (token == JsonToken.VALUE_STRING && parser.getTextLength() == 0) {
            throw new IllegalStateException("a report holds no empty text");
          }
        }
      }
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}
