package io.millrace.connectors.kafka;

import io.millrace.connectors.source.Probe;
import io.millrace.connectors.source.SourceCheck;
import java.io.IOException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;

/** Tries a cluster as an administrator that only asks: no group is joined, no record read. */
final class KafkaProbe {
  private static final int PORT = 9092;

  private KafkaProbe() {}

  static List<SourceCheck> checks(KafkaSourceEndpoint endpoint, String source) {
    String first = endpoint.brokers().split(",")[0].strip();
    int colon = first.lastIndexOf(':');
    Probe probe = new Probe();
    probe.host(
        colon < 0 ? first : first.substring(0, colon),
        colon < 0 ? PORT : Integer.parseInt(first.substring(colon + 1)));
    if (!probe.checks().getLast().good()) {
      return probe.checks();
    }
    try (Admin admin = Admin.create(properties(endpoint, source))) {
      probe.check(
          "login",
          "check the security protocol and who logs in",
          () -> nodes(admin) + " brokers, as " + endpoint.getConfiguration().getSecurityProtocol());
      for (String topic : endpoint.topics()) {
        probe.check(
            "topic",
            "check the topic's name, and whether the user may read it",
            () -> partitions(admin, topic.strip()));
      }
    }
    return probe.checks();
  }

  private static Properties properties(KafkaSourceEndpoint endpoint, String source) {
    Properties said = endpoint.properties(source, 0);
    Properties p = new Properties();
    said.forEach(
        (name, value) -> {
          if (AdminClientConfig.configNames().contains(name.toString())) {
            p.put(name, value);
          }
        });
    p.put(AdminClientConfig.CLIENT_ID_CONFIG, "millrace-test-" + source);
    p.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) Probe.ANSWER.toMillis());
    p.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) Probe.ANSWER.toMillis());
    return p;
  }

  private static int nodes(Admin admin)
      throws InterruptedException, ExecutionException, TimeoutException {
    return admin
        .describeCluster()
        .nodes()
        .get(Probe.ANSWER.toMillis(), TimeUnit.MILLISECONDS)
        .size();
  }

  private static String partitions(Admin admin, String topic)
      throws InterruptedException, ExecutionException, TimeoutException, IOException {
    TopicDescription found =
        admin
            .describeTopics(List.of(topic))
            .allTopicNames()
            .get(Probe.ANSWER.toMillis(), TimeUnit.MILLISECONDS)
            .get(topic);
    if (found == null) {
      throw new IOException("there is no topic " + topic);
    }
    return topic + " has " + found.partitions().size() + " partitions";
  }
}
