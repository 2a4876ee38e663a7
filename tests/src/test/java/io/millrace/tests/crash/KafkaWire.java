package io.millrace.tests.crash;

import io.millrace.tests.sources.EmbeddedKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;

/** A topic of Kafka. */
final class KafkaWire implements Wire {
  private static final String TOPIC = "lamps";
  private static final String GROUP = "millrace-city-lamps";
  private static final int PARTITIONS = 4;

  private final EmbeddedKafka broker;

  KafkaWire(Path folder) throws Exception {
    broker = EmbeddedKafka.start(folder);
    broker.createTopic(TOPIC, PARTITIONS);
  }

  @Override
  public String route() {
    return "kafka-lamps.camel.yaml";
  }

  @Override
  public Map<String, String> properties() {
    return Map.of("kafka.brokers", broker.brokers());
  }

  @Override
  public void publish(List<byte[]> payloads) {
    try (KafkaProducer<byte[], byte[]> producer = broker.producer()) {
      for (int i = 0; i < payloads.size(); i++) {
        producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, payloads.get(i)));
      }
    }
  }

  @Override
  public void stop() {
    broker.stop();
  }

  @Override
  public void restart() throws Exception {
    broker.restart();
  }

  @Override
  public void comeAndDie() {
    try (KafkaConsumer<byte[], byte[]> member =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                broker.brokers(),
                "group.id",
                GROUP,
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest",
                "partition.assignment.strategy",
                "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      member.subscribe(List.of(TOPIC));
      Awaitility.await("it is given partitions")
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                member.poll(Duration.ofMillis(50));
                return !member.assignment().isEmpty();
              });
    }
  }

  @Override
  public boolean isAcknowledged(long published) throws Exception {
    return broker.committed(GROUP, TOPIC) == published;
  }

  @Override
  public void close() {
    broker.close();
  }
}
