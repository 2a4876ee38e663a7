package io.millrace.tests.badinput;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A client that does not know the rules of MQTT 5, and writes its packets by hand. */
final class RawMqtt {
  private static final byte[] ID = "raw".getBytes(StandardCharsets.US_ASCII);

  private final URI broker;

  RawMqtt(String broker) {
    this.broker = URI.create(broker);
  }

  /** Writes a PUBLISH, and waits until it is answered or hung up on. */
  void publish(int head, String topic, byte[] properties, byte[] payload) throws IOException {
    try (Socket socket = connected()) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      byte[] name = topic.getBytes(StandardCharsets.UTF_8);
      int remaining = 2 + name.length + 2 + properties.length + payload.length;
      out.write(head);
      out.write(remaining & 0x7F | 0x80);
      out.write(remaining >>> 7);
      out.writeShort(name.length);
      out.write(name);
      out.writeShort(1);
      out.write(properties);
      out.write(payload);
      out.flush();
      // A PUBACK, a DISCONNECT or the end: in any case the broker is done with it.
      socket.getInputStream().read();
    } catch (SocketException hungUp) {
      // Before it was written to its end.
    }
  }

  /** Publishes 256 MiB less a byte, as far as the broker reads it. */
  void publishHuge(String topic, byte[] start) throws IOException {
    try (Socket socket = connected()) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      byte[] name = topic.getBytes(StandardCharsets.UTF_8);
      out.write(new byte[] {0x32, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x7F});
      out.writeShort(name.length);
      out.write(name);
      out.writeShort(1);
      out.write(0);
      out.write(start);
      byte[] more = new byte[1 << 16];
      for (int i = 0; i < 4_095; i++) {
        out.write(more);
      }
    } catch (SocketException hungUp) {
      // It need not be read to its end.
    }
  }

  private Socket connected() throws IOException {
    Socket socket = new Socket(InetAddress.getByName(broker.getHost()), broker.getPort());
    socket.setSoTimeout(10_000);
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    out.write(new byte[] {0x10, (byte) (13 + ID.length), 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 60, 0});
    out.writeShort(ID.length);
    out.write(ID);
    out.flush();
    int length = socket.getInputStream().read() < 0 ? 0 : socket.getInputStream().read();
    socket.getInputStream().readNBytes(length);
    return socket;
  }
}
