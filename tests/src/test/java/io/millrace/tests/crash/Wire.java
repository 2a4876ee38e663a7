package io.millrace.tests.crash;

import java.util.List;
import java.util.Map;

/** A broker in this process, as a trial of a source needs it. */
interface Wire extends AutoCloseable {
  /** The file of the example route that reads from it. */
  String route();

  /** The properties by which the route finds it. */
  Map<String, String> properties();

  /** Publishes, and waits until the broker has all. */
  void publish(List<byte[]> payloads) throws Exception;

  /** Ends it; what it has is there again after {@link #restart()}. */
  void stop() throws Exception;

  void restart() throws Exception;

  /** A reader beside the gateway's takes some over, acknowledges nothing, and ends. */
  void comeAndDie() throws Exception;

  /** Whether all that was published, that many, has been acknowledged. */
  boolean isAcknowledged(long published) throws Exception;

  @Override
  void close() throws Exception;
}
