package io.millrace.connectors.kafka;

import io.millrace.connectors.kafka.KafkaBatch.Reach;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a reader's batches are disposed of, in the order in which they came: an offset can be
 * committed when its batch and all before it are done. For the reader's thread alone.
 */
final class KafkaProgress {
  private final ArrayDeque<KafkaBatch> batches = new ArrayDeque<>();
  private final Map<TopicPartition, Reach> committable = new HashMap<>();

  void add(KafkaBatch batch) {
    batches.addLast(batch);
  }

  boolean isEmpty() {
    return batches.isEmpty();
  }

  /** Tries the first batch again whose time for that has come: handing one in may take a while. */
  void repeatOne() {
    long now = System.nanoTime();
    for (KafkaBatch batch : batches) {
      if (batch.isToBeRepeated(now)) {
        batch.attempt();
        return;
      }
    }
  }

  boolean isAnyInRoute() {
    return batches.stream().anyMatch(KafkaBatch::isInRoute);
  }

  /** Looks what is done by now; gives when the oldest that is not came, or 0 where all is. */
  long advance() {
    batches.removeIf(KafkaBatch::dropIfForgotten);
    KafkaBatch head = batches.peekFirst();
    while (head != null && head.isDone()) {
      batches.removeFirst();
      putBack(head.reach());
      head = batches.peekFirst();
    }
    return head == null ? 0 : head.arrivedAt();
  }

  /** Takes what can be committed; the group may go on there. */
  Map<TopicPartition, Reach> take() {
    Map<TopicPartition, Reach> some = new HashMap<>(committable);
    committable.clear();
    return some;
  }

  /** Can still be committed. */
  void putBack(Map<TopicPartition, Reach> some) {
    some.forEach((partition, reach) -> committable.merge(partition, reach, Reach::and));
  }

  /** These are another reader's now, which is sent their events; gives how many they are. */
  int forget(Collection<TopicPartition> partitions) {
    int events = 0;
    for (TopicPartition each : partitions) {
      Reach gone = committable.remove(each);
      events += gone == null ? 0 : gone.events();
      for (KafkaBatch batch : batches) {
        events += batch.forget(each);
      }
    }
    return events;
  }

  static Map<TopicPartition, OffsetAndMetadata> offsets(Map<TopicPartition, Reach> some) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    some.forEach((partition, reach) -> offsets.put(partition, reach.next()));
    return offsets;
  }

  static int events(Map<TopicPartition, Reach> some) {
    return some.values().stream().mapToInt(Reach::events).sum();
  }
}
