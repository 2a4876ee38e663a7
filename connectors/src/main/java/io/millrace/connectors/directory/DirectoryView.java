package io.millrace.connectors.directory;

import io.millrace.connectors.codec.TextHash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/**
 * A directory as of one moment, found by the bytes of a subject through an open-addressed table,
 * without making a string. An interval is one record of longs, its subject included, since what a
 * look-up among 200,000 devices costs is the cache lines it touches: the table's and the record's.
 * Immutable; 66 bytes a device with a name of 11 bytes.
 */
public final class DirectoryView {

  static final DirectoryView EMPTY = new DirectoryView(new long[0], 0);

  // A record: subscription, from, to; account << 32 | offer << 16 | shard; the place of the next
  // interval of the same subject << 32 | bytes of the subject; the subject in words.
  private static final int FROM = 1;
  private static final int TO = 2;
  private static final int TERMS = 3;
  private static final int LINK = 4;
  private static final int SUBJECT = 5;

  private static final int NONE = -1;

  private final long[] records;

  /** The first record of a subject + 1, or 0 where the place is free. */
  private final int[] table;

  private int used;
  private int size;

  private DirectoryView(long[] records, int intervals) {
    this.records = records;
    int least = (int) Math.min(1 << 30, intervals * 3L / 2);
    table = new int[Math.max(16, Integer.highestOneBit(Math.max(1, least - 1)) * 2)];
  }

  /** How many intervals there are. */
  public int size() {
    return size;
  }

  /**
   * The interval of a subject at a moment.
   *
   * @param subject holds its UTF-8 bytes
   * @return its place, for the methods below; {@link Directory#UNKNOWN} or {@link
   *     Directory#NOT_ACTIVE}
   */
  public int find(byte[] subject, int from, int length, long at) {
    int record = table[slot(subject, from, length)] - 1;
    if (record < 0) {
      return Directory.UNKNOWN;
    }
    for (; record != NONE; record = next(record)) {
      if (at >= records[record + FROM] && at < records[record + TO]) {
        return record;
      }
    }
    return Directory.NOT_ACTIVE;
  }

  /**
   * Reads what {@link #find} will need for some subjects: among many devices each read waits for
   * memory, and reads that don't depend on each other wait together.
   *
   * @param hashes of the subjects, by {@link TextHash}; overwritten
   * @param count how many
   * @return what keeps the reads from being left out
   */
  public long warm(long[] hashes, int count) {
    int mask = table.length - 1;
    for (int i = 0; i < count; i++) {
      hashes[i] = table[(int) (hashes[i] >>> 32) & mask];
    }
    long sum = 0;
    for (int i = 0; i < count; i++) {
      int record = (int) hashes[i] - 1;
      sum += record < 0 ? 0 : records[record] + records[record + SUBJECT];
    }
    return sum;
  }

  /** The subscription's id in place of the interval's. */
  public long lookup(byte[] subject, int from, int length, long at) {
    int place = find(subject, from, length, at);
    return place < 0 ? place : subscription(place);
  }

  /** The subscription's id. */
  public long subscription(int place) {
    return records[place];
  }

  /** The shard of the subscription's root. */
  public int shard(int place) {
    return (int) records[place + TERMS] & 0xFFFF;
  }

  /** The customer's ledger account. */
  public int account(int place) {
    return (int) (records[place + TERMS] >> 32);
  }

  /** Index of the offer in the rules. */
  public int offer(int place) {
    return (int) (records[place + TERMS] >>> 16) & 0xFFFF;
  }

  /** First moment; milliseconds since 1970-01-01 UTC. */
  public long validFrom(int place) {
    return records[place + FROM];
  }

  /** First moment after; {@link Long#MAX_VALUE} where open. */
  public long validTo(int place) {
    return records[place + TO];
  }

  /** The device's name, allocated. */
  public String subject(int place) {
    byte[] bytes = new byte[length(place)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (records[place + SUBJECT + (i >> 3)] >>> ((i & 7) << 3));
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Bytes of heap it takes, array headers left out. */
  public long heapBytes() {
    return records.length * 8L + table.length * 4L;
  }

  /** This and more. */
  DirectoryView with(Collection<Interval> intervals) {
    int count = Math.addExact(size, intervals.size());
    byte[][] subjects = new byte[intervals.size()][];
    long words = used;
    int n = 0;
    for (Interval added : intervals) {
      subjects[n] = added.subject().getBytes(StandardCharsets.UTF_8);
      words += SUBJECT + (subjects[n++].length + 7 >> 3);
    }
    DirectoryView view = new DirectoryView(Arrays.copyOf(records, Math.toIntExact(words)), count);
    view.used = used;
    view.size = size;
    for (int first : table) {
      if (first > 0) {
        view.table[view.freeSlot(first - 1)] = first;
      }
    }
    n = 0;
    for (Interval added : intervals) {
      view.put(added, subjects[n++]);
    }
    return view;
  }

  private void put(Interval added, byte[] subject) {
    int slot = slot(subject, 0, subject.length);
    int first = table[slot] - 1;
    int same = NONE;
    for (int record = first; record != NONE; record = next(record)) {
      if (records[record] == added.subscription()) {
        same = record;
      } else if (added.validFrom() < records[record + TO]
          && records[record + FROM] < added.validTo()) {
        throw new IllegalArgumentException(
            "subscriptions " + records[record] + " and " + added.subscription() + " overlap");
      }
    }
    int record = same;
    if (same == NONE) {
      record = used;
      used += SUBJECT + (subject.length + 7 >> 3);
      size++;
      // The new one comes first in its subject's chain: later intervals are asked for most.
      records[record + LINK] = (long) first << 32 | subject.length;
      for (int i = 0; i < subject.length; i += 8) {
        records[record + SUBJECT + (i >> 3)] =
            TextHash.word(subject, i, Math.min(8, subject.length - i));
      }
      table[slot] = record + 1;
    }
    records[record] = added.subscription();
    records[record + FROM] = added.validFrom();
    records[record + TO] = added.validTo();
    records[record + TERMS] =
        (long) added.account() << 32 | (long) added.offer() << 16 | added.shard();
  }

  private int next(int record) {
    return (int) (records[record + LINK] >> 32);
  }

  private int length(int record) {
    return (int) records[record + LINK];
  }

  /** The table's slot of this subject, or the free one where it belongs. */
  private int slot(byte[] subject, int from, int length) {
    int mask = table.length - 1;
    int slot = (int) (TextHash.of(subject, from, length) >>> 32) & mask;
    while (table[slot] != 0 && !isSubject(table[slot] - 1, subject, from, length)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private int freeSlot(int record) {
    int mask = table.length - 1;
    int slot = (int) (TextHash.of(records, record + SUBJECT, length(record)) >>> 32) & mask;
    while (table[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private boolean isSubject(int record, byte[] subject, int from, int length) {
    if (length(record) != length) {
      return false;
    }
    int word = record + SUBJECT;
    for (int done = 0; done < length; done += 8, word++) {
      if (records[word] != TextHash.word(subject, from + done, length - done)) {
        return false;
      }
    }
    return true;
  }
}
