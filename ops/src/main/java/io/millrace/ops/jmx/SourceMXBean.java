package io.millrace.ops.jmx;

import java.util.List;

/** {@code io.millrace:type=Source,name=…}: a source of this node. */
public interface SourceMXBean {
  /** Its name. */
  String getName();

  /** What it reads from: {@code paho-mqtt5}, {@code kafka}, … */
  String getKind();

  /** {@code running}, {@code waiting}, {@code suspended} or {@code stopped}. */
  String getState();

  /** Messages that have arrived since it was started here. */
  long getReceived();

  /** Messages told to the broker as done. */
  long getAcknowledged();

  /** Messages taken and not acknowledged. */
  long getInFlight();

  /** How many of them there may be now; it follows the load. */
  long getLimit();

  /** Events, files or requests that wait and are not acknowledged; -1 where nobody tells. */
  long getLag();

  /** For how long the oldest message that is not acknowledged has waited, milliseconds. */
  long getOldestMillis();

  /** Attempts that failed and are made again. */
  long getFailures();

  /** Connections made after the first one. */
  long getReconnects();

  /** Tries host, login and topic or queue one after the other; consumes nothing. */
  List<Check> test();

  /** One thing that was tried, whether it is as it should be, and what was found. */
  record Check(String name, boolean good, String says) {}

  /** Has it take nothing more in; what is in flight is finished. */
  void suspend();

  /** Has it go on. */
  void resume();
}
