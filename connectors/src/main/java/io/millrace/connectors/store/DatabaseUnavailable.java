package io.millrace.connectors.store;

/** The database can't be used. The message is one line: what is wrong, where, and how to fix it. */
public final class DatabaseUnavailable extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With its cause, which a log may show and a user need not see. */
  public DatabaseUnavailable(String message, Throwable cause) {
    super(message, cause);
  }

  /** Without another failure behind it. */
  public DatabaseUnavailable(String message) {
    super(message);
  }
}
