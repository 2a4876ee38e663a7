package io.millrace.connectors.kafka;

import io.millrace.connectors.source.BatchConsumer;
import io.millrace.connectors.source.SourceBatch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What one poll brought, and how far it reaches in its partitions. */
final class KafkaBatch extends SourceBatch {
  /**
   * How far it reaches in a partition.
   *
   * @param next the offset behind its last event there
   * @param events its events there
   */
  record Reach(OffsetAndMetadata next, int events) {
    Reach and(Reach other) {
      return new Reach(
          next.offset() > other.next.offset() ? next : other.next, events + other.events);
    }
  }

  private final KafkaReader reader;
  private final long bytes;
  private final Map<TopicPartition, Reach> reach;

  /**
   * A batch that has not been tried.
   *
   * @param bytes the payloads' together
   */
  KafkaBatch(
      BatchConsumer source,
      KafkaReader reader,
      List<?> payloads,
      long bytes,
      Map<TopicPartition, Reach> reach) {
    super(source, payloads);
    this.reader = reader;
    this.bytes = bytes;
    this.reach = new HashMap<>(reach);
  }

  long bytes() {
    return bytes;
  }

  @Override
  protected void disposed() {
    reader.left(this);
  }

  @Override
  protected void failed() {
    reader.failed();
  }

  /** Where the group may go on when this and all before it are done. */
  Map<TopicPartition, Reach> reach() {
    return reach;
  }

  /** The partition is another reader's now; gives the events there that this one can't commit. */
  int forget(TopicPartition partition) {
    Reach gone = reach.remove(partition);
    return gone == null ? 0 : gone.events();
  }

  /** Whether it waits for another attempt that nobody needs; it is no longer in flight then. */
  boolean dropIfForgotten() {
    boolean drop = reach.isEmpty() && isFailed();
    if (drop) {
      reader.left(this);
    }
    return drop;
  }
}
