package io.millrace.processors.undo;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a batch found before it changed it: each thing once, followed by its numbers and references
 * in the order in which it puts them and takes them back. Its arrays are used again by the next
 * batch, so that saving costs no garbage. Not thread-safe.
 */
public final class UndoLog {

  /** Something that saves itself here before its first change in a batch. */
  public interface Undoable {

    /** Takes back what it put here, in the same order. */
    void restore(UndoLog log);
  }

  /** What outlives one large batch is let go of. */
  private static final int MOST_KEPT = 1 << 16;

  private long[] numbers = new long[64];
  private @Nullable Object[] references = new @Nullable Object[64];
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
      references = Arrays.copyOf(references, 2 * referenceCount);
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
    if (references.length > MOST_KEPT) {
      references = new @Nullable Object[64];
      numbers = new long[64];
    } else {
      Arrays.fill(references, 0, referenceCount, null);
    }
    numberCount = 0;
    referenceCount = 0;
  }
}
