package io.millrace.processors.explain;

import io.millrace.processors.codec.ByteReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The events of a charge, as its {@code evidence} lists them: pairs of varints; where readings
 * don't just add up, each with what the event added and the moment that it added it at.
 */
public final class EvidenceList {
  private EvidenceList() {}

  /**
   * One event: a row of a commit's usage.
   *
   * @param commit the commit's number
   * @param row its index in the commit's usage
   */
  public record Ref(long commit, int row) {

    /** The order in which events were journalled. */
    public static final Comparator<Ref> ORDER =
        Comparator.comparingLong(Ref::commit).thenComparingInt(Ref::row);

    /** As a person reads it: {@code row 3 of journal row 12}. */
    public String text() {
      return "row " + row + " of journal row " + commit;
    }
  }

  /**
   * What an event added to a charge.
   *
   * @param moment that it was added at: the event's own, or that of a reading after it in time,
   *     from which what is counted there has changed
   * @param quantity in the meter's scaled integers
   */
  public record Moved(Ref ref, long moment, long quantity) {}

  /**
   * Reads a list of a charge whose meter's readings don't just add up.
   *
   * @throws IllegalArgumentException where the bytes are none
   */
  public static List<Moved> readMoved(byte[] evidence) {
    ByteReader in = new ByteReader(evidence);
    List<Moved> all = new ArrayList<>();
    long commit = 0;
    long latest = 0;
    while (in.remaining() > 0) {
      commit += in.varint();
      Ref ref = new Ref(commit, in.count(Integer.MAX_VALUE));
      long quantity = in.zigzag();
      long moment = latest + in.zigzag();
      latest = all.isEmpty() ? moment : Math.max(latest, moment);
      all.add(new Moved(ref, moment, quantity));
    }
    return all;
  }

  /**
   * Reads a list.
   *
   * @throws IllegalArgumentException where the bytes are none
   */
  public static List<Ref> read(byte[] evidence) {
    ByteReader in = new ByteReader(evidence);
    List<Ref> refs = new ArrayList<>();
    long commit = 0;
    while (in.remaining() > 0) {
      commit += in.varint();
      refs.add(new Ref(commit, in.count(Integer.MAX_VALUE)));
    }
    return refs;
  }
}
