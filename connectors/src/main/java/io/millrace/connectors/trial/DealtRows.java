package io.millrace.connectors.trial;

import io.millrace.processors.usage.UsageBatch;
import java.util.Arrays;

/** The rows of a block that are one lane's, beside what is needed until each has a subscription. */
final class DealtRows {
  /** What is known of the events; their subscriptions are the lane's to fill in. */
  final UsageBatch usage = new UsageBatch(16);

  /** Where the subjects are, {@code subjectTo[i]} to {@code subjectTo[i + 1]} for row i. */
  byte[] subjects = new byte[256];

  int[] subjectTo = new int[17];
  long[] hash = new long[16];

  /** The line in the block that a row came from. */
  int[] line = new int[16];

  /** What time it is as a row comes, or {@link UsageBlock#TOO_FAR}. */
  long[] clock = new long[16];

  /** The charges that were sealed with the block, as text. */
  final StringBuilder charges = new StringBuilder();

  private int[] order = new int[16];
  private int size;

  void clear() {
    usage.clear();
    charges.setLength(0);
    size = 0;
  }

  /**
   * Begins a row.
   *
   * @param number of the event in the block
   */
  void add(int number, int inLine, long subjectHash, byte[] subject, int from, int length) {
    if (size == line.length) {
      int room = size * 2;
      subjectTo = Arrays.copyOf(subjectTo, room + 1);
      hash = Arrays.copyOf(hash, room);
      line = Arrays.copyOf(line, room);
      clock = Arrays.copyOf(clock, room);
      order = Arrays.copyOf(order, room);
    }
    int end = subjectTo[size] + length;
    if (end > subjects.length) {
      subjects = Arrays.copyOf(subjects, Math.max(subjects.length * 2, end));
    }
    System.arraycopy(subject, from, subjects, subjectTo[size], length);
    order[size] = number;
    line[size] = inLine;
    hash[size] = subjectHash;
    subjectTo[++size] = end;
  }

  /** The number of a row's event in the block. */
  int order(int row) {
    return order[row];
  }

  /** Sets each row's clock to that of its event. */
  void clock(long[] ofEvents) {
    for (int i = 0; i < size; i++) {
      clock[i] = ofEvents[order[i]];
    }
  }
}
