package io.millrace.connectors.kafka;

import io.millrace.connectors.source.OptionRange;
import io.millrace.connectors.source.SourceRegistry;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Camel's endpoint with our consumer; refuses what would lose events. */
final class KafkaSourceEndpoint extends KafkaEndpoint {
  static final String READ_COMMITTED = "read_committed";

  private static final int MOST_READERS = 64;

  private final String topic;
  private final KafkaSourceOptions options;
  private final Set<String> setAside;
  private final SourceRegistry sources;

  KafkaSourceEndpoint(
      String uri,
      String topic,
      KafkaSourceComponent component,
      KafkaSourceOptions options,
      Set<String> setAside,
      SourceRegistry sources) {
    super(uri, component);
    this.topic = topic;
    this.options = options;
    this.setAside = setAside;
    this.sources = sources;
  }

  KafkaSourceOptions options() {
    return options;
  }

  List<String> topics() {
    return List.of(topic.split(","));
  }

  String brokers() {
    return getConfiguration().getBrokers();
  }

  /** Threads that read, each a member of the group. */
  int readers() {
    return getConfiguration().getConsumersCount();
  }

  /** How few read where there is little to do: all where the group would wait for each by name. */
  int leastReaders() {
    return getConfiguration().getGroupInstanceId() == null ? options.leastReaders() : readers();
  }

  String group(String source) {
    String said = getConfiguration().getGroupId();
    return said == null ? "millrace-" + options.tenant() + '-' + source : said;
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    KafkaConfiguration c = getConfiguration();
    if (!setAside.isEmpty()) {
      throw refused(
          setAside
              + " would commit an offset before its event, or does nothing here; remove it"
              + (setAside.contains("autoOffsetReset") ? " and say begin=earliest" : ""));
    }
    if (c.getBrokers() == null) {
      throw refused("names no broker; add brokers=<host:port>");
    }
    if (!READ_COMMITTED.equals(c.getIsolationLevel())) {
      throw refused("isolationLevel must be read_committed: what was aborted is not to be charged");
    }
    if (c.getConsumersCount() < 1 || c.getConsumersCount() > MOST_READERS) {
      throw refused("consumersCount=" + c.getConsumersCount() + " must be 1 to " + MOST_READERS);
    }
    OptionRange.checkLeast(
        "leastConsumers", options.leastReaders(), "consumersCount", c.getConsumersCount());
    KafkaSourceConsumer consumer = new KafkaSourceConsumer(this, processor, sources);
    configureConsumer(consumer);
    return consumer;
  }

  private IllegalArgumentException refused(String why) {
    return new IllegalArgumentException(KafkaSourceComponent.SCHEME + ":" + topic + ": " + why);
  }

  /** What one reader of that source connects with. */
  Properties properties(String source, int reader) {
    KafkaConfiguration c = getConfiguration();
    Properties p = c.createConsumerProperties();
    updateClassProperties(p);
    p.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, c.getBrokers());
    p.put(ConsumerConfig.GROUP_ID_CONFIG, group(source));
    p.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, options.tenant() + '-' + source + '-' + reader);
    if (c.getGroupInstanceId() != null) {
      p.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, c.getGroupInstanceId() + '-' + reader);
    }
    p.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    p.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    p.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    p.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    p.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return p;
  }
}
