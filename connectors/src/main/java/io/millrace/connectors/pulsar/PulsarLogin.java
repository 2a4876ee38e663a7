package io.millrace.connectors.pulsar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.api.AuthenticationFactory;
import org.apache.pulsar.client.api.ClientBuilder;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.SizeUnit;

/** How a source's clients connect: who vouches for the broker, and who logs in. */
final class PulsarLogin {
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);
  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;

  private PulsarLogin() {}

  /**
   * A client that has not connected.
   *
   * @param answer how long the broker may take for one
   * @param memory bytes of messages that it may hold before they are asked for; it reads less ahead
   *     when it comes close
   * @throws IOException where the options make no client, or the token can't be read
   */
  static PulsarClient client(PulsarSourceOptions options, Duration answer, long memory)
      throws IOException {
    int millis = (int) answer.toMillis();
    ClientBuilder builder =
        PulsarClient.builder()
            .serviceUrl(options.url())
            .ioThreads(1)
            .listenerThreads(1)
            .statsInterval(0, TimeUnit.SECONDS)
            .memoryLimit(memory, SizeUnit.BYTES)
            .keepAliveInterval((int) KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
            .operationTimeout(millis, TimeUnit.MILLISECONDS)
            .lookupTimeout(millis, TimeUnit.MILLISECONDS)
            .connectionTimeout(millis, TimeUnit.MILLISECONDS)
            .startingBackoffInterval(FIRST_PAUSE_MILLIS, TimeUnit.MILLISECONDS)
            .maxBackoffInterval(LONGEST_PAUSE_MILLIS, TimeUnit.MILLISECONDS)
            .enableTlsHostnameVerification(true)
            .allowTlsInsecureConnection(false);
    if (!options.trustFile().isEmpty()) {
      builder.tlsTrustCertsFilePath(options.trustFile());
    }
    if (!options.tokenFile().isEmpty()) {
      // Read here too: the client would try a login without one until its time is up.
      token(options.tokenFile());
      builder.authentication(
          AuthenticationFactory.token(
              () -> {
                try {
                  return token(options.tokenFile());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }));
    }
    return builder.build();
  }

  /** Read at each login, so that it can be changed while this runs. */
  private static String token(String file) throws IOException {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException | InvalidPathException e) {
      throw new IOException("tokenFile=" + file + " can't be read");
    }
  }
}
