package io.millrace.processors.journal;

import io.millrace.processors.codec.ByteReader;

/** Reads what {@link RatingWriter} wrote into columns. Not thread-safe. */
final class RatingReader {

  private static final int MAX_SECTIONS = 4_096;

  private final ColumnReader columns;

  int sections;
  long[] sectionShard = {};
  long[] sectionEpoch = {};
  long[] sectionSeq = {};
  long[] sectionTime = {};
  long[] sectionDueLimit = {};
  long[] sectionCommands = {};
  int[] usageFrom = {};
  int[] usageTo = {};

  int rows;
  long[] shard = {};
  long[] subscription = {};
  long[] source = {};
  long[] type = {};
  long[] occurredAt = {};
  long[] receivedAt = {};
  boolean[] numbered = {};
  long[] eventId = {};
  long[] values = {};
  int[] valueFrom = {};

  RatingReader(ColumnReader columns) {
    this.columns = columns;
  }

  /** Reads the sections only, and not what is in them. */
  void readHeads(ByteReader in) {
    sections = in.count(MAX_SECTIONS);
    rows = in.count(JournalCodec.MAX_ROWS);
    heads(in);
  }

  void read(ByteReader in) {
    readHeads(in);
    int flags = in.u8();
    if (flags > 3) {
      throw new IllegalArgumentException("no such flags: " + flags);
    }
    if ((flags & RatingWriter.SHARDS_AS_SECTIONS) != 0) {
      shard = shardsOfSections();
    } else {
      shard = column(in, rows);
    }
    subscription = column(in, rows);
    source = column(in, rows);
    type = column(in, rows);
    occurredAt = column(in, rows);
    receivedAt = column(in, rows);
    ids(in);
    values(in, (flags & RatingWriter.EVEN_VALUES) != 0);
  }

  long known(Known known, int row) {
    long value = valueFrom[row] < valueFrom[row + 1] ? values[valueFrom[row]] : 0;
    return known.in(eventId[row], subscription[row], value, occurredAt[row]);
  }

  private void heads(ByteReader in) {
    sectionShard = column(in, sections);
    sectionEpoch = column(in, sections);
    sectionSeq = column(in, sections);
    sectionTime = column(in, sections);
    sectionDueLimit = column(in, sections);
    sectionCommands = column(in, sections);
    long[] gap = column(in, sections);
    long[] length = column(in, sections);
    usageFrom = new int[sections];
    usageTo = new int[sections];
    int at = 0;
    for (int s = 0; s < sections; s++) {
      usageFrom[s] = Math.addExact(at, Math.toIntExact(gap[s]));
      at = Math.addExact(usageFrom[s], Math.toIntExact(length[s]));
      usageTo[s] = at;
      if (usageFrom[s] < 0 || at < usageFrom[s] || at > rows) {
        throw new IllegalArgumentException("section " + s + " ends at row " + at + " of " + rows);
      }
    }
  }

  private long[] shardsOfSections() {
    long[] shards = new long[rows];
    for (int s = 0; s < sections; s++) {
      for (int row = usageFrom[s]; row < usageTo[s]; row++) {
        shards[row] = sectionShard[s];
      }
    }
    return shards;
  }

  private void ids(ByteReader in) {
    long[] flag = column(in, rows);
    int numbers = 0;
    for (int row = 0; row < rows; row++) {
      if (flag[row] < 0 || flag[row] > 1) {
        throw new IllegalArgumentException("not a flag: " + flag[row]);
      }
      numbers += (int) flag[row];
    }
    long[] number = column(in, numbers);
    long[] fingerprint = column(in, rows - numbers);
    numbered = new boolean[rows];
    eventId = new long[rows];
    for (int row = 0, i = 0, k = 0; row < rows; row++) {
      numbered[row] = flag[row] == 1;
      eventId[row] = numbered[row] ? number[i++] : fingerprint[k++];
    }
  }

  private void values(ByteReader in, boolean even) {
    valueFrom = new int[rows + 1];
    if (even) {
      int width = in.count(JournalCodec.MAX_VALUES);
      if ((long) width * rows > JournalCodec.MAX_VALUES) {
        throw new IllegalArgumentException(width + " values in each of " + rows + " rows");
      }
      values = new long[width * rows];
      for (int row = 0; row < rows; row++) {
        valueFrom[row + 1] = valueFrom[row] + width;
      }
      for (int k = 0; k < width; k++) {
        long[] column = column(in, rows);
        for (int row = 0, v = k; row < rows; row++, v += width) {
          values[v] = column[row];
        }
      }
    } else {
      long[] count = column(in, rows);
      for (int row = 0; row < rows; row++) {
        if (count[row] < 0 || count[row] > JournalCodec.MAX_VALUES - valueFrom[row]) {
          throw new IllegalArgumentException(count[row] + " values in a row");
        }
        valueFrom[row + 1] = valueFrom[row] + (int) count[row];
      }
      values = column(in, valueFrom[rows]);
    }
  }

  private long[] column(ByteReader in, int n) {
    long[] values = new long[n];
    columns.column(in, values, n);
    return values;
  }
}
