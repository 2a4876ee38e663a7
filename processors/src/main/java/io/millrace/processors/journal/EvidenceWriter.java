package io.millrace.processors.journal;

import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.usage.UsageBatch;
import org.jspecify.annotations.Nullable;

/**
 * Writes the raw bytes of a commit's usage: each shape of event once, as a {@link Skeleton}, and
 * its digits in columns; what has no common shape as plain bytes, compressed together. The bytes
 * depend on the commit alone, whatever was written before. Not thread-safe.
 */
final class EvidenceWriter {

  /** Shapes a commit may have; events of further ones are kept plain. */
  static final int MAX_SKELETONS = 64;

  /**
   * How a hole's digits are told from its numbers: the same for all rows, no zeros before, or
   * listed.
   */
  static final int FIXED = 0;

  static final int CANONICAL = 1;
  static final int LISTED = 2;

  /** Where a hole's numbers are: in a column, all one, or (from {@code KNOWN}) in the rating. */
  static final int COLUMN = 0;

  static final int CONSTANT = 1;
  static final int KNOWN = 2;

  private static final int TRIED_FIRST = 4;

  /** Rows whose bytes are read ahead together: 12 KiB of ordinary events. */
  private static final int BLOCK = 64;

  private static final int CACHE_LINE = 64;

  private final ColumnWriter columns;
  private final Skeleton[] kept = new Skeleton[MAX_SKELETONS];
  private int keptCount;
  private final Skeleton[] used = new Skeleton[MAX_SKELETONS];
  private int usedCount;
  private final byte[] text = new byte[Skeleton.MAX_BYTES];
  private final ByteWriter texts = new ByteWriter();
  private final ByteWriter plain = new ByteWriter();
  private long[] plainLength = new long[16];
  private long[] ordinals = new long[16];
  private long[] numbers = new long[16];

  /** Kept so that the reads ahead can't be left out. */
  private int warmth;

  EvidenceWriter(ColumnWriter columns) {
    this.columns = columns;
  }

  void write(ByteWriter out, UsageBatch usage) {
    int rows = usage.size();
    if (ordinals.length < rows) {
      ordinals = new long[rows];
      plainLength = new long[rows];
      numbers = new long[rows];
    }
    int plainRows = sort(usage, rows);
    texts.clear();
    for (int s = 0; s < usedCount; s++) {
      texts.bytes(used[s].text());
    }
    out.varint(usedCount);
    columns.block(out, texts.array(), texts.size());
    columns.column(out, ordinals, rows);
    for (int s = 0; s < usedCount; s++) {
      for (int hole = 0; hole < used[s].holes(); hole++) {
        hole(out, usage, used[s], used[s].column(hole));
      }
    }
    columns.column(out, plainLength, plainRows);
    columns.block(out, plain.array(), plain.size());
  }

  /** Gives each row its skeleton, or its bytes to the plain ones, whose number it returns. */
  private int sort(UsageBatch usage, int rows) {
    for (int s = 0; s < usedCount; s++) {
      used[s].clear();
    }
    usedCount = 0;
    plain.clear();
    int plainRows = 0;
    for (int row = 0; row < rows; row++) {
      if (row % BLOCK == 0) {
        warm(usage, row, Math.min(row + BLOCK, rows));
      }
      int from = usage.rawFrom[row];
      int to = usage.rawTo[row];
      Skeleton skeleton = take(usage.raw, from, to, row);
      if (skeleton == null) {
        ordinals[row] = 0;
        plainLength[plainRows++] = to - from;
        plain.raw(usage.raw, from, to - from);
      } else {
        ordinals[row] = skeleton.ordinal();
      }
    }
    return plainRows;
  }

  /**
   * Reads a byte of each cache line of these rows, which lie in the order of their arrival: reads
   * that don't depend on each other wait for memory together.
   */
  private void warm(UsageBatch usage, int first, int end) {
    byte[] raw = usage.raw;
    int sum = 0;
    for (int row = first; row < end; row++) {
      for (int at = usage.rawFrom[row], to = usage.rawTo[row]; at < to; at += CACHE_LINE) {
        sum += raw[at];
      }
    }
    warmth = sum;
  }

