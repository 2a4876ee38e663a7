package io.millrace.connectors.codec;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A Sparkplug B topic (Sparkplug 3.0, 4): {@code spBv1.0/group/TYPE/edge} or with a device behind.
 *
 * @param type of the message, as {@code NBIRTH}
 * @param edge {@code group/edge}
 * @param node the same with the device, where there is one
 * @param subject the device alone, or the edge node where there is none
 */
record SparkplugTopic(Type type, String edge, String node, String subject) {

  /** What a message is. */
  enum Type {
    NBIRTH,
    DBIRTH,
    NDATA,
    DDATA,
    /** A death, a command or a host's state: nothing was used. */
    NO_USE
  }

  /** Takes a topic apart; null where it is none. */
  static @Nullable SparkplugTopic of(String topic) {
    String[] parts = topic.split("/", -1);
    if (parts.length < 3 || !parts[0].equals("spBv1.0")) {
      return null;
    }
    if (parts[1].equals("STATE")) {
      return new SparkplugTopic(Type.NO_USE, "", "", "");
    }
    boolean hasDevice = parts.length == 5;
    if (parts.length != 4 && !hasDevice) {
      return null;
    }
    for (String part : parts) {
      if (!isLevel(part)) {
        return null;
      }
    }
    Type type =
        switch (parts[2]) {
          case "NBIRTH" -> hasDevice ? null : Type.NBIRTH;
          case "NDATA" -> hasDevice ? null : Type.NDATA;
          case "DBIRTH" -> hasDevice ? Type.DBIRTH : null;
          case "DDATA" -> hasDevice ? Type.DDATA : null;
          case "NDEATH", "NCMD", "DDEATH", "DCMD" -> Type.NO_USE;
          default -> null;
        };
    String edge = parts[1] + '/' + parts[3];
    return type == null
        ? null
        : new SparkplugTopic(
            type, edge, hasDevice ? edge + '/' + parts[4] : edge, parts[parts.length - 1]);
  }

  /** It names a device, and is stored: not every transport forbids what MQTT does in a topic. */
  private static boolean isLevel(String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    return bytes.length > 0 && Plain.isText(bytes, 0, bytes.length);
  }

  boolean isBirth() {
    return type == Type.NBIRTH || type == Type.DBIRTH;
  }
}
