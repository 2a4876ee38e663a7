package io.millrace.ops.jmx;

/** {@code io.millrace:type=Source,name=…}: a source of this node. */
public interface SourceMXBean {
  /** Its name. */
  String getName();

  /** {@code running}, {@code waiting}, {@code suspended} or {@code stopped}. */
  String getState();

  /** Messages that have arrived since it was started here. */
  long getReceived();

  /** Messages told to the broker as done. */
  long getAcknowledged();

  /** Messages taken and not acknowledged. */
  long getInFlight();

  /** Attempts that failed and are made again. */
  long getFailures();

  /** Connections made after the first one. */
  long getReconnects();

  /** Has it take nothing more in; what is in flight is finished. */
  void suspend();

  /** Has it go on. */
  void resume();
}
