package io.millrace.connectors.mqtt;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jspecify.annotations.Nullable;

/**
 * One network connection, which is one epoch: it has a client of its own, so an acknowledgement
 * that comes late can only go to the connection that its message came by, and is dropped when that
 * has ended. (A broker numbers packets anew on the next one; the same number may be another
 * message.)
 */
final class MqttConnection implements MqttCallback {
  /** A broker's reason for the end: another client came with this client's id. */
  private static final int SESSION_TAKEN_OVER = 0x8E;

  private static final int PACKET_IDS = 1 << 16;
  private static final int FIRST_ERROR_CODE = 0x80;
  private static final int SEND_NO_RETAINED = 2;
  private static final long CLOSE_MILLIS = 1_000;

  /** A topic that nobody is subscribed to. */
  private static final String NO_TOPIC = "millrace/none";

  /** What a connection tells its slot, on the client's threads; each end is told once. */
  interface Listener {
    /** The broker has let us in. */
    void connected(MqttConnection connection, boolean sessionPresent);

    /** The broker has confirmed the subscription. */
    void subscribed(MqttConnection connection);

    /** It has ended, and not by {@link MqttConnection#close()}. */
    void ended(MqttConnection connection, boolean takenOver, String why);

    /** A message has come; must not throw. */
    void arrived(MqttConnection connection, String topic, MqttMessage message);
  }

  private final Listener listener;
  private final MqttEndpoint.Session session;
  private final MqttAsyncClient client;
  private final BufferedSockets sockets = new BufferedSockets();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Semaphore unsafe;

  /**
   * When a packet id's message came, milliseconds from the opening, from 1; 0 where there is none.
   */
  private final AtomicIntegerArray arrivedAt = new AtomicIntegerArray(PACKET_IDS);

  private final long openedAt = System.nanoTime();
  private volatile boolean open = true;
  private boolean told;

  MqttConnection(MqttEndpoint.Session session, Listener listener) throws MqttException {
    this.session = session;
    this.listener = listener;
    this.unsafe = new Semaphore(session.receiveMaximum());
    client = new MqttAsyncClient(session.brokerUrl(), session.clientId(), new MemoryPersistence());
    // Both before connect: the broker sends a resumed session's messages right behind its CONNACK.
    client.setCallback(this);
    client.setManualAcks(true);
  }

  /** Begins to connect; the listener hears how it went. */
  void open() throws MqttException {
    MqttConnectionOptions options = session.options().get();
    if (options.getSocketFactory() == null && session.brokerUrl().startsWith("tcp:")) {
      options.setSocketFactory(sockets);
    }
    client.connect(
        options,
        null,
        new MqttActionListener() {
          @Override
          public void onSuccess(IMqttToken token) {
            listener.connected(MqttConnection.this, token.getSessionPresent());
          }

          @Override
          public void onFailure(IMqttToken token, Throwable why) {
            end(false, String.valueOf(why.getMessage()));
          }
        });
  }

  /** Asks for the subscription without waiting; a blocking call here would stand still for good. */
  void subscribe() {
    MqttSubscription subscription = new MqttSubscription(session.filter(), 1);
    subscription.setRetainHandling(SEND_NO_RETAINED);
    try {
      client.subscribe(
          new MqttSubscription[] {subscription},
          null,
          new MqttActionListener() {
            @Override
            public void onSuccess(IMqttToken token) {
              int[] codes = token.getReasonCodes();
              if (codes != null && codes.length > 0 && codes[0] >= FIRST_ERROR_CODE) {
                onFailure(token, new IllegalStateException("reason code " + codes[0]));
              } else {
                listener.subscribed(MqttConnection.this);
              }
            }

            @Override
            public void onFailure(IMqttToken token, Throwable why) {
              sockets.cut();
              end(false, "the subscription was refused: " + why.getMessage());
            }
          },
          new MqttProperties());
    } catch (MqttException e) {
      sockets.cut();
      end(false, "the subscription failed: " + e.getMessage());
    }
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) {
    if (!open) {
      return;
    }
    if (message.getQos() == 0) {
      awaitRoom();
    } else {
      long age = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - openedAt);
      arrivedAt.lazySet(message.getId(), (int) Math.min(Integer.MAX_VALUE, age + 1));
      inFlight.incrementAndGet();
    }
    listener.arrived(this, topic, message);
  }

  /** What is sent at QoS 0 the broker does not hold back for us, so reading stops instead. */
  private void awaitRoom() {
    try {
      while (open && !unsafe.tryAcquire(1, TimeUnit.SECONDS)) {
        // looks again whether it is open
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Tells the broker that a message is done; from any thread.
   *
   * @return whether it was told: not where the connection has ended, the message will come again
   */
  boolean acknowledge(int packetId, int qos) {
    if (qos == 0) {
      unsafe.release();
      return true;
    }
    if (!open) {
      return false;
    }
    arrivedAt.lazySet(packetId, 0);
    inFlight.decrementAndGet();
    try {
      client.messageArrivedComplete(packetId, qos);
      sockets.acknowledged();
      return true;
    } catch (MqttException | RuntimeException e) {
      // The client tears itself down under us; its end is told elsewhere.
      return false;
    }
  }

  boolean isOpen() {
    return open;
  }

  int inFlight() {
    return Math.max(0, inFlight.get());
  }

  /** For how long the oldest message in flight has waited, milliseconds. */
  long oldestMillis() {
    int oldest = 0;
    for (int i = 0; i < PACKET_IDS; i++) {
      int at = arrivedAt.get(i);
      if (at != 0 && (oldest == 0 || at < oldest)) {
        oldest = at;
      }
    }
    return oldest == 0
        ? 0
        : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - openedAt) - oldest + 1;
  }

  /** Ends it from our side, in at most two seconds; the session stays with the broker. */
  void close() {
    synchronized (this) {
      told = true;
    }
    try {
      if (client.isConnected()) {
        // Answered behind all acknowledgements: a broker may drop those it has not come to when the
        // connection ends, and send their messages again.
        client.unsubscribe(NO_TOPIC).waitForCompletion(CLOSE_MILLIS);
        client.disconnect(0, null, null, 0, new MqttProperties()).waitForCompletion(CLOSE_MILLIS);
      }
    } catch (MqttException e) {
      // cut below
    }
    open = false;
    sockets.cut();
    try {
      client.close();
    } catch (MqttException e) {
      // it closes itself once its connect attempt has failed on the cut socket
    }
  }

  /** Gives up on a connection that has not come about in time. */
  void giveUp(String why) {
    sockets.cut();
    end(false, why);
  }

  private void end(boolean takenOver, String why) {
    open = false;
    synchronized (this) {
      if (told) {
        return;
      }
      told = true;
    }
    listener.ended(this, takenOver, why);
  }

  @Override
  public void disconnected(@Nullable MqttDisconnectResponse response) {
    if (response == null) {
      end(false, "the connection was lost");
      return;
    }
    MqttException cause = response.getException();
    boolean takenOver =
        response.getReturnCode() == SESSION_TAKEN_OVER
            || cause != null && cause.getReasonCode() == SESSION_TAKEN_OVER;
    end(
        takenOver,
        cause == null
            ? "the broker ended it, reason code " + response.getReturnCode()
            : String.valueOf(cause.getCause() == null ? cause.getMessage() : cause.getCause()));
  }

  @Override
  public void mqttErrorOccurred(MqttException exception) {}

  @Override
  public void deliveryComplete(IMqttToken token) {}

  @Override
  public void connectComplete(boolean reconnect, String serverUri) {}

  @Override
  public void authPacketArrived(int reasonCode, MqttProperties properties) {}
}
