package io.millrace.tests.bench;

import io.millrace.connectors.mqtt.MqttComponent;
import io.millrace.connectors.source.SlotLeases;
import io.millrace.connectors.source.SourceRegistry;
import io.millrace.ops.embedded.BrokerSafety;
import io.millrace.ops.embedded.EmbeddedBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.AsyncProcessorSupport;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * The MQTT source, its route and late acknowledgements from another thread included, against the
 * same client that does nothing but receive and acknowledge. Each round first fills a subscription
 * that nobody reads, at QoS 1, and then times how fast it is emptied; broker and reader share the
 * machine.
 */
final class MqttBench implements Step {
  private static final int MESSAGES = 20_000;
  private static final int BODY_BYTES = 190;
  private static final int IN_FLIGHT = 4_096;
  private static final int WINDOW = 512;
  private static final long WEEK_SECONDS = 604_800;
  private static final long PATIENCE_SECONDS = 60;
  private static final String BARE_FILTER = "$share/bare/bare/+/report";
  private static final Goal GOAL = Goal.atLeast(0.8);

  /** One way to empty the subscription. */
  private interface Reader {
    /** Reads that many messages, acknowledges each, and gives messages a second. */
    double empty(int messages) throws Exception;
  }

  @Override
  public String name() {
    return "mqtt";
  }

  @Override
  public String what() {
    return "the MQTT 5 source at QoS 1, beside its client doing nothing but acknowledge";
  }

  @Override
  public void measure(Site site, Figures figures) throws Exception {
    int messages = site.scale().atMost(MESSAGES);
    try (EmbeddedBroker broker =
        EmbeddedBroker.start(site.folder("mqtt"), 0, BrokerSafety.PROCESS_DEATH)) {
      Reader bare = count -> bare(broker.url(), count);
      SlotLeases leases = SlotLeases.alone();
      Reader source = count -> source(broker.url(), leases, count);
      bare.empty(0);
      source.empty(0);
      for (int run = -1; run < site.scale().runs(); run++) {
        Figures noted = run < 0 ? new Figures() : figures; // The first one warms up.
        publish(broker.url(), "bare/lamp-1/report", messages);
        double bareRate = emptied(bare, messages, "bare client", noted);
        publish(broker.url(), "lamps/lamp-1/report", messages);
        double sourceRate = emptied(source, messages, "source", noted);
        noted.note("source to bare client", "×", GOAL, sourceRate / bareRate);
      }
    }
  }

  private static double emptied(Reader reader, int messages, String who, Figures figures)
      throws Exception {
    long cpu = CpuClock.jvmNanos();
    double rate = reader.empty(messages);
    figures.note(who + ": messages per second", "/s", rate);
    figures.note(
        who + ": CPU, broker included", "ns", (double) (CpuClock.jvmNanos() - cpu) / messages);
    return rate;
  }

  private static void publish(String url, String topic, int messages) throws Exception {
    Semaphore window = new Semaphore(WINDOW);
    MqttAsyncClient client =
        client(
            url,
            "bench-publisher",
            new Silent() {
              @Override
              public void deliveryComplete(IMqttToken token) {
                window.release();
              }
            });
    client.connect().waitForCompletion();
    byte[] body = new byte[BODY_BYTES];
    for (int i = 0; i < messages; i++) {
      window.acquire();
      client.publish(topic, new MqttMessage(body, 1, false, null));
    }
    window.acquire(WINDOW);
    client.disconnect().waitForCompletion();
    client.close();
  }

  private static MqttAsyncClient client(String url, String id, MqttCallback callback)
      throws MqttException {
    MqttAsyncClient client = new MqttAsyncClient(url, id, new MemoryPersistence());
    client.setCallback(callback);
    client.setManualAcks(true);
    return client;
  }

  private static double bare(String url, int messages) throws Exception {
    Stopwatch watch = new Stopwatch(messages);
    MqttAsyncClient[] self = new MqttAsyncClient[1];
    MqttAsyncClient client =
        client(
            url,
            "bench-bare",
            new Silent() {
              @Override
              public void messageArrived(String topic, MqttMessage message) throws MqttException {
                watch.first();
                self[0].messageArrivedComplete(message.getId(), message.getQos());
                watch.done();
              }
            });
    self[0] = client;
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(false);
    options.setSessionExpiryInterval(WEEK_SECONDS);
    options.setReceiveMaximum(IN_FLIGHT);
    client.connect(options).waitForCompletion();
    if (messages == 0) {
      client.subscribe(BARE_FILTER, 1).waitForCompletion();
    }
    double rate = watch.await();
    // Answered behind the acknowledgements, which the broker may otherwise drop at the disconnect.
    client.unsubscribe("none").waitForCompletion();
    client.disconnect().waitForCompletion();
    client.close();
    return rate;
  }

  private static double source(String url, SlotLeases leases, int messages) throws Exception {
    Stopwatch watch = new Stopwatch(messages);
    SourceRegistry sources = new SourceRegistry();
    try (CamelContext context = new DefaultCamelContext();
        LateAcknowledgements late = new LateAcknowledgements(watch)) {
      MqttComponent.install(context, "bench", leases, sources);
      context.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              from("paho-mqtt5:lamps/+/report?source=bench&qos=1&brokerUrl="
                      + url
                      + "&receiveMaximum="
                      + IN_FLIGHT)
                  .errorHandler(noErrorHandler())
                  .process(late);
            }
          });
      context.start();
      if (messages == 0) {
        awaitSubscription(leases);
      }
      return watch.await();
    }
  }

  private static void awaitSubscription(SlotLeases leases) throws InterruptedException {
    for (int i = 0; i < PATIENCE_SECONDS * 10 && leases.subscription("bench", 0).isEmpty(); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  /** Parks exchanges and completes them from a thread of its own, as a commit does. */
  private static final class LateAcknowledgements extends AsyncProcessorSupport
      implements AutoCloseable {
    private final LinkedBlockingQueue<AsyncCallback> parked = new LinkedBlockingQueue<>();
    private final Stopwatch watch;
    private final Thread thread = Thread.ofPlatform().name("bench-commit").start(this::run);

    LateAcknowledgements(Stopwatch watch) {
      this.watch = watch;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      watch.first();
      parked.add(callback);
      return false;
    }

    private void run() {
      List<AsyncCallback> some = new ArrayList<>();
      try {
        while (true) {
          some.add(parked.take());
          parked.drainTo(some);
          for (AsyncCallback callback : some) {
            callback.done(false);
            watch.done();
          }
          some.clear();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      thread.interrupt();
    }
  }

  /** From the first message to the last acknowledgement. */
  private static final class Stopwatch {
    private final int messages;
    private final AtomicLong began = new AtomicLong();
    private final CountDownLatch left;
    private volatile long ended;

    Stopwatch(int messages) {
      this.messages = messages;
      this.left = new CountDownLatch(messages);
    }

    void first() {
      if (began.get() == 0) {
        began.compareAndSet(0, System.nanoTime());
      }
    }

    void done() {
      if (left.getCount() == 1) {
        ended = System.nanoTime();
      }
      left.countDown();
    }

    double await() throws InterruptedException {
      if (!left.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(left.getCount() + " messages never came");
      }
      return messages == 0 ? 0 : messages * 1e9 / (ended - began.get());
    }
  }

  /** A callback that does nothing, to be told apart by what it overrides. */
  private static class Silent implements MqttCallback {
    @Override
    public void messageArrived(String topic, MqttMessage message) throws MqttException {}

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
  }
}
