package io.millrace.connectors.shard;

/** The store can't be reached or won't answer; nothing is known to have changed. */
public final class StoreUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what was being done, and why it failed. */
  public StoreUnavailable(String doing, Throwable cause) {
    super(doing + ": " + cause.getMessage(), cause);
  }
}
