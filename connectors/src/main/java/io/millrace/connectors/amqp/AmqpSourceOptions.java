package io.millrace.connectors.amqp;

import io.millrace.connectors.source.OptionRange;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a route says about its source.
 *
 * @param source its name; empty for the route's id
 * @param queue the address that it reads
 * @param url {@code amqp://host:port}, or {@code amqps} for TLS
 * @param user empty for an anonymous connection
 * @param passwordFile holds the user's password and nothing else, and is read at each login
 * @param consumers connections that compete for the queue
 * @param leastConsumers of them that stay where there is little to do
 * @param leastInFlight as {@code inFlight}, where there is little to do
 * @param inFlight events that the broker may have sent to one of them without an acknowledgement
 * @param drainMillis how long a stop waits for what is in flight
 */
record AmqpSourceOptions(
    String source,
    String queue,
    URI url,
    String user,
    String passwordFile,
    int consumers,
    int leastConsumers,
    int leastInFlight,
    int inFlight,
    long drainMillis) {
  /** In flight where the route says nothing: two commits' worth at 80,000 messages a second. */
  static final int IN_FLIGHT = 16_384;

  static final long DRAIN_MILLIS = 5_000;
  private static final int MOST_CONSUMERS = 64;
  private static final int MOST_IN_FLIGHT = 1 << 16;
  private static final int PORT = 5672;
  private static final int TLS_PORT = 5671;

  AmqpSourceOptions {
    String scheme = url.getScheme();
    if (url.getHost() == null || !("amqp".equals(scheme) || "amqps".equals(scheme))) {
      throw new IllegalArgumentException(
          "url=" + url + " must be amqp://host:port or amqps://host:port");
    }
    if (url.getUserInfo() != null) {
      throw new IllegalArgumentException("url names a user; say user=… and passwordFile=… instead");
    }
    if (user.isEmpty() != passwordFile.isEmpty()) {
      throw new IllegalArgumentException("give both of user and passwordFile, or neither");
    }
    if (queue.isEmpty()) {
      throw new IllegalArgumentException("names no queue; write amqp:<queue>");
    }
    OptionRange.check("consumersCount", consumers, 1, MOST_CONSUMERS, "");
    OptionRange.check("inFlight", inFlight, 1, MOST_IN_FLIGHT, "events");
    OptionRange.checkLeast("leastConsumers", leastConsumers, "consumersCount", consumers);
    OptionRange.checkLeast("leastInFlight", leastInFlight, "inFlight", inFlight);
    OptionRange.check("drainTimeout", drainMillis, 0, 60_000, "ms");
  }

  /** The password that the file holds now. */
  String password() throws IOException {
    try {
      return Files.readString(Path.of(passwordFile)).stripTrailing();
    } catch (IOException e) {
      // Without its cause, whose message is the path alone.
      throw new IOException("passwordFile=" + passwordFile + " can't be read");
    }
  }

  boolean isTls() {
    return "amqps".equals(url.getScheme());
  }

  int port() {
    return url.getPort() >= 0 ? url.getPort() : isTls() ? TLS_PORT : PORT;
  }

  @Override
  public String toString() {
    return queue + " at " + url;
  }
}
