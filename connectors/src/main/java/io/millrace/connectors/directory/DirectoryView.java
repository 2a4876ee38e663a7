package io.millrace.connectors.directory;

import io.millrace.connectors.codec.TextHash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/**
 * A directory as of one moment: intervals in columns, found by the bytes of their subject through an
 * open-addressed table, without making a string. Intervals of one subject are chained. Immutable;
 * about 60 bytes a device with a name of 11 bytes.
 */
public final class DirectoryView {

  static final DirectoryView EMPTY = new DirectoryView(0, 0);

  private static final int NONE = -1;

  private int size;
  private final long[] subscription;
  private final short[] shard;
  private final int[] account;
  private final short[] offer;
  private final long[] validFrom;
  private final long[] validTo;

  /** The next interval of the same subject, or {@link #NONE}. */
  private final int[] next;

  /** Where the interval's subject begins in {@link #names}; its first byte pair is the length. */
  private final int[] name;

  private byte[] names;
  private int namesSize;

  /** The first interval of a subject + 1, or 0 where the place is free. */
  private final int[] table;

  private DirectoryView(int room, int nameRoom) {
    subscription = new long[room];
    shard = new short[room];
    account = new int[room];
    offer = new short[room];
    validFrom = new long[room];
    validTo = new long[room];
    next = new int[room];
    name = new int[room];
    names = new byte[nameRoom];
    table = new int[Math.max(16, Integer.highestOneBit(Math.max(1, room * 3 / 2 - 1)) * 2)];
  }

  /** How many intervals there are. */
  public int size() {
    return size;
  }

  /**
   * The interval of a subject at a moment.
   *
   * @param subject holds its UTF-8 bytes
   * @return its index, for the methods below; {@link Directory#UNKNOWN} or {@link
   *     Directory#NOT_ACTIVE}
   */
  public int find(byte[] subject, int from, int length, long at) {
    int i = table[place(subject, from, length)] - 1;
    if (i < 0) {
      return Directory.UNKNOWN;
    }
    for (; i != NONE; i = next[i]) {
      if (at >= validFrom[i] && at < validTo[i]) {
        return i;
      }
    }
    return Directory.NOT_ACTIVE;
  }

  /** The subscription's id in place of its index. */
  public long lookup(byte[] subject, int from, int length, long at) {
    int i = find(subject, from, length, at);
    return i < 0 ? i : subscription[i];
  }

  /** The subscription's id. */
  public long subscription(int i) {
    return subscription[i];
  }

  /** The shard of the subscription's root. */
  public int shard(int i) {
    return shard[i];
  }

  /** The customer's ledger account. */
  public int account(int i) {
    return account[i];
  }

  /** Index of the offer in the rules. */
  public int offer(int i) {
    return offer[i];
  }

  /** First moment; milliseconds since 1970-01-01 UTC. */
  public long validFrom(int i) {
    return validFrom[i];
  }

  /** First moment after; {@link Long#MAX_VALUE} where open. */
  public long validTo(int i) {
    return validTo[i];
  }

  /** The device's name. */
  public String subject(int i) {
    return new String(names, name[i] + 2, nameLength(i), StandardCharsets.UTF_8);
  }

  /** Bytes of heap it takes, array headers left out. */
  public long heapBytes() {
    return subscription.length * 40L + names.length + table.length * 4L;
  }

  /** This and more. */
  DirectoryView with(Collection<Interval> intervals) {
    long nameBytes = namesSize;
    for (Interval added : intervals) {
      nameBytes += 2 + added.subject().length() * 3L;
    }
    int nameRoom = (int) Math.min(nameBytes, Integer.MAX_VALUE - 8);
    DirectoryView view = new DirectoryView(Math.addExact(size, intervals.size()), nameRoom);
    for (int i = 0; i < size; i++) {
      view.append(this, i);
    }
    for (Interval added : intervals) {
      view.put(added);
    }
    view.names = Arrays.copyOf(view.names, view.namesSize);
    return view;
  }

  private void append(DirectoryView from, int i) {
    int length = from.nameLength(i);
    add(
        from.names,
        from.name[i] + 2,
        length,
        from.subscription[i],
        from.shard[i],
        from.account[i],
        from.offer[i],
        from.validFrom[i],
        from.validTo[i]);
  }

  private void put(Interval added) {
    byte[] subject = added.subject().getBytes(StandardCharsets.UTF_8);
    if (subject.length > 0xFFFF) {
      throw new IllegalArgumentException("a subject of " + subject.length + " bytes");
    }
    int first = table[place(subject, 0, subject.length)] - 1;
    int same = NONE;
    for (int i = first; i != NONE; i = next[i]) {
      if (subscription[i] == added.subscription()) {
        same = i;
      } else if (added.validFrom() < validTo[i] && validFrom[i] < added.validTo()) {
        throw new IllegalArgumentException(
            "subscriptions " + subscription[i] + " and " + added.subscription() + " overlap");
      }
    }
    if (same == NONE) {
      add(
          subject,
          0,
          subject.length,
          added.subscription(),
          (short) added.shard(),
          added.account(),
          (short) added.offer(),
          added.validFrom(),
          added.validTo());
    } else {
      shard[same] = (short) added.shard();
      account[same] = added.account();
      offer[same] = (short) added.offer();
      validFrom[same] = added.validFrom();
      validTo[same] = added.validTo();
    }
  }

  private void add(
      byte[] subject,
      int from,
      int length,
      long id,
      short inShard,
      int forAccount,
      short onOffer,
      long first,
      long after) {
    int i = size++;
    subscription[i] = id;
    shard[i] = inShard;
    account[i] = forAccount;
    offer[i] = onOffer;
    validFrom[i] = first;
    validTo[i] = after;
    int place = place(subject, from, length);
    int head = table[place] - 1;
    if (head >= 0) {
      // Later intervals come first: they are asked for most.
      next[i] = head;
      name[i] = name[head];
    } else {
      next[i] = NONE;
      name[i] = namesSize;
      names[namesSize] = (byte) (length >>> 8);
      names[namesSize + 1] = (byte) length;
      System.arraycopy(subject, from, names, namesSize + 2, length);
      namesSize += 2 + length;
    }
    table[place] = i + 1;
  }

  /** The table's place of this subject, or the free one where it belongs. */
  private int place(byte[] subject, int from, int length) {
    int mask = table.length - 1;
    int at = (int) (TextHash.of(subject, from, length) >>> 32) & mask;
    while (table[at] != 0) {
      int i = table[at] - 1;
      int begin = name[i] + 2;
      if (nameLength(i) == length
          && Arrays.equals(names, begin, begin + length, subject, from, from + length)) {
        return at;
      }
      at = (at + 1) & mask;
    }
    return at;
  }

  private int nameLength(int i) {
    return (names[name[i]] & 0xFF) << 8 | names[name[i] + 1] & 0xFF;
  }
}
