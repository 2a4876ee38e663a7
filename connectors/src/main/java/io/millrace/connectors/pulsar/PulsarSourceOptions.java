package io.millrace.connectors.pulsar;

import io.millrace.connectors.source.OptionRange;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a route says about its source.
 *
 * @param source its name; empty for the route's id
 * @param topic that it reads
 * @param url {@code pulsar://host:port}, or {@code pulsar+ssl} for TLS, where host is a name;
 *     several hosts with commas
 * @param subscription its name; empty for one made of tenant and source
 * @param sharing how consumers share the topic
 * @param tokenFile holds the token that logs in; empty where nobody does
 * @param trustFile the authorities that vouch for the broker, PEM; empty for the JVM's
 * @param consumers connections that share the subscription
 * @param leastConsumers of them that stay where there is little to do
 * @param leastInFlight as {@code inFlight}, where there is little to do
 * @param inFlight events that one of them may have without an acknowledgement
 * @param drainMillis how long a stop waits for what is in flight
 */
record PulsarSourceOptions(
    String source,
    String topic,
    String url,
    String subscription,
    Sharing sharing,
    String tokenFile,
    String trustFile,
    int consumers,
    int leastConsumers,
    int leastInFlight,
    int inFlight,
    long drainMillis) {
  /** In flight where the route says nothing: two commits' worth at 100,000 messages a second. */
  static final int IN_FLIGHT = 32_768;

  static final long DRAIN_MILLIS = 5_000;
  private static final int MOST_CONSUMERS = 64;
  private static final int MOST_IN_FLIGHT = 1 << 16;
  private static final int PORT = 6650;
  private static final int TLS_PORT = 6651;
  private static final String HOST = "(?:[\\w.-]+|\\[[0-9a-fA-F:.]+])(?::\\d{1,5})?";
  private static final Pattern URL =
      Pattern.compile("pulsar(?<tls>\\+ssl)?://(?<first>" + HOST + ")(?:," + HOST + ")*/?");

  /** A host that is an address. */
  private static final Pattern ADDRESS = Pattern.compile("[/,](?:[\\d.]+|\\[[^\\]]*])(?=[:,/]|$)");

  /** How consumers share a subscription. An exclusive one could not be taken over. */
  enum Sharing {
    /** Any of them gets any message. */
    SHARED("shared"),
    /** One of them gets all messages of a key. */
    KEY_SHARED("key-shared"),
    /** One of them gets all messages of a partition; the others stand by. */
    FAILOVER("failover");

    private final String word;

    Sharing(String word) {
      this.word = word;
    }

    static Sharing of(String word) {
      return Arrays.stream(values())
          .filter(s -> s.word.equals(word))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "sharing=" + word + " must be shared, key-shared or failover"));
    }
  }

  PulsarSourceOptions {
    // A + in the query of an endpoint's URI is read as a space, also where a placeholder brought
    // it.
    url = url.replace("pulsar ssl:", "pulsar+ssl:");
    if (!URL.matcher(url).matches()) {
      // Not repeated: it may hold a password.
      throw new IllegalArgumentException(
          "url must be pulsar://host:port or pulsar+ssl://host:port, without a user");
    }
    if (isTls(url) && ADDRESS.matcher(url).find()) {
      // Its client would hold the certificate against the name that a reverse lookup gives.
      throw new IllegalArgumentException(
          "url must name a pulsar+ssl:// broker as its certificate does, not by an address");
    }
    if (topic.isEmpty()) {
      throw new IllegalArgumentException("names no topic; write pulsar:<topic>");
    }
    OptionRange.check("consumersCount", consumers, 1, MOST_CONSUMERS, "");
    OptionRange.check("inFlight", inFlight, 1, MOST_IN_FLIGHT, "events");
    OptionRange.checkLeast("leastConsumers", leastConsumers, "consumersCount", consumers);
    OptionRange.checkLeast("leastInFlight", leastInFlight, "inFlight", inFlight);
    OptionRange.check("drainTimeout", drainMillis, 0, 60_000, "ms");
  }

  /** The first host of the url. */
  String host() {
    String first = first();
    return first.substring(0, colon(first)).replaceAll("[\\[\\]]", "");
  }

  /** Its port. */
  int port() {
    String first = first();
    int colon = colon(first);
    if (colon < first.length()) {
      return Integer.parseInt(first.substring(colon + 1));
    }
    return isTls() ? TLS_PORT : PORT;
  }

  /** Whether the broker has to be vouched for. */
  boolean isTls() {
    return isTls(url);
  }

  private static boolean isTls(String url) {
    return url.startsWith("pulsar+ssl:");
  }

  private String first() {
    Matcher matcher = URL.matcher(url);
    return matcher.matches() ? matcher.group("first") : "";
  }

  /** Where the port begins; not within an IPv6 address. */
  private static int colon(String host) {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? colon : host.length();
  }

  /** Whether the broker keeps none of it: what is under way when a connection ends is lost. */
  boolean isUnsafe() {
    return topic.startsWith("non-persistent:");
  }

  @Override
  public String toString() {
    return topic + " at " + url;
  }
}
