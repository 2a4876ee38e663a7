package io.millrace.tests.bench;

import io.millrace.connectors.amqp.AmqpSourceComponent;
import io.millrace.connectors.source.SourceRegistry;
import io.millrace.tests.sources.EmbeddedAmqp;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.apache.qpid.protonj2.client.exceptions.ClientException;

/** The AMQP 1.0 source beside its client, which accepts each message as it comes. */
final class AmqpBench implements Step {
  private static final int REPORTS = 200_000;
  private static final int AT_ONCE = 10_000;

  /** What the source is given too. */
  private static final int CREDIT = 16_384;

  private static final Goal GOAL = Goal.atLeast(0.5);

  @Override
  public String name() {
    return "amqp";
  }

  @Override
  public String what() {
    return "the AMQP 1.0 source, from a queue to charges on disk, beside its client alone";
  }

  @Override
  public void measure(Site site, Figures figures) throws Exception {
    try (EmbeddedAmqp broker = EmbeddedAmqp.start(site.folder("amqp"))) {
      SourceRace.run(site, figures, new Queue(broker), "bare client", REPORTS, GOAL);
    }
  }

  /** One queue for both, which each finds empty but for what it is to read. */
  private record Queue(EmbeddedAmqp broker) implements SourceRace.Course {
    @Override
    public void fill(String place, LampEvents reports) throws Exception {
      SourceRace.await("emptied", () -> broker.queued() == 0);
      List<byte[]> some = new ArrayList<>(AT_ONCE);
      for (int i = 0; i < reports.size(); i++) {
        some.add(reports.payload(i));
        if (some.size() == AT_ONCE || i + 1 == reports.size()) {
          broker.publish(some);
          some.clear();
        }
      }
    }

    @Override
    public SourceRace.Reading bare(int reports) throws ClientException {
      return new Bare(URI.create(broker.url()), reports);
    }

    @Override
    public void install(CamelContext context, SourceRegistry sources) {
      AmqpSourceComponent.install(context, sources);
    }

    @Override
    public String route() {
      return "amqp:%s?source=%s&inFlight=%d&url=%s"
          .formatted(EmbeddedAmqp.QUEUE, SourceRace.SOURCE, CREDIT, broker.url());
    }
  }

  private static final class Bare implements SourceRace.Reading {
    private final Client client = Client.create();
    private final Connection connection;
    private final Receiver receiver;
    private int left;

    Bare(URI url, int reports) throws ClientException {
      left = reports;
      connection = client.connect(url.getHost(), url.getPort());
      receiver =
          connection.openReceiver(
              EmbeddedAmqp.QUEUE, new ReceiverOptions().autoAccept(true).creditWindow(CREDIT));
    }

    @Override
    public void awaitFirst() throws ClientException {
      if (receiver.receive(1, TimeUnit.MINUTES) == null) {
        throw new IllegalStateException(left + " messages never came");
      }
      left--;
    }

    @Override
    public void awaitLast() throws ClientException {
      while (left > 0) {
        awaitFirst();
      }
    }

    @Override
    public void close() {
      connection.close();
      client.close();
    }
  }
}
