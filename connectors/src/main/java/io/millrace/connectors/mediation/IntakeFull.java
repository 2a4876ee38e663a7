package io.millrace.connectors.mediation;

/** The node has as many events in flight as it may: the source hands this one in again later. */
public final class IntakeFull extends Exception {
  private static final long serialVersionUID = 1L;

  /** Says so. */
  public IntakeFull() {
    super("as many events in flight as `in-flight` allows", null, false, false);
  }
}
