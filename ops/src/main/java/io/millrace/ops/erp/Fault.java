package io.millrace.ops.erp;

/** What an ERP does wrong with one request to store an entry. */
public enum Fault {
  /** Nothing. */
  NONE,
  /** Answers after a while; how long is the server's {@code delay}. */
  DELAY,
  /** Answers 500 and stores nothing. */
  ERROR_BEFORE,
  /** Stores the entry, then answers 500. */
  ERROR_AFTER,
  /** Stores the entry, then drops the connection. */
  DROP_AFTER,
  /** Stores the entry, then answers 200 with something that is no JSON. */
  GARBAGE_AFTER
}
