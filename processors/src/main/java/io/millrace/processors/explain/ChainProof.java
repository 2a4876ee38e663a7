package io.millrace.processors.explain;

import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.journal.JournalCodec.Link;
import io.millrace.processors.journal.JournalDamaged;
import io.millrace.processors.shard.ShardKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Follows a shard's chain of hashes from one known point of it to another: hand in every journal
 * row in between, in order, then the point where it must lead. What is damaged is named; after it
 * the chain is taken up again at the next point. Has one owner.
 */
public final class ChainProof {
  private static final int MOST_NAMED = 5;

  private final ShardKey shard;
  private final JournalCodec codec;
  private final List<String> faults = new ArrayList<>();
  private final Set<Long> linked = new HashSet<>();
  private final List<Stretch> stretches = new ArrayList<>();
  private Point from;
  private long seq;
  private byte[] chain;
  private boolean broken;
  private long lastNumber;
  private long rows;
  private long links;

  /**
   * A point of a shard's chain.
   *
   * @param seq the shard's commit that it follows; 0 for its beginning
   * @param number that commit's number in the journal, or a later one in which the shard has no
   *     part; 0 for the beginning
   * @param chain the hash over everything up to there
   */
  public record Point(long seq, long number, byte[] chain) {}

  private record Stretch(long from, long to) {
    String text() {
      return (from == 0 ? "its beginning" : String.valueOf(from)) + " to " + to;
    }
  }

  /** A proof that begins nowhere yet: {@link #begin} first. */
  public ChainProof(ShardKey shard, JournalCodec codec) {
    this.shard = shard;
    this.codec = codec;
    this.from = new Point(0, 0, new byte[0]);
    this.chain = from.chain;
  }

  /** Sets out from a point. */
  public void begin(Point point) {
    from = point;
    seq = point.seq();
    chain = point.chain();
    lastNumber = point.number();
    broken = false;
  }

  /** Follows the chain through a journal row, if the shard has a part in it. */
  public void row(long number, int rules, byte[] rating, byte[] evidenceHash, byte[] digest) {
    rows++;
    byte[] expected = JournalCodec.digest(number, shard.tenant(), rules, rating, evidenceHash);
    if (!Arrays.equals(expected, digest)) {
      fault("journal row " + number + " is not what its digest was made of");
    }
    try {
      for (Link link : codec.links(number, rating)) {
        if (link.shard() == shard.number()) {
          follow(number, link.seq(), digest);
        }
      }
    } catch (JournalDamaged e) {
      fault("journal row " + number + " can't be read");
    }
  }

  private void follow(long number, long next, byte[] digest) {
    if (next != seq + 1 && !broken) {
      fault(
          Verdict.words(
              "shard %d's commits %d to %d are missing between journal rows %d and %d",
              shard.number(), seq + 1, next - 1, lastNumber, number));
    }
    chain = JournalCodec.chain(chain, shard.number(), next, digest);
    seq = next;
    lastNumber = number;
    links++;
    linked.add(number);
  }

  private void fault(String says) {
    faults.add(says);
    broken = true;
  }

  /** A journal row that holds an event of the shard, so that it must have been a link by now. */
  public void mustBeLinked(long number) {
    if (!broken && !linked.contains(number)) {
      fault(Verdict.words("journal row %d is no link of shard %d's chain", number, shard.number()));
    }
  }

  /** How many journal rows it was led through. */
  public long rows() {
    return rows;
  }

  /** Compares where it came to with the point where it must lead. */
  public void end(Point point) {
    if (!broken && (seq != point.seq() || !Arrays.equals(chain, point.chain()))) {
      fault(
          seq < point.seq()
              ? Verdict.words(
                  "shard %d's commits %d to %d are missing after journal row %d",
                  shard.number(), seq + 1, point.seq(), lastNumber)
              : Verdict.words(
                  "the chain from shard %d's commit %d does not lead to what was noted at its"
                      + " commit %d: a journal row from %d to %d was replaced",
                  shard.number(), from.seq(), point.seq(), from.number() + 1, lastNumber));
    }
    if (!broken) {
      Stretch before = stretches.isEmpty() ? null : stretches.getLast();
      if (before != null && before.to == from.seq()) {
        stretches.removeLast();
        stretches.add(new Stretch(before.from, point.seq()));
      } else {
        stretches.add(new Stretch(from.seq(), point.seq()));
      }
    }
  }

  /**
   * What it came to.
   *
   * @param holding how many journal rows hold events of what is proven
   * @param missed how many of those it was not led through, to keep within bounds
   */
  public Verdict verdict(long holding, long missed) {
    if (!faults.isEmpty()) {
      List<String> named = faults.subList(0, Math.min(MOST_NAMED, faults.size()));
      int more = faults.size() - named.size();
      return new Verdict(
          "chain", false, String.join("; ", named) + (more > 0 ? "; and " + more + " more" : ""));
    }
    if (holding == 0) {
      return new Verdict("chain", true, "no journal row holds an event of it");
    }
    String where =
        stretches.size() <= 3
            ? stretches.stream().map(Stretch::text).collect(Collectors.joining(", "))
            : Verdict.words(
                "%s, %,d more stretches, %s",
                stretches.getFirst().text(), stretches.size() - 2, stretches.getLast().text());
    String says =
        Verdict.words(
            "%,d links of shard %d's chain hold, over %,d journal rows (%s), and with them %,d of"
                + " the %,d rows that hold its events",
            links, shard.number(), rows, where, holding - missed, holding);
    return new Verdict(
        "chain", true, missed == 0 ? says : says + "; --whole-chain follows it through the others");
  }
}
