package io.millrace.connectors.kafka;

import io.millrace.connectors.kafka.KafkaSourceOptions.Begin;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a reader begins in a partition whose committed offset is missing, or is of no use: never
 * behind an event that it could still read, and never without a word where events are gone.
 */
final class KafkaStart {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaStart.class);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final String source;
  private final String group;
  private final Optional<Begin> begin;

  KafkaStart(String source, String group, Optional<Begin> begin) {
    this.source = source;
    this.group = group;
    this.begin = begin;
  }

  /** The group has read nothing of a topic, and the route does not say where to begin. */
  static final class NotSaid extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotSaid(String message) {
      super(message);
    }
  }

  /**
   * Begins in partitions in which the group has committed nothing: where the route says; at the
   * first record where the group has read others of the topic, since these are new then.
   *
   * @throws NotSaid where neither helps
   */
  void beginIn(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
    Map<TopicPartition, Long> since = new HashMap<>();
    List<TopicPartition> first = new ArrayList<>();
    for (TopicPartition each : partitions) {
      if (begin.isPresent() && !begin.get().since().equals(Instant.MIN)) {
        since.put(each, begin.get().since().toEpochMilli());
      } else if (begin.isPresent() || hasReadOthers(consumer, each.topic())) {
        first.add(each);
      } else {
        throw new NotSaid(
            "group "
                + group
                + " has no offset in topic "
                + each.topic()
                + ": it has never read it, or the broker has forgotten; say begin=earliest, or"
                + " begin=<instant>, in the route");
      }
    }
    consumer.seekToBeginning(first);
    Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(since, ANSWER);
    Map<TopicPartition, Long> ends = consumer.endOffsets(since.keySet(), ANSWER);
    for (TopicPartition each : since.keySet()) {
      OffsetAndTimestamp at = found.get(each);
      Long end = ends.get(each);
      consumer.seek(each, at != null ? at.offset() : end == null ? 0 : end);
    }
    LOG.info("source {}: begins in {}", source, partitions);
  }

  private static boolean hasReadOthers(Consumer<byte[], byte[]> consumer, String topic) {
    Set<TopicPartition> all = new HashSet<>();
    for (PartitionInfo each : consumer.partitionsFor(topic, ANSWER)) {
      all.add(new TopicPartition(topic, each.partition()));
    }
    return consumer.committed(all, ANSWER).values().stream().anyMatch(o -> o != null);
  }

  /** Goes on in partitions whose log does not hold the offset that is due: at its first record. */
  void goOnIn(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> due) {
    Map<TopicPartition, Long> firsts = consumer.beginningOffsets(due.keySet(), ANSWER);
    due.forEach(
        (partition, offset) -> {
          Long first = firsts.get(partition);
          if (first != null && first > offset) {
            LOG.error(
                "source {}: offsets {} to {} of {} are gone, and their events with them: the broker"
                    + " deleted them before they were read; raise the topic's retention",
                source,
                offset,
                first - 1,
                partition);
          } else {
            LOG.warn(
                "source {}: {} ends before offset {}, which was read: it was made anew or cut;"
                    + " reading it from its first record",
                source,
                partition,
                offset);
          }
        });
    consumer.seekToBeginning(due.keySet());
  }
}
