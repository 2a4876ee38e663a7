package io.millrace.tests.crash;

import java.util.List;
import java.util.Map;

/** Devices, and where they send to, as far as a route and a test need them. */
interface Sender extends AutoCloseable {
  /** The file of the example route that reads from it. */
  String route();

  /** The properties by which the route finds it. */
  Map<String, String> properties();

  /** Publishes, and waits until the broker has all; where there is none, until all is answered. */
  void publish(List<byte[]> payloads) throws Exception;

  @Override
  void close() throws Exception;
}
