package io.millrace.ops.demo.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.demo.manifest.Manifest;
import io.millrace.ops.demo.manifest.Terms;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The publisher against a broker of a few lines that misbehaves as a real one seldom does. */
class RefusedPublishTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Load LOAD = new Load(1, 1, 5, Load.SMART_CITY_DAY);
  private static final int RECEIVE_MAXIMUM = 4;

  /** The packet's first byte and body. */
  private record Packet(int first, byte[] body) {}

  private final Manifest manifest =
      new Manifest(LOAD.lamps(), LOAD.start(), LOAD.length(), Terms.SMART_CITY);
  private final SimulatedClock clock = new SimulatedClock(LOAD.start());

  private static Packet read(DataInputStream in) throws IOException {
    int first = in.readUnsignedByte();
    int length = 0;
    int shift = 0;
    int b;
    do {
      b = in.readUnsignedByte();
      length |= (b & 0x7F) << shift;
      shift += 7;
    } while (b >= 0x80);
    byte[] body = new byte[length];
    in.readFully(body);
    return new Packet(first, body);
  }

  /** A CONNACK with properties to be skipped around the receive maximum. */
  private static void connack(DataOutputStream out) throws IOException {
    byte[] properties = {
      0x12,
      0,
      1,
      'x',
      0x26,
      0,
      1,
      'k',
      0,
      2,
      'v',
      'w',
      0x21,
      0,
      RECEIVE_MAXIMUM,
      0x24,
      1,
      0x27,
      0,
      1,
      0,
      0,
      0x13,
      0,
      30
    };
    out.write(new byte[] {0x20, (byte) (3 + properties.length), 0, 0, (byte) properties.length});
    out.write(properties);
    out.flush();
  }

  private static int packetId(byte[] publish) {
    int topic = MqttWire.readTwoBytes(publish, 0);
    return MqttWire.readTwoBytes(publish, 2 + topic);
  }

  private static String payload(byte[] publish) {
    int at = 2 + MqttWire.readTwoBytes(publish, 0) + 3;
    return new String(publish, at, publish.length - at, StandardCharsets.US_ASCII);
  }

  private interface Session {
    void serve(DataInputStream in, DataOutputStream out) throws Exception;
  }

  /** Serves one connection after the other, each by its own script, until all scripts are done. */
  private static Thread broker(ServerSocket server, List<Exception> failures, Session... sessions) {
    return Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              for (Session session : sessions) {
                try (Socket socket = server.accept()) {
                  DataInputStream in = new DataInputStream(socket.getInputStream());
                  DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                  assertEquals(0x10, read(in).first());
                  session.serve(in, out);
                } catch (EOFException closed) {
                  // The publisher said goodbye.
                } catch (Exception e) {
                  failures.add(e);
                }
              }
            });
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private Publisher publisher(ServerSocket server) {
    return new Publisher(
        LOAD,
        (InetSocketAddress) server.getLocalSocketAddress(),
        manifest,
        clock,
        () -> Long.MAX_VALUE);
  }

  @Test
  void refusedPublishes_areSentAgainUntilTheyAreAccepted() throws Exception {
    Map<String, Integer> sends = new HashMap<>();
    Session refusing =
        (in, out) -> {
          connack(out);
          for (int n = 0; ; n++) {
            Packet p = read(in);
            if (p.first() != 0x32) {
              return;
            }
            sends.merge(payload(p.body()), 1, Integer::sum);
            int id = packetId(p.body());
            // Every 10th is over quota, every 7th has no subscriber; most answers are short.
            int reason = n % 10 == 3 ? 0x97 : n % 7 == 5 ? 0x10 : 0;
            out.write(
                reason == 0
                    ? new byte[] {0x40, 2, (byte) (id >> 8), (byte) id}
                    : new byte[] {0x40, 4, (byte) (id >> 8), (byte) id, (byte) reason, 0});
            out.flush();
          }
        };
    List<Exception> failures = new ArrayList<>();
    try (ServerSocket server = listen()) {
      Thread broker = broker(server, failures, refusing);
      Publisher.Progress end;
      try (Publisher publisher = publisher(server)) {
        publisher.start();
        end = publisher.await(PATIENCE);
      }
      broker.join();
      assertEquals(List.of(), failures);
      assertTrue(end.refused() > 5, "refused " + end.refused());
      assertEquals(end.refused(), end.resent());
      assertEquals(manifest.expected().received(), end.acknowledged());
      long sent = sends.values().stream().mapToInt(Integer::intValue).sum();
      assertEquals(end.published() + end.resent(), sent);
      assertEquals(60, clock.minutes());
    }
  }

  @Test
  void moreThanTheReceiveMaximum_isNeverInFlight() throws Exception {
    List<Integer> inFlight = new ArrayList<>();
    Session hoarding =
        (in, out) -> {
          connack(out);
          for (int n = 0; n < RECEIVE_MAXIMUM; n++) {
            inFlight.add(packetId(read(in).body()));
          }
          // Nothing more may come until one is acknowledged; then exactly one.
          out.write(new byte[] {0x40, 2, 0, inFlight.getFirst().byteValue()});
          out.flush();
          inFlight.set(0, packetId(read(in).body()));
          assertEquals(0, in.available());
        };
    CountDownLatch done = new CountDownLatch(1);
    List<String> again = new ArrayList<>();
    Session second =
        (in, out) -> {
          connack(out);
          for (int n = 0; n < RECEIVE_MAXIMUM; n++) {
            again.add(payload(read(in).body()));
          }
          done.countDown();
        };
    List<Exception> failures = new ArrayList<>();
    try (ServerSocket server = listen()) {
      Thread broker = broker(server, failures, hoarding, second);
      try (Publisher publisher = publisher(server)) {
        publisher.start();
        assertTrue(done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
      }
      broker.join();
    }
    assertEquals(List.of(), failures);
    assertEquals(RECEIVE_MAXIMUM, inFlight.stream().distinct().count());
    assertEquals(RECEIVE_MAXIMUM, again.stream().distinct().count());
    assertTrue(again.getFirst().contains("\"id\":\"2\""), "sent again first: " + again.getFirst());
  }
}
