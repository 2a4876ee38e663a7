package io.millrace.ops.demo.generator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The few MQTT 5 packets that a publisher at QoS 1 writes and reads (OASIS MQTT 5.0, chapter 3).
 */
final class MqttWire {
  static final int CONNACK = 2;
  static final int PUBACK = 4;
  static final int PINGRESP = 13;
  static final int DISCONNECT = 14;

  /** Reason codes from here on are errors (section 2.4). */
  static final int FIRST_ERROR = 0x80;

  /** A PUBACK's reason when there was nobody to give the message to (section 3.4.2.1). */
  static final int NO_MATCHING_SUBSCRIBERS = 0x10;

  /** Bytes that a PUBLISH has beside topic and payload. */
  static final int PUBLISH_OVERHEAD = 10;

  private static final int PUBLISH_QOS_1 = 0x32;
  private static final int MAX_TWO_BYTE_LENGTH = 16_383;

  private MqttWire() {}

  /** Writes a CONNECT for a session that ends with its connection. */
  static int connect(String clientId, int keepAliveSeconds, byte[] to, int at) {
    byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
    int i = at;
    to[i++] = 0x10;
    to[i++] = (byte) (13 + id.length);
    i = string("MQTT".getBytes(StandardCharsets.US_ASCII), to, i);
    to[i++] = 5;
    to[i++] = 0x02;
    i = twoBytes(keepAliveSeconds, to, i);
    to[i++] = 0;
    return string(id, to, i);
  }

  static int pingRequest(byte[] to, int at) {
    to[at] = (byte) 0xC0;
    to[at + 1] = 0;
    return at + 2;
  }

  static int disconnect(byte[] to, int at) {
    to[at] = (byte) 0xE0;
    to[at + 1] = 0;
    return at + 2;
  }

  /**
   * Writes a PUBLISH at QoS 1. Its remaining length always takes two bytes, so that the packet can
   * be written in one go; topic and payload together must stay under 16 KB.
   */
  static int publish(ReportWriter report, long key, int packetId, byte[] to, int at) {
    int body = at + 3;
    int i = report.topic(key, to, body + 2);
    twoBytes(i - body - 2, to, body);
    i = twoBytes(packetId, to, i);
    to[i++] = 0;
    i = report.payload(key, to, i);
    int length = i - body;
    if (length > MAX_TWO_BYTE_LENGTH) {
      throw new AssertionError("a report of " + length + " bytes");
    }
    to[at] = PUBLISH_QOS_1;
    to[at + 1] = (byte) (length & 0x7F | 0x80);
    to[at + 2] = (byte) (length >>> 7);
    return i;
  }

  private static int string(byte[] bytes, byte[] to, int at) {
    int i = twoBytes(bytes.length, to, at);
    System.arraycopy(bytes, 0, to, i, bytes.length);
    return i + bytes.length;
  }

  private static int twoBytes(int n, byte[] to, int at) {
    to[at] = (byte) (n >>> 8);
    to[at + 1] = (byte) n;
    return at + 2;
  }

  static int readTwoBytes(byte[] from, int at) {
    return (from[at] & 0xFF) << 8 | from[at + 1] & 0xFF;
  }

  /**
   * What a broker grants in its CONNACK.
   *
   * @param receiveMaximum publishes it takes without having acknowledged them
   * @param keepAliveSeconds the longest silence it bears; 0 for any
   */
  record Granted(int receiveMaximum, int keepAliveSeconds) {}

  /**
   * Reads a CONNACK's body.
   *
   * @throws IOException where the broker refused the connection
   */
  static Granted connack(byte[] from, int at, int length, int keepAliveAsked) throws IOException {
    int reason = length < 2 ? FIRST_ERROR : from[at + 1] & 0xFF;
    if (reason != 0) {
      throw new IOException("the broker refused the connection: reason " + hex(reason));
    }
    int receiveMaximum = 65_535;
    int keepAlive = keepAliveAsked;
    int end = at + length;
    int i = at + 3;
    while (i < end) {
      int property = from[i++];
      switch (property) {
        case 0x21 -> receiveMaximum = readTwoBytes(from, i);
        case 0x13 -> keepAlive = readTwoBytes(from, i);
        default -> {}
      }
      i += propertyLength(property, from, i);
    }
    return new Granted(receiveMaximum, keepAlive);
  }

  /** Bytes of a property's value (section 2.2.2.2); only those that a CONNACK can have. */
  private static int propertyLength(int property, byte[] from, int at) throws IOException {
    return switch (property) {
      case 0x24, 0x25, 0x28, 0x29, 0x2A -> 1;
      case 0x13, 0x21, 0x22 -> 2;
      case 0x11, 0x27 -> 4;
      case 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F -> 2 + readTwoBytes(from, at);
      case 0x26 -> {
        int name = 2 + readTwoBytes(from, at);
        yield name + 2 + readTwoBytes(from, at + name);
      }
      default -> throw new IOException("unknown property " + hex(property) + " in CONNACK");
    };
  }

  static String hex(int code) {
    return "0x" + Integer.toHexString(code);
  }
}
