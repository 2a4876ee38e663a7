package io.millrace.connectors.store;

import org.jspecify.annotations.Nullable;

/** The database can't be used. The message is one line: what is wrong, where, and how to fix it. */
public final class DatabaseUnavailable extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String what;
  private final String next;

  /**
   * With its cause, which a log may show and a user need not see.
   *
   * @param what is wrong, and where
   * @param next what to do about it
   */
  public DatabaseUnavailable(String what, String next, @Nullable Throwable cause) {
    super(what + "; " + next, cause);
    this.what = what;
    this.next = next;
  }

  /** What is wrong, and where. */
  public String what() {
    return what;
  }

  /** What to do about it. */
  public String next() {
    return next;
  }
}
