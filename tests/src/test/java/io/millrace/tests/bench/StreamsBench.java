package io.millrace.tests.bench;

import io.millrace.tests.sources.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;

/**
 * Kafka Streams over the same reports as the Kafka source, from a topic to hourly sums whose
 * offsets are committed with them, by as many threads as it does best with.
 */
final class StreamsBench implements Step {
  private static final Instant START = Instant.parse("2026-11-01T23:00:00Z");
  private static final int REPORTS = 400_000;
  private static final int[] THREADS = {1, 2, 4};
  private static final Duration CLOSING = Duration.ofSeconds(30);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final Goal GOAL = Goal.atLeast(4);

  @Override
  public String name() {
    return "streams";
  }

  @Override
  public String what() {
    return "Kafka Streams, exactly_once_v2: once each by a window store, and hourly sums";
  }

  @Override
  public void measure(Site site, Figures figures) throws Exception {
    LampEvents lamps = new LampEvents(site.scale().devices(), START, 11);
    try (EmbeddedKafka broker = EmbeddedKafka.start(site.folder("streams"))) {
      broker.createTopic(StreamsTopology.FROM, KafkaBench.PARTITIONS);
      broker.createTopic(StreamsTopology.TO, KafkaBench.PARTITIONS);
      Path state = site.folder("streams-state");
      Feed feed = new Feed(site, lamps, broker, state);
      feed.round(2, new Figures()); // Warms up.
      int best = probe(feed, figures);
      figures.note("threads that it does best with", "", best);
      for (int run = 0; run < site.scale().runs(); run++) {
        feed.round(best, figures);
      }
    }
    OptionalDouble ours = figures.median(KafkaBench.NAME, SourceRace.SOURCE_RATE);
    OptionalDouble theirs = figures.median(name(), "Streams" + SourceRace.RATE);
    if (ours.isPresent() && theirs.isPresent()) {
      figures.note(
          "the Kafka source to this", "×", GOAL, ours.getAsDouble() / theirs.getAsDouble());
    }
  }

  private static int probe(Feed feed, Figures figures) throws Exception {
    int best = 1;
    double most = 0;
    for (int threads : THREADS) {
      double rate = feed.round(threads, new Figures());
      figures.note("reports per second by " + threads + " threads", "/s", rate);
      if (rate > most) {
        most = rate;
        best = threads;
      }
    }
    return best;
  }

  /** Rounds over one topic, each with reports that have not come before. */
  private static final class Feed {
    private final Site site;
    private final LampEvents lamps;
    private final EmbeddedKafka broker;
    private final Path state;
    private long sent;

    Feed(Site site, LampEvents lamps, EmbeddedKafka broker, Path state) {
      this.site = site;
      this.lamps = lamps;
      this.broker = broker;
      this.state = state;
    }

    double round(int threads, Figures figures) throws Exception {
      lamps.next(Math.max(1, site.scale().atMost(REPORTS) / lamps.lamps()));
      fill();
      sent += lamps.size();
      return SourceRace.timed(
          site,
          figures,
          new Running(broker, state, threads, lamps.size(), sent),
          "Streams",
          lamps.size());
    }

    private void fill() {
      try (KafkaProducer<byte[], byte[]> producer = broker.producer()) {
        for (int i = 0; i < lamps.size(); i++) {
          String lamp = String.format(Locale.ROOT, "lamp-%06d", lamps.lamp(i));
          producer.send(
              new ProducerRecord<>(
                  StreamsTopology.FROM,
                  lamps.lamp(i) % KafkaBench.PARTITIONS,
                  lamps.minuteEnd(i) - LampEvents.MINUTE_MILLIS,
                  lamp.getBytes(StandardCharsets.UTF_8),
                  lamps.payload(i)));
        }
      }
    }
  }

  private static final class Running implements SourceRace.Reading {
    private final StreamsTopology topology = new StreamsTopology();
    private final EmbeddedKafka broker;
    private final KafkaStreams streams;
    private final int reports;
    private final long sent;

    Running(EmbeddedKafka broker, Path state, int threads, int reports, long sent) {
      this.broker = broker;
      this.reports = reports;
      this.sent = sent;
      streams =
          new KafkaStreams(
              topology.topology(), StreamsTopology.properties(broker.brokers(), state, threads));
      streams.start();
    }

    @Override
    public void awaitFirst() {
      SourceRace.await("begun", () -> topology.taken.get() > 0);
    }

    @Override
    public void awaitLast() throws Exception {
      SourceRace.await("all taken", () -> topology.taken.get() >= reports);
      while (broker.committed(StreamsTopology.FROM, StreamsTopology.FROM) < sent) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }

    @Override
    public void close() {
      streams.close(
          CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
              .withTimeout(CLOSING));
      if (topology.counted.get() != reports) {
        throw new IllegalStateException(
            topology.counted.get() + " of " + reports + " were counted");
      }
    }
  }
}
