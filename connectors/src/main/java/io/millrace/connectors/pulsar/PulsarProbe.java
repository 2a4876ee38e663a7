package io.millrace.connectors.pulsar;

import io.millrace.connectors.source.Probe;
import io.millrace.connectors.source.SourceCheck;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.PulsarClientException;
import org.jspecify.annotations.Nullable;

/** Tries a broker by asking where the topic is: no subscription is joined, none is made. */
final class PulsarProbe {
  private static final long NO_MESSAGES = 1 << 20;

  /** Sooner than the probe gives up: what stands in the way is better known to the client. */
  private static final Duration ANSWER = Probe.ANSWER.minusSeconds(1);

  private PulsarProbe() {}

  static List<SourceCheck> checks(PulsarSourceOptions options) {
    Probe probe = new Probe().host(options.host(), options.port());
    if (options.isTls()) {
      probe.check(
          "tls", "check trustFile, and that the url names the broker", () -> handshake(options));
    }
    if (!probe.checks().getLast().good()) {
      return probe.checks();
    }
    try (PulsarClient client = PulsarLogin.client(options, ANSWER, NO_MESSAGES)) {
      CompletableFuture<List<String>> partitions =
          client.getPartitionsForTopic(options.topic(), false);
      return probe
          .check("login", "check tokenFile and the url's scheme", () -> login(partitions, options))
          .check(
              "topic",
              "check the topic's name, and whether the token may read it",
              () -> topic(partitions, options.topic()))
          .checks();
    } catch (IOException e) {
      return probe
          .check(
              "login",
              "check tokenFile and trustFile",
              () -> {
                throw e;
              })
          .checks();
    }
  }

  /** Its client says no more of a certificate than that the connection has ended. */
  private static String handshake(PulsarSourceOptions options) throws Exception {
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust(options.trustFile()), null);
    try (Socket plain = new Socket(options.host(), options.port())) {
      plain.setSoTimeout((int) Probe.ANSWER.toMillis());
      try (SSLSocket socket =
          (SSLSocket)
              tls.getSocketFactory().createSocket(plain, options.host(), options.port(), true)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return "vouched for as " + options.host();
      }
    }
  }

  private static TrustManager @Nullable [] trust(String file) throws Exception {
    if (file.isEmpty()) {
      return null;
    }
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry(Integer.toString(trusted.size()), each);
      }
    } catch (IOException | InvalidPathException e) {
      throw new IOException("trustFile=" + file + " can't be read");
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return factory.getTrustManagers();
  }

  private static List<String> found(CompletableFuture<List<String>> partitions) throws Exception {
    return partitions.get(Probe.ANSWER.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static String topic(CompletableFuture<List<String>> partitions, String topic)
      throws Exception {
    try {
      int parts = found(partitions).size();
      return parts == 1 ? topic + " is there" : topic + " has " + parts + " partitions";
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PulsarClientException.TopicDoesNotExistException) {
        throw new IOException("there is no topic " + topic);
      }
      throw e;
    }
  }

  private static String login(CompletableFuture<List<String>> partitions, PulsarSourceOptions o)
      throws Exception {
    try {
      found(partitions);
    } catch (ExecutionException e) {
      if (!isAboutTheTopic(e.getCause())) {
        throw e;
      }
    }
    return o.tokenFile().isEmpty() ? "without a token" : "by the token of " + o.tokenFile();
  }

  /** Only one that has logged in is told. */
  private static boolean isAboutTheTopic(@Nullable Throwable e) {
    return e instanceof PulsarClientException.NotFoundException
        || e instanceof PulsarClientException.TopicDoesNotExistException
        || e instanceof PulsarClientException.InvalidTopicNameException
        || e instanceof PulsarClientException.AuthorizationException
        || e instanceof PulsarClientException.BrokerMetadataException;
  }
}
