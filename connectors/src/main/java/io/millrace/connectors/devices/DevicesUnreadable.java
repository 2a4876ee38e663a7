package io.millrace.connectors.devices;

/** A list that can't be read on; what came before stands. */
public final class DevicesUnreadable extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;

  DevicesUnreadable(int line, String message) {
    super(message, null, false, false);
    this.line = line;
  }

  /** The line, or the number of the element, that can't be read. */
  public int line() {
    return line;
  }
}
