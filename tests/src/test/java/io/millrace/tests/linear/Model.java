package io.millrace.tests.linear;

import org.jspecify.annotations.Nullable;

/**
 * An object that does one operation at a time.
 *
 * @param <S> its states; equal ones are the same
 * @param <O> its operations, each with its answer
 */
@FunctionalInterface
public interface Model<S, O> {
  /** Its state after an operation, null where that can't be answered as it was in this state. */
  @Nullable S after(S before, O operation);
}