  private @Nullable Skeleton take(byte[] raw, int from, int to, int row) {
    int first = Math.min(usedCount, TRIED_FIRST);
    for (int s = 0; s < first; s++) {
      if (used[s].take(raw, from, to, row)) {
        return used[s];
      }
    }
    int size = Skeleton.of(raw, from, to, text);
    if (size < 0) {
      return null;
    }
    Skeleton skeleton = find(size);
    if (skeleton == null) {
      return null;
    }
    if (skeleton.ordinal() == 0) {
      used[usedCount++] = skeleton;
      skeleton.begin(usedCount);
    }
    if (!skeleton.take(raw, from, to, row)) {
      throw new AssertionError("an event lacks its own skeleton");
    }
    return skeleton;
  }

  /**
   * The kept skeleton with this text; else a new one, in the place of one that this commit lacks.
   */
  private @Nullable Skeleton find(int size) {
    int free = -1;
    for (int s = 0; s < keptCount; s++) {
      if (kept[s].hasText(text, size)) {
        return kept[s];
      }
      if (kept[s].ordinal() == 0) {
        free = s;
      }
    }
    int place = keptCount < MAX_SKELETONS ? keptCount++ : free;
    if (place < 0) {
      return null;
    }
    kept[place] = new Skeleton(text, size);
    return kept[place];
  }

  private void hole(ByteWriter out, UsageBatch usage, Skeleton skeleton, long[] column) {
    int n = skeleton.rows();
    int digits = digits(column, n);
    for (int i = 0; i < n; i++) {
      numbers[i] = column[i] >>> 5;
    }
    int where = where(usage, skeleton, n);
    out.u8(digits | where << 2);
    if (digits == FIXED) {
      out.u8((int) column[0] & 31);
    }
    if (where == CONSTANT) {
      out.varint(numbers[0]);
    } else if (where == COLUMN) {
      columns.column(out, numbers, n);
    } else {
      out.zigzag(numbers[0] - known(where - KNOWN, usage, skeleton.row(0)));
    }
    if (digits == LISTED) {
      for (int i = 0; i < n; i++) {
        numbers[i] = column[i] & 31;
      }
      columns.column(out, numbers, n);
    }
  }

  private static int digits(long[] column, int n) {
    long first = column[0] & 31;
    boolean fixed = true;
    boolean canonical = true;
    for (int i = 0; i < n && (fixed || canonical); i++) {
      int listed = (int) column[i] & 31;
      fixed &= listed == first;
      canonical &= listed == canonicalDigits(column[i] >>> 5);
    }
    return fixed ? FIXED : canonical ? CANONICAL : LISTED;
  }

  /** How many digits a number has when it is written without zeros before. */
  static int canonicalDigits(long number) {
    int digits = 1;
    for (long least = 10; number >= least && digits < 18; least *= 10) {
      digits++;
    }
    return digits;
  }

  private int where(UsageBatch usage, Skeleton skeleton, int n) {
    boolean constant = true;
    for (int i = 1; i < n && constant; i++) {
      constant = numbers[i] == numbers[0];
    }
    if (constant) {
      return CONSTANT;
    }
    for (int k = 0; k < Known.COUNT; k++) {
      long difference = numbers[0] - known(k, usage, skeleton.row(0));
      int i = 1;
      while (i < n && numbers[i] - known(k, usage, skeleton.row(i)) == difference) {
        i++;
      }
      if (i == n) {
        return KNOWN + k;
      }
    }
    return COLUMN;
  }

  private static long known(int ordinal, UsageBatch usage, int row) {
    int value = usage.valueFrom[row];
    return Known.of(ordinal)
        .in(
            usage.eventId[row],
            usage.subscription[row],
            value < usage.valueFrom[row + 1] ? usage.values[value] : 0,
            usage.occurredAt[row]);
  }
}
