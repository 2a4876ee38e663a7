package io.millrace.connectors.codec;

import java.util.List;

/** The formats that {@code usage:<format>} knows. */
public final class Formats {
  private Formats() {}

  /** Their names. */
  public static List<String> names() {
    return List.of(CodecSpec.CLOUD_EVENTS.format());
  }

  /**
   * Refuses a spec that no codec can be made of.
   *
   * @throws IllegalArgumentException says what is wrong and what to write
   */
  public static void check(CodecSpec spec) {
    codec(spec, new Readings(List.of(), new byte[16], (t, f, l, s, r) -> QuantityParser.BAD));
  }

  static Codec codec(CodecSpec spec, Readings readings) {
    return switch (spec.format()) {
      case "cloudevents" -> {
        if (!spec.options().isEmpty()) {
          throw new IllegalArgumentException("usage:cloudevents has no options");
        }
        yield new CloudEventsFormat(readings);
      }
      default ->
          throw new IllegalArgumentException(
              "usage:" + spec.format() + " is no format; write one of " + names());
    };
  }
}
