package io.millrace.processors.usage;

import java.util.Arrays;

/**
 * Usage events of one tenant in columns: decoded, resolved to a subscription, with their raw bytes.
 * One row is one event; rows are appended and never changed. Not thread-safe: it has one owner at a
 * time.
 *
 * <p>Columns are public arrays of at least {@link #size()} elements, so that hot loops read them as
 * they are; only {@code add} writes them.
 */
public final class UsageBatch {

  /** The shard of the subscription's root. */
  public int[] shard;

  /** The subscription's id. */
  public long[] subscription;

  /** The id of the CloudEvents {@code source}, from the source table. */
  public int[] source;

  /**
   * The event's id: its number where {@link #numbered}, else a keyed 64-bit fingerprint of its
   * text.
   */
  public long[] eventId;

  /** Whether {@link #eventId} is a sequence number. */
  public boolean[] numbered;

  /** When the use took place; milliseconds since 1970-01-01 UTC. */
  public long[] occurredAt;

  /** When a source took the event in; milliseconds since 1970-01-01 UTC. */
  public long[] receivedAt;

  /** Index of the event's type in the rules. */
  public int[] type;

  /**
   * The readings, {@code valueFrom[i]} (included) to {@code valueFrom[i + 1]} (not) for row i, one
   * for each meter of the event's type in the rules' order, in the meter's scaled integers.
   */
  public long[] values;

  /** Where a row's values begin; one element more than rows. */
  public int[] valueFrom;

  /** The raw bytes of all rows, one behind the other. */
  public byte[] raw;

  /** Where a row's raw bytes begin; one element more than rows. */
  public int[] rawFrom;

  private int size;

  /**
   * An empty batch.
   *
   * @param rows how many it holds before it grows
   */
  public UsageBatch(int rows) {
    int n = Math.max(rows, 16);
    shard = new int[n];
    subscription = new long[n];
    source = new int[n];
    eventId = new long[n];
    numbered = new boolean[n];
    occurredAt = new long[n];
    receivedAt = new long[n];
    type = new int[n];
    values = new long[n];
    valueFrom = new int[n + 1];
    raw = new byte[n * 64];
    rawFrom = new int[n + 1];
  }

  /** How many rows there are. */
  public int size() {
    return size;
  }

  /** Bytes of raw payload held. */
  public int rawSize() {
    return rawFrom[size];
  }

  /** Forgets all rows and keeps the room. */
  public void clear() {
    size = 0;
  }

  /**
   * Appends a row.
   *
   * @param rowValues holds the readings
   * @param valueCount how many of them, from index 0
   * @param bytes holds the raw event
   * @param from its first byte
   * @param length its length in bytes
   */
  public void add(
      int rowShard,
      long rowSubscription,
      int rowSource,
      long rowEventId,
      boolean rowNumbered,
      long rowOccurredAt,
      long rowReceivedAt,
      int rowType,
      long[] rowValues,
      int valueCount,
      byte[] bytes,
      int from,
      int length) {
    int i = size;
    if (i == shard.length) {
      grow();
    }
    shard[i] = rowShard;
    subscription[i] = rowSubscription;
    source[i] = rowSource;
    eventId[i] = rowEventId;
    numbered[i] = rowNumbered;
    occurredAt[i] = rowOccurredAt;
    receivedAt[i] = rowReceivedAt;
    type[i] = rowType;
    int v = valueFrom[i];
    if (v + valueCount > values.length) {
      values = Arrays.copyOf(values, Math.max(values.length * 2, v + valueCount));
    }
    System.arraycopy(rowValues, 0, values, v, valueCount);
    valueFrom[i + 1] = v + valueCount;
    int r = rawFrom[i];
    if (r + length > raw.length) {
      raw = Arrays.copyOf(raw, Math.max(raw.length * 2, r + length));
    }
    System.arraycopy(bytes, from, raw, r, length);
    rawFrom[i + 1] = r + length;
    size = i + 1;
  }

  /** Appends row {@code i} of another batch. */
  public void addRow(UsageBatch from, int i) {
    int at = size;
    if (at == shard.length) {
      grow();
    }
    shard[at] = from.shard[i];
    subscription[at] = from.subscription[i];
    source[at] = from.source[i];
    eventId[at] = from.eventId[i];
    numbered[at] = from.numbered[i];
    occurredAt[at] = from.occurredAt[i];
    receivedAt[at] = from.receivedAt[i];
    type[at] = from.type[i];
    int v = valueFrom[at];
    int count = from.valueFrom[i + 1] - from.valueFrom[i];
    if (v + count > values.length) {
      values = Arrays.copyOf(values, Math.max(values.length * 2, v + count));
    }
    for (int k = 0; k < count; k++) {
      values[v + k] = from.values[from.valueFrom[i] + k];
    }
    valueFrom[at + 1] = v + count;
    int r = rawFrom[at];
    int length = from.rawFrom[i + 1] - from.rawFrom[i];
    if (r + length > raw.length) {
      raw = Arrays.copyOf(raw, Math.max(raw.length * 2, r + length));
    }
    System.arraycopy(from.raw, from.rawFrom[i], raw, r, length);
    rawFrom[at + 1] = r + length;
    size = at + 1;
  }

  /** The raw bytes of row {@code i}, copied. */
  public byte[] rawOf(int i) {
    return Arrays.copyOfRange(raw, rawFrom[i], rawFrom[i + 1]);
  }

  private void grow() {
    int n = shard.length * 2;
    shard = Arrays.copyOf(shard, n);
    subscription = Arrays.copyOf(subscription, n);
    source = Arrays.copyOf(source, n);
    eventId = Arrays.copyOf(eventId, n);
    numbered = Arrays.copyOf(numbered, n);
    occurredAt = Arrays.copyOf(occurredAt, n);
    receivedAt = Arrays.copyOf(receivedAt, n);
    type = Arrays.copyOf(type, n);
    valueFrom = Arrays.copyOf(valueFrom, n + 1);
    rawFrom = Arrays.copyOf(rawFrom, n + 1);
  }
}
