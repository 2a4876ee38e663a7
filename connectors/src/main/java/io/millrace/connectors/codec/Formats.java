package io.millrace.connectors.codec;

import java.util.List;

/**
 * The formats that {@code usage:<format>} knows: {@code cloudevents} ({@link CloudEventsFormat}),
 * {@code json} ({@link JsonCodec}), {@code csv} ({@link CsvCodec}), {@code senml} ({@link
 * SenmlCodec}), {@code sparkplug} ({@link SparkplugCodec}), where their options are said.
 */
public final class Formats {
  private Formats() {}

  /** Their names. */
  public static List<String> names() {
    return List.of("cloudevents", "csv", "json", "senml", "sparkplug");
  }

  /**
   * Refuses a spec that no codec can be made of.
   *
   * @throws IllegalArgumentException says what is wrong and what to write
   */
  public static void check(CodecSpec spec) {
    codec(
        spec,
        new Readings(List.of(), new byte[16], (t, f, l, s, r) -> QuantityParser.BAD),
        Births.inMemory());
  }

  static Codec codec(CodecSpec spec, Readings readings, Births births) {
    return switch (spec.format()) {
      case "cloudevents" -> {
        if (!spec.options().isEmpty()) {
          throw new IllegalArgumentException("usage:cloudevents has no options");
        }
        yield new CloudEventsFormat(readings);
      }
      case "csv" -> new CsvCodec(spec, readings);
      case "json" -> new JsonCodec(spec, readings);
      case "senml" -> new SenmlCodec(spec, readings);
      case "sparkplug" -> new SparkplugCodec(spec, readings, births);
      default ->
          throw new IllegalArgumentException(
              "usage:" + spec.format() + " is no format; write one of " + names());
    };
  }
}
