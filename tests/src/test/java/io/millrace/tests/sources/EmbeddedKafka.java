package io.millrace.tests.sources;

import io.millrace.tests.house.FreePort;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** A Kafka broker and its controller in this process, durable in a folder, on loopback. */
public final class EmbeddedKafka implements AutoCloseable {
  private static final int NODE = 1;

  private final Path folder;
  private final int port;
  private final int controllerPort;
  private KafkaRaftServer server;

  private EmbeddedKafka(Path folder, int port, int controllerPort) throws Exception {
    this.folder = folder;
    this.port = port;
    this.controllerPort = controllerPort;
    this.server = startServer();
  }

  /** Starts one on free ports. */
  public static EmbeddedKafka start(Path folder) throws Exception {
    Files.createDirectories(folder);
    return new EmbeddedKafka(folder, FreePort.next(), FreePort.next());
  }

  private KafkaRaftServer startServer() throws Exception {
    Properties p = new Properties();
    p.put("process.roles", "broker,controller");
    p.put("node.id", Integer.toString(NODE));
    p.put("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort);
    p.put(
        "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    p.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
    p.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.put("controller.listener.names", "CONTROLLER");
    p.put("inter.broker.listener.name", "PLAINTEXT");
    p.put("log.dirs", folder.toString());
    p.put("offsets.topic.num.partitions", "1");
    p.put("offsets.topic.replication.factor", "1");
    p.put("transaction.state.log.num.partitions", "1");
    p.put("transaction.state.log.replication.factor", "1");
    p.put("transaction.state.log.min.isr", "1");
    p.put("group.initial.rebalance.delay.ms", "0");
    p.put("group.min.session.timeout.ms", "1000");
    p.put("auto.create.topics.enable", "false");
    p.put("num.partitions", "1");
    p.put("log.cleaner.enable", "false");
    // Records may have the time of what they tell, which is longer ago than a week.
    p.put("log.retention.ms", "-1");
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setNodeId(NODE)
        .setClusterId(Uuid.ONE_UUID.toString())
        .setControllerListenerName("CONTROLLER")
        .setMetadataLogDirectory(folder.toString())
        .addDirectory(folder.toString())
        .setIgnoreFormatted(true)
        .run();
    KafkaRaftServer made = new KafkaRaftServer(KafkaConfig.fromProps(p, false), Time.SYSTEM);
    made.startup();
    return made;
  }

  /** Where clients connect. */
  public String brokers() {
    return "127.0.0.1:" + port;
  }

  /** Ends it; what was written is there again after {@link #restart()}. */
  public void stop() {
    server.shutdown();
    server.awaitShutdown();
  }

  /** Starts it again after a stop, at the same port. */
  public void restart() throws Exception {
    server = startServer();
  }

  public void createTopic(String topic, int partitions) throws Exception {
    try (Admin admin = admin()) {
      admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
    }
  }

  /** For what only a broker's operator does. */
  public Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", brokers()));
  }

  /** The sum of a group's committed offsets in a topic. */
  public long committed(String group, String topic) throws Exception {
    try (Admin admin = admin()) {
      Map<TopicPartition, OffsetAndMetadata> offsets =
          admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      return offsets.entrySet().stream()
          .filter(e -> e.getKey().topic().equals(topic) && e.getValue() != null)
          .mapToLong(e -> e.getValue().offset())
          .sum();
    } catch (ExecutionException e) {
      return 0;
    }
  }

  public KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", brokers(), "acks", "all", "linger.ms", 5, "batch.size", 65_536),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** Publishes the numbers in this range as text, each to partition number modulo partitions. */
  public void publish(String topic, int partitions, int from, int to) {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      for (int i = from; i < to; i++) {
        byte[] body = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(topic, i % partitions, null, body));
      }
    }
  }

  @Override
  public void close() {
    stop();
  }
}
