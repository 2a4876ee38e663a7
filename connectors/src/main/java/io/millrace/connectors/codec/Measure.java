package io.millrace.connectors.codec;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a named measurement is to the rules.
 *
 * @param type the event's type, UTF-8
 * @param slot of the reading in {@link Readings}; -1 where no meter reads it
 * @param unit that a record must be in; empty where any will do
 * @param isSum whether the running sum is read, not the value
 */
record Measure(byte[] type, int slot, String unit, boolean isSum) {
  private static final String SUM = "s:";

  /**
   * The measures of an option {@code types}: {@code name=type}, {@code name=type/member} or {@code
   * name=type/member/unit}, with semicolons between them. The member is {@code value} where absent;
   * {@code s:name} reads the sum of the measurement.
   */
  static Map<String, Measure> of(Options options, Readings readings, boolean hasSums) {
    Map<String, Measure> measures = new LinkedHashMap<>();
    options
        .pairs("types", "write measurement=type/member/unit; …")
        .forEach(
            (key, to) -> {
              boolean isSum = hasSums && key.startsWith(SUM);
              String name = isSum ? key.substring(SUM.length()) : key;
              String[] parts = to.split("/", 3);
              String member = parts.length > 1 ? parts[1] : "value";
              Measure measure =
                  new Measure(
                      parts[0].getBytes(StandardCharsets.UTF_8),
                      readings.slot(ReadingTree.ROOT + member),
                      parts.length > 2 ? parts[2] : "",
                      isSum);
              if (name.isEmpty() || parts[0].isEmpty() || measures.put(name, measure) != null) {
                throw options.refused("`types` has `" + name + "` twice, or without a type");
              }
            });
    if (measures.isEmpty()) {
      throw options.refused("lacks `types`: write measurement=type/member/unit; …");
    }
    return measures;
  }
}
