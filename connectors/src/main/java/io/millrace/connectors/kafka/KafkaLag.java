package io.millrace.connectors.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * How many records lie between a reader's place and the end of its partitions, as far as they can
 * be read (the last stable offset). Offsets are counted, so markers of transactions count as well.
 * Looks on the reader's thread, which alone may use the client; also while its partitions are
 * paused, when nothing that is fetched would tell.
 */
final class KafkaLag {
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A broker that does not answer holds the reader up no longer than this. */
  private static final Duration ANSWER = Duration.ofMillis(250);

  private static final long UNKNOWN = -1;

  private volatile long ahead = UNKNOWN;
  private long lookedAt = System.nanoTime() - LOOK_NANOS;

  /** Looks, where the last look is a second ago, or nothing is known. */
  void look(Consumer<?, ?> consumer) {
    long now = System.nanoTime();
    if (consumer.assignment().isEmpty()) {
      // It looks as soon as it is given one.
      ahead = 0;
      lookedAt = now - LOOK_NANOS;
      return;
    }
    if (now - lookedAt < LOOK_NANOS) {
      return;
    }
    lookedAt = now;
    try {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment(), ANSWER);
      long sum = 0;
      for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
        sum += Math.max(0, end.getValue() - consumer.position(end.getKey(), ANSWER));
      }
      ahead = sum;
    } catch (KafkaException e) {
      // No answer, or no place in a partition yet: the next poll complains where that lasts.
      ahead = UNKNOWN;
    }
  }

  /** Nothing is known any more: it looks the next time. */
  void forget() {
    ahead = UNKNOWN;
    lookedAt = System.nanoTime() - LOOK_NANOS;
  }

  /** What the last look found; empty where it found nothing out. */
  OptionalLong ahead() {
    long found = ahead;
    return found == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(found);
  }
}
