package io.millrace.processors.journal;

/**
 * Bytes that {@link JournalCodec} can't have written: a journal row was altered, cut or written by
 * a later version. The row's digest tells which.
 */
public final class JournalDamaged extends RuntimeException {

  private static final long serialVersionUID = 1;

  JournalDamaged(String message) {
    super(message);
  }

  JournalDamaged(String message, Throwable cause) {
    super(message, cause);
  }
}
