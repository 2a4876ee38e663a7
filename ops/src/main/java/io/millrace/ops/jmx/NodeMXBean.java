package io.millrace.ops.jmx;

import java.util.List;

/** {@code io.millrace:type=Node}. */
public interface NodeMXBean {
  /** Its name. */
  String getName();

  /** Where REST answers. */
  String getUrl();

  /** Whether the process works. */
  boolean isLive();

  /** Whether it takes usage in. */
  boolean isReady();

  /** What keeps it from working; empty where nothing does. */
  String getTrouble();

  /** Commits made since the start. */
  long getCommits();

  /** Events disposed of since the start. */
  long getEvents();

  /** Exchanges in the routes. */
  int getInFlight();

  /** Devices in the directory. */
  int getDevices();

  /** What became of the events, by CloudEvents source. */
  List<Counts> getCounts();

  /** Closes a settlement period; asking again is safe. Returns how far it is. */
  String closePeriod(int period);

  /** What became of a source's events: received = charged + duplicate + suspended + discarded. */
  record Counts(
      String source, long received, long charged, long duplicate, long suspended, long discarded) {}
}
