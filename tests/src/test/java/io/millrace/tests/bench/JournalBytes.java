package io.millrace.tests.bench;

import io.millrace.processors.journal.Commit;
import io.millrace.processors.journal.Encoded;
import io.millrace.processors.journal.JournalCodec;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes of journal per event, and what writing and reading them costs.
 *
 * <p>Goals (DESIGN §12): rating 8 B at full rate and 16 B at 3,300 events/s, evidence 16 B. {@code
 * table} adds what PostgreSQL adds to a row: its header and keys, hashes and digest, the 32 bytes
 * around each TOAST chunk of 1,996 and both index entries; it leaves out half-filled pages.
 */
public final class JournalBytes {

  private static final PrintStream OUT = System.out;

  private JournalBytes() {}

  /** Prints a line a rate and level. */
  public static void main(String[] arguments) {
    OUT.printf(
        "%-22s %5s %7s %7s %9s %9s %9s %9s%n",
        "rows a commit", "level", "rating", "table", "evidence", "encode", "replay", "decode all");
    int[] levels =
        arguments.length == 0 ? new int[] {JournalCodec.DEFAULT_LEVEL} : new int[] {-5, 1, 3, 9};
    for (int level : levels) {
      measure(16_000, 500_000, level, 12);
      measure(330, 3_300, level, 300);
    }
  }

  private static void measure(int rows, int perSecond, int level, int commits) {
    LampCommits lamps = new LampCommits(1);
    List<Commit> all = new ArrayList<>();
    for (int i = 0; i < commits; i++) {
      all.add(lamps.next(rows, perSecond));
    }
    long events = (long) rows * commits;
    long raw = 0;
    long rating = 0;
    long evidence = 0;
    long table = 0;
    long best = Long.MAX_VALUE;
    long replay = Long.MAX_VALUE;
    long decode = Long.MAX_VALUE;
    try (JournalCodec codec = new JournalCodec(level)) {
      for (int round = 0; round < 20; round++) {
        List<Encoded> encoded = new ArrayList<>();
        long start = CpuTime.nanos();
        for (Commit commit : all) {
          encoded.add(codec.encode(commit));
        }
        best = Math.min(best, CpuTime.nanos() - start);
        start = CpuTime.nanos();
        long rowsRead = 0;
        for (Encoded e : encoded) {
          rowsRead += codec.decode(1, 1, 1, e.rating(), null).usage().size();
        }
        replay = Math.min(replay, CpuTime.nanos() - start);
        start = CpuTime.nanos();
        for (Encoded e : encoded) {
          rowsRead += codec.decode(1, 1, 1, e.rating(), e.evidence()).usage().size();
        }
        decode = Math.min(decode, CpuTime.nanos() - start);
        if (rowsRead != 2 * events) {
          throw new AssertionError(rowsRead + " rows read of " + 2 * events);
        }
        raw = all.stream().mapToLong(c -> c.usage().rawSize()).sum();
        rating = encoded.stream().mapToLong(e -> e.rating().length).sum();
        evidence = encoded.stream().mapToLong(e -> e.evidence().length).sum();
        table = encoded.stream().mapToLong(e -> tableBytes(e.rating().length)).sum();
      }
    }
    OUT.printf(
        "%-22s %5d %6.2fB %6.2fB %8.2fB %7dns %7dns %7dns%n",
        rows + " of " + raw / events + " B",
        level,
        (double) rating / events,
        (double) table / events,
        (double) evidence / events,
        best / events,
        replay / events,
        decode / events);
  }

  private static long tableBytes(int rating) {
    long row = 28 + 20 + 64 + 2 + 18 + 4 + 24;
    long chunks = (rating + 1_995L) / 1_996;
    return row + rating + chunks * (24 + 12 + 4 + 4) + Math.max(1, chunks / 1) * 24;
  }
}
