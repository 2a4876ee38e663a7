package io.millrace.processors.explain;

import io.millrace.processors.codec.ByteReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The events of a charge, as its {@code evidence} lists them: pairs of varints. */
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
