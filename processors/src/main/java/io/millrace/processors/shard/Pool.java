package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * What makes a subscription a pool: it is no device's, and counts what all devices of an account,
 * or of a group of it, use of an offer. Never changes: a member more or less makes another one.
 */
final class Pool {
  /** The first moment after the last member of a pool that has had none. */
  static final long NO_MEMBER = Long.MIN_VALUE;

  /** The group's name, empty for all devices of the account. */
  final String group;

  /** First moments after members, ascending, and how many members each is of. */
  private final long[] ends;

  private final int[] counts;

  /** The number of the batch that made it, 0 where it is not known. */
  long madeIn;

  /** Members that used something ahead of the shard's time, and when at the latest. */
  private final TreeMap<Long, Long> ahead;

  private Pool(String group, long[] ends, int[] counts, TreeMap<Long, Long> ahead) {
    this.group = group;
    this.ends = ends;
    this.counts = counts;
    this.ahead = ahead;
  }

  static Pool of(String group) {
    return new Pool(group, new long[0], new int[0], new TreeMap<>());
  }

  /** The same, with a member's use that is ahead of the shard's time; what is not by now goes. */
  Pool usedAhead(long member, long at, long time) {
    TreeMap<Long, Long> more = new TreeMap<>(ahead);
    more.values().removeIf(then -> then <= time);
    more.merge(member, at, Math::max);
    return new Pool(group, ends, counts, more);
  }

  /** Whether a member has used something then or later; of times after the shard's. */
  boolean isUsedAt(long member, long time) {
    return ahead.getOrDefault(member, Long.MIN_VALUE) >= time;
  }

  /** The same with a member more, which ends then. */
  Pool with(long end) {
    int at = Arrays.binarySearch(ends, end);
    if (at >= 0) {
      int[] more = counts.clone();
      more[at]++;
      return new Pool(group, ends, more, ahead);
    }
    int place = -at - 1;
    long[] moreEnds = new long[ends.length + 1];
    int[] moreCounts = new int[ends.length + 1];
    System.arraycopy(ends, 0, moreEnds, 0, place);
    System.arraycopy(counts, 0, moreCounts, 0, place);
    moreEnds[place] = end;
    moreCounts[place] = 1;
    System.arraycopy(ends, place, moreEnds, place + 1, ends.length - place);
    System.arraycopy(counts, place, moreCounts, place + 1, ends.length - place);
    return new Pool(group, moreEnds, moreCounts, ahead);
  }

  /** The same with a member that ends at another moment. */
  Pool moved(long end, long to) {
    int at = Arrays.binarySearch(ends, end);
    if (at < 0) {
      throw new AssertionError("no member of the pool ends at " + end);
    }
    int[] less = counts.clone();
    less[at]--;
    if (less[at] > 0) {
      return new Pool(group, ends, less, ahead).with(to);
    }
    long[] fewerEnds = new long[ends.length - 1];
    int[] fewerCounts = new int[ends.length - 1];
    for (int i = 0, k = 0; i < ends.length; i++) {
      if (i != at) {
        fewerEnds[k] = ends[i];
        fewerCounts[k++] = less[i];
      }
    }
    return new Pool(group, fewerEnds, fewerCounts, ahead).with(to);
  }

  /** The first moment after all members, {@link #NO_MEMBER} where there has been none. */
  long last() {
    return ends.length == 0 ? NO_MEMBER : ends[ends.length - 1];
  }

  /** How many members have not ended by then. */
  int membersAfter(long time) {
    int sum = 0;
    for (int i = 0; i < ends.length; i++) {
      sum += ends[i] > time ? counts[i] : 0;
    }
    return sum;
  }

  void encode(ByteWriter out) {
    out.string(group);
    out.varint(ends.length);
    for (int i = 0; i < ends.length; i++) {
      out.zigzag(ends[i]);
      out.varint(counts[i]);
    }
    out.varint(ahead.size());
    ahead.forEach(
        (member, at) -> {
          out.zigzag(member);
          out.zigzag(at);
        });
  }

  static Pool decode(ByteReader in) {
    String group = in.string();
    int n = in.count(in.remaining());
    Pool pool = new Pool(group, new long[n], new int[n], new TreeMap<>());
    for (int i = 0; i < n; i++) {
      pool.ends[i] = in.zigzag();
      pool.counts[i] = in.count(Integer.MAX_VALUE);
    }
    for (int more = in.count(in.remaining()); more > 0; more--) {
      pool.ahead.put(in.zigzag(), in.zigzag());
    }
    return pool;
  }
}
