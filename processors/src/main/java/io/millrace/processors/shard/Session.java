package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A charging session: what its network function was granted last, by rating group. It outlives its
 * end for a while, so that a step that comes late is told that it has ended.
 *
 * @param seq the shard's commit that it began with
 * @param n which of that commit's reservations and sessions
 * @param subscription whose use it charges: the one it began with, and those that its device has
 *     had since
 * @param number of its last step
 * @param at when that was, milliseconds since 1970-01-01 UTC
 * @param place of that among all steps of the shard's sessions, from 1
 * @param ended whether it was released
 * @param grants by rating group; a reservation may have expired by now
 * @param changedSeq the shard's seq at its last step
 */
public record Session(
    long seq,
    int n,
    long subscription,
    long number,
    long at,
    long place,
    boolean ended,
    List<Grant> grants,
    long changedSeq) {

  /** What the name of a session begins with. */
  public static final String PREFIX = "s-";

  /** Rating groups that one session may hold grants of. */
  static final int MOST_GRANTS = 256;

  /** The reservation of a rating group. */
  public record Grant(long group, long seq, int n) {}

  public Session {
    grants = List.copyOf(grants);
  }

  /** What it is called everywhere: {@code s-tenant-shard-seq-n}. */
  public static String name(ShardKey of, long seq, int n) {
    return PREFIX + new ChargeId(of.tenant(), of.number(), seq, n);
  }

  /** The grant of a rating group. */
  public Optional<Grant> grant(long group) {
    return grants.stream().filter(g -> g.group == group).findFirst();
  }

  void encode(ByteWriter out) {
    out.varint(seq);
    out.varint(n);
    out.varint(subscription);
    out.zigzag(number);
    out.zigzag(at);
    out.varint(place);
    out.bool(ended);
    out.varint(grants.size());
    for (Grant g : grants) {
      out.varint(g.group);
      out.varint(g.seq);
      out.varint(g.n);
    }
  }

  static Session decode(ByteReader in) {
    return new Session(
        in.varint(),
        in.count(Integer.MAX_VALUE),
        in.varint(),
        in.zigzag(),
        in.zigzag(),
        in.varint(),
        in.bool(),
        grants(in),
        0);
  }

  private static List<Grant> grants(ByteReader in) {
    List<Grant> grants = new ArrayList<>();
    for (int left = in.count(MOST_GRANTS); left > 0; left--) {
      grants.add(new Grant(in.varint(), in.varint(), in.count(Integer.MAX_VALUE)));
    }
    return grants;
  }
}
