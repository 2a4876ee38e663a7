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

  /** Stands for the reading of a meter that the event is none of, see {@code Meter.where}. */
  public static final long NOT_READ = Long.MIN_VALUE;

  /** Stands for a reading that an event does not have, and that not every version asks for. */
  public static final long ABSENT = Long.MIN_VALUE + 1;

  /** A value that may be any 64 bits, as a reading: what stands for none becomes 0. */
  public static long reading(long bits) {
    return bits == NOT_READ || bits == ABSENT ? 0 : bits;
  }

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
   * for each meter of the event's type in the rules' order, in the meter's scaled integers; {@link
   * #ABSENT} where it has none.
   */
  public long[] values;

  /** Where a row's values begin; one element more than rows. */
  public int[] valueFrom;

  /** Holds the raw bytes of all rows; its own, or those of the batch that it was gathered from. */
  public byte[] raw;

  /** Where a row's raw bytes begin. */
  public int[] rawFrom;

  /** Where a row's raw bytes end. */
  public int[] rawTo;

  private int size;
  private int rawSize;
  private byte[] ownRaw;

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
    ownRaw = new byte[n * 64];
    raw = ownRaw;
    rawFrom = new int[n];
    rawTo = new int[n];
  }

  /** How many rows there are. */
  public int size() {
    return size;
  }

  /** Bytes of raw payload held. */
  public int rawSize() {
    return rawSize;
  }

  /** Forgets all rows and keeps the room. */
  public void clear() {
    size = 0;
    rawSize = 0;
    raw = ownRaw;
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
      grow(i + 1);
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
    addRaw(i, bytes, from, length);
    size = i + 1;
  }

  /**
   * As {@link #add}, without a copy of the raw bytes: the rows of such a batch are good for as long
   * as nobody writes to {@code bytes}, the same of all of them.
   */
  public void addOver(
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
    assert size == 0 || raw == bytes : "one array holds the raw bytes of all rows";
    raw = ownRaw;
    add(
        rowShard,
        rowSubscription,
        rowSource,
        rowEventId,
        rowNumbered,
        rowOccurredAt,
        rowReceivedAt,
        rowType,
        rowValues,
        valueCount,
        bytes,
        from,
        0);
    raw = bytes;
    rawFrom[size - 1] = from;
    rawTo[size - 1] = from + length;
  }

  private void addRaw(int row, byte[] bytes, int from, int length) {
    assert raw == ownRaw : "a batch that was gathered takes no rows";
    int r = rawSize;
    if (r + length > raw.length) {
      ownRaw = Arrays.copyOf(raw, Math.max(raw.length * 2, r + length));
      raw = ownRaw;
    }
    System.arraycopy(bytes, from, raw, r, length);
    rawFrom[row] = r;
    rawSize = r + length;
    rawTo[row] = rawSize;
  }

  /** Appends all rows of another batch. */
  public void addAll(UsageBatch other) {
    for (int i = 0; i < other.size; i++) {
      addRow(other, i);
    }
  }

  /** Appends row {@code i} of another batch. */
  public void addRow(UsageBatch other, int i) {
    int at = size;
    if (at == shard.length) {
      grow(at + 1);
    }
    shard[at] = other.shard[i];
    subscription[at] = other.subscription[i];
    source[at] = other.source[i];
    eventId[at] = other.eventId[i];
    numbered[at] = other.numbered[i];
    occurredAt[at] = other.occurredAt[i];
    receivedAt[at] = other.receivedAt[i];
    type[at] = other.type[i];
    addValues(at, other, i);
    addRaw(at, other.raw, other.rawFrom[i], other.rawTo[i] - other.rawFrom[i]);
    size = at + 1;
  }

  /**
   * Becomes the rows of another batch in this order. Shares its raw bytes, so it is good for as
   * long as the other's rows are; copied column by column, since reads that don't depend on each
   * other wait for memory together.
   *
   * @param rows each of the other's rows once
   */
  public void gather(UsageBatch other, int[] rows) {
    clear();
    int n = rows.length;
    if (n > shard.length) {
      grow(n);
    }
    for (int i = 0; i < n; i++) {
      shard[i] = other.shard[rows[i]];
      source[i] = other.source[rows[i]];
      type[i] = other.type[rows[i]];
      numbered[i] = other.numbered[rows[i]];
    }
    for (int i = 0; i < n; i++) {
      subscription[i] = other.subscription[rows[i]];
      eventId[i] = other.eventId[rows[i]];
    }
    for (int i = 0; i < n; i++) {
      occurredAt[i] = other.occurredAt[rows[i]];
      receivedAt[i] = other.receivedAt[rows[i]];
    }
    for (int i = 0; i < n; i++) {
      rawFrom[i] = other.rawFrom[rows[i]];
      rawTo[i] = other.rawTo[rows[i]];
    }
    for (int i = 0; i < n; i++) {
      addValues(i, other, rows[i]);
    }
    raw = other.raw;
    rawSize = other.rawSize;
    size = n;
  }

  private void addValues(int at, UsageBatch other, int i) {
    int v = valueFrom[at];
    int count = other.valueFrom[i + 1] - other.valueFrom[i];
    if (v + count > values.length) {
      values = Arrays.copyOf(values, Math.max(values.length * 2, v + count));
    }
    for (int k = 0; k < count; k++) {
      values[v + k] = other.values[other.valueFrom[i] + k];
    }
    valueFrom[at + 1] = v + count;
  }

  /** Appends row {@code i} of another batch under another subscription. */
  public void addRow(UsageBatch from, int i, int rowShard, long rowSubscription) {
    addRow(from, i);
    shard[size - 1] = rowShard;
    subscription[size - 1] = rowSubscription;
  }

  /** The raw bytes of row {@code i}, copied. */
  public byte[] rawOf(int i) {
    return Arrays.copyOfRange(raw, rawFrom[i], rawTo[i]);
  }

  private void grow(int least) {
    int n = Math.max(shard.length * 2, least);
    shard = Arrays.copyOf(shard, n);
    subscription = Arrays.copyOf(subscription, n);
    source = Arrays.copyOf(source, n);
    eventId = Arrays.copyOf(eventId, n);
    numbered = Arrays.copyOf(numbered, n);
    occurredAt = Arrays.copyOf(occurredAt, n);
    receivedAt = Arrays.copyOf(receivedAt, n);
    type = Arrays.copyOf(type, n);
    valueFrom = Arrays.copyOf(valueFrom, n + 1);
    rawFrom = Arrays.copyOf(rawFrom, n);
    rawTo = Arrays.copyOf(rawTo, n);
  }
}
