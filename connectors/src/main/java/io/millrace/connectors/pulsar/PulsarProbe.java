package io.millrace.connectors.pulsar;

import io.millrace.connectors.source.Probe;
import io.millrace.connectors.source.SourceCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
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
    if (!probe.checks().getLast().good()) {
      return probe.checks();
    }
    try (PulsarClient client = PulsarLogin.client(options, ANSWER, NO_MESSAGES)) {
      CompletableFuture<List<String>> partitions =
          client.getPartitionsForTopic(options.topic(), false);
      return probe
          .check(
              "login",
              "check tokenFile, trustFile and the url's scheme",
              () -> login(partitions, options))
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
