package io.millrace.processors.undo;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a batch found before it changed it: each thing once, followed by its numbers and references
 * in the order in which it puts them and takes them back. Its numbers' array is used again by the
 * next batch; that of the references is made anew, as large as the last one was: to store a
 * reference in an array that has grown old costs the collector more than a young array does. Not
 * thread-safe.
 */
public final class UndoLog {

  /** Something that saves itself here before its first change in a batch. */
  public interface Undoable {

    /** Takes back what it put here, in the same order. */
    void restore(UndoLog log);
  }

  /** What outlives one large batch is let go of. */
  private static final int MOST_KEPT = 1 << 16;

  private static final int LEAST = 64;
  private static final @Nullable Object[] NONE = {};

  private long[] numbers = new long[LEAST];
  private @Nullable Object[] references = NONE;
  private int expected = LEAST;
  private int numberCount;
  private int referenceCount;
  private int numbersRead;
  private int referencesRead;

  /** An empty log. */
  public UndoLog() {}

  /** Begins the entry of something that has not been saved since {@link #clear}. */
  public void begin(Undoable changed) {
    put(changed);
  }

  /** Adds a number to the entry. */
  public void put(long number) {
    if (numberCount == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * numberCount);
    }
    numbers[numberCount++] = number;
  }

  /** Adds two numbers in one place. */
  public void put(int high, int low) {
    put((long) high << 32 | low & 0xFFFF_FFFFL);
  }

  /** Adds a reference to the entry. */
  public void put(@Nullable Object reference) {
    if (referenceCount == references.length) {
      references =
          referenceCount == 0
              ? new @Nullable Object[expected]
              : Arrays.copyOf(references, 2 * referenceCount);
    }
    references[referenceCount++] = reference;
  }

  /** The next number. */
  public long number() {
    return numbers[numbersRead++];
  }

  /** The next reference, which was put as a {@code T}. */
  @SuppressWarnings("unchecked")
  public <T extends @Nullable Object> T reference() {
    return (T) references[referencesRead++];
  }

  /** Has all that saved itself restored, and is empty then. */
  public void undo() {
    numbersRead = 0;
    referencesRead = 0;
    while (referencesRead < referenceCount) {
      Undoable changed = reference();
      changed.restore(this);
    }
    assert numbersRead == numberCount : "an entry was not read as it was written";
    clear();
  }

  /** Forgets everything. */
  public void clear() {
    if (referenceCount > 0) {
      expected = Math.clamp(referenceCount + referenceCount / 8, LEAST, MOST_KEPT);
      references = NONE;
    }
    if (numbers.length > MOST_KEPT) {
      numbers = new long[LEAST];
    }
    numberCount = 0;
    referenceCount = 0;
  }
}
