package io.millrace.processors.journal;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.Arrays;

/**
 * Reads what {@link EvidenceWriter} wrote, beside the rating of the same commit. Not thread-safe.
 */
final class EvidenceReader {

  /** All texts of a commit's skeletons together. */
  private static final int MAX_TEXTS = EvidenceWriter.MAX_SKELETONS * (Skeleton.MAX_BYTES + 2);

  private final ColumnReader columns;
  private final ByteWriter event = new ByteWriter();
  private final byte[] written = new byte[Skeleton.MAX_DIGITS];

  private byte[][] text = new byte[0][];

  /** Where a skeleton's holes are in its text. */
  private int[][] holes = new int[0][];

  private long[][][] packed = new long[0][][];
  private byte[] plain = new byte[0];
  private int[] plainFrom = new int[1];
  private int[] ordinal = new int[0];

  /** Which row of its skeleton, or of the plain ones, a row is. */
  private int[] place = new int[0];

  private long[] scratch = new long[0];

  EvidenceReader(ColumnReader columns) {
    this.columns = columns;
  }

  void read(ByteReader in, RatingReader rating) {
    int rows = rating.rows;
    scratch = new long[rows];
    int skeletons = in.count(EvidenceWriter.MAX_SKELETONS);
    text = new byte[skeletons + 1][];
    holes = new int[skeletons + 1][];
    ByteReader texts = new ByteReader(columns.block(in, MAX_TEXTS));
    for (int s = 1; s <= skeletons; s++) {
      text[s] = texts.bytes();
      holes[s] = holes(text[s]);
    }
    int[] count = sort(in, rows, skeletons);
    packed = new long[skeletons + 1][][];
    for (int s = 1; s <= skeletons; s++) {
      packed[s] = new long[holes[s].length][];
      for (int hole = 0; hole < packed[s].length; hole++) {
        packed[s][hole] = hole(in, rating, s, count[s]);
      }
    }
    columns.column(in, scratch, count[0]);
    plainFrom = new int[count[0] + 1];
    for (int i = 0; i < count[0]; i++) {
      plainFrom[i + 1] = Math.addExact(plainFrom[i], Math.toIntExact(scratch[i]));
    }
    plain = columns.block(in, JournalCodec.MAX_RAW_BYTES);
    if (plainFrom[count[0]] != plain.length) {
      throw new IllegalArgumentException("plain events of " + plainFrom[count[0]] + " bytes");
    }
  }

  /** The raw bytes of a row, valid until the next call. */
  ByteWriter event(int row) {
    event.clear();
    int s = ordinal[row];
    int i = place[row];
    if (s == 0) {
      event.raw(plain, plainFrom[i], plainFrom[i + 1] - plainFrom[i]);
      return event;
    }
    byte[] bytes = text[s];
    int[] hole = holes[s];
    int piece = 0;
    for (int h = 0; h < hole.length; h++) {
      event.raw(bytes, piece, hole[h] - piece);
      piece = hole[h] + 1;
      write(packed[s][h][i]);
    }
    event.raw(bytes, piece, bytes.length - piece);
    return event;
  }

  private int[] sort(ByteReader in, int rows, int skeletons) {
    columns.column(in, scratch, rows);
    ordinal = new int[rows];
    place = new int[rows];
    int[] count = new int[skeletons + 1];
    for (int row = 0; row < rows; row++) {
      int s = Math.toIntExact(scratch[row]);
      ordinal[row] = s;
      place[row] = count[s]++;
    }
    return count;
  }

  private long[] hole(ByteReader in, RatingReader rating, int s, int n) {
    int head = in.u8();
    int digits = head & 3;
    int where = head >> 2;
    int fixed = digits == EvidenceWriter.FIXED ? in.u8() : 0;
    long[] numbers = new long[n];
    if (where == EvidenceWriter.COLUMN) {
      columns.column(in, numbers, n);
    } else if (where == EvidenceWriter.CONSTANT) {
      Arrays.fill(numbers, in.varint());
    } else {
      known(Known.of(where - EvidenceWriter.KNOWN), in.zigzag(), rating, s, numbers);
    }
    if (digits == EvidenceWriter.LISTED) {
      columns.column(in, scratch, n);
    }
    for (int i = 0; i < n; i++) {
      long written =
          switch (digits) {
            case EvidenceWriter.FIXED -> fixed;
            case EvidenceWriter.CANONICAL -> EvidenceWriter.canonicalDigits(numbers[i]);
            case EvidenceWriter.LISTED -> scratch[i];
            default -> 0;
          };
      if (written < 1 || written > Skeleton.MAX_DIGITS) {
        throw new IllegalArgumentException("a number of " + written + " digits");
      }
      numbers[i] = numbers[i] << 5 | written;
    }
    return numbers;
  }

  private void known(Known known, long difference, RatingReader rating, int s, long[] into) {
    int n = 0;
    for (int row = 0; row < ordinal.length; row++) {
      if (ordinal[row] == s) {
        into[n++] = rating.known(known, row) + difference;
      }
    }
  }

  private void write(long number) {
    int digits = (int) number & 31;
    long rest = number >>> 5;
    for (int i = digits - 1; i >= 0; i--) {
      written[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    if (rest != 0) {
      throw new IllegalArgumentException("a number of more than " + digits + " digits");
    }
    event.raw(written, 0, digits);
  }

  private static int[] holes(byte[] text) {
    int[] at = new int[Skeleton.MAX_HOLES];
    int count = 0;
    for (int i = 0; i < text.length; i++) {
      if (text[i] == Skeleton.HOLE) {
        if (count == at.length) {
          throw new IllegalArgumentException("a skeleton of more than " + count + " holes");
        }
        at[count++] = i;
      }
    }
    return Arrays.copyOf(at, count);
  }
}
