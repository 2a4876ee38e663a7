package io.millrace.ops.node;

import io.millrace.ops.node.NchfConfig.Group;
import io.millrace.ops.node.NchfConfig.Identifier;
import io.millrace.ops.node.NchfConfig.Measured;
import io.millrace.ops.node.NodeConfigFile.ConfigRefused;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** The section {@code nchf} of a configuration: {@link NchfConfig} as YAML. */
final class NchfSection {
  /** Its keys. */
  static final Set<String> KEYS =
      Set.of("api-root", "subscriber", "strip", "validity", "rating-groups");

  private static final Set<String> OF_GROUP =
      Set.of("meter", "unit", "grant", "holding-time", "threshold");

  private static final int MOST_GROUPS = 1_000;
  private static final int DAY = 86_400;
  private static final long MOST_GROUP = (1L << 32) - 1;

  /** What a rating group may grant: below what a meter's scaled integers may overflow. */
  private static final long MOST_GRANT = 1_000_000_000_000_000L;

  private final BiFunction<String, String, ConfigRefused> refused;

  private NchfSection(BiFunction<String, String, ConfigRefused> refused) {
    this.refused = refused;
  }

  /**
   * Reads a section of known keys.
   *
   * @param refused makes a refusal of a key's path and what is wrong with it
   */
  static NchfConfig read(
      Map<String, Object> section, BiFunction<String, String, ConfigRefused> refused)
      throws ConfigRefused {
    return new NchfSection(refused).config(section);
  }

  private NchfConfig config(Map<String, Object> section) throws ConfigRefused {
    String root = section.getOrDefault("api-root", "").toString();
    if (!root.isEmpty() && !root.matches("https?://[^\\s/?#]+(/[^\\s?#]*[^\\s?#/])?")) {
      throw refused.apply(
          "nchf.api-root", "`nchf.api-root` is a URL like `https://chf.example.com`");
    }
    if (!(section.getOrDefault("rating-groups", "") instanceof Map<?, ?> named)
        || named.isEmpty()
        || named.size() > MOST_GROUPS) {
      throw refused.apply(
          "nchf.rating-groups",
          "`nchf.rating-groups` is a map of 1 to "
              + MOST_GROUPS
              + " rating groups. Write for example `10: {meter: data, unit: totalVolume, grant:"
              + " 10000000}`");
    }
    Map<Long, Group> groups = new HashMap<>();
    for (Map.Entry<?, ?> each : named.entrySet()) {
      String path = "nchf.rating-groups." + each.getKey();
      groups.put(
          number(Map.of("", each.getKey()), path, "", -1, 0, MOST_GROUP),
          group(path, each.getValue()));
    }
    return new NchfConfig(
        root,
        identifier(section.getOrDefault("subscriber", "supi")),
        section.getOrDefault("strip", "").toString(),
        (int) number(section, "nchf.validity", "validity", NchfConfig.VALIDITY, 1, DAY),
        groups);
  }

  private Identifier identifier(Object said) throws ConfigRefused {
    for (Identifier each : Identifier.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(said)) {
        return each;
      }
    }
    throw refused.apply(
        "nchf.subscriber", "`nchf.subscriber` is `supi` or `gpsi`, not `" + said + "`");
  }

  private Group group(String path, Object said) throws ConfigRefused {
    if (!(said instanceof Map<?, ?> map)) {
      throw refused.apply(path, "`" + path + "` is a map with the keys " + new TreeSet<>(OF_GROUP));
    }
    Map<String, Object> group = new HashMap<>();
    map.forEach((key, value) -> group.put(String.valueOf(key), value == null ? "" : value));
    for (String key : group.keySet()) {
      if (!OF_GROUP.contains(key)) {
        throw refused.apply(
            path + "." + key,
            "unknown key `" + path + "." + key + "`. Known are " + new TreeSet<>(OF_GROUP));
      }
    }
    String meter = group.getOrDefault("meter", "").toString();
    if (meter.isEmpty()) {
      throw refused.apply(path, "`" + path + ".meter` is missing. Name a meter of the catalog");
    }
    return new Group(
        meter,
        measured(path, group.getOrDefault("unit", "")),
        number(group, path + ".grant", "grant", -1, 1, MOST_GRANT),
        (int) number(group, path + ".holding-time", "holding-time", 0, 0, DAY),
        number(group, path + ".threshold", "threshold", 0, 0, MOST_GRANT));
  }

  private Measured measured(String path, Object said) throws ConfigRefused {
    for (Measured each : Measured.values()) {
      if (each.member().equals(said)) {
        return each;
      }
    }
    throw refused.apply(
        path + ".unit",
        "`"
            + path
            + ".unit` is one of "
            + Arrays.stream(Measured.values()).map(Measured::member).toList()
            + ", not `"
            + said
            + "`");
  }

  private long number(Map<?, ?> map, String path, String key, long otherwise, long least, long most)
      throws ConfigRefused {
    Object value = map.containsKey(key) ? map.get(key) : Long.valueOf(otherwise);
    if ((value instanceof Integer || value instanceof Long)
        && ((Number) value).longValue() >= least
        && ((Number) value).longValue() <= most) {
      return ((Number) value).longValue();
    }
    throw refused.apply(
        path,
        "`"
            + path
            + "` is a whole number from "
            + least
            + " to "
            + most
            + (map.containsKey(key) ? ", not `" + value + "`" : ", and is missing"));
  }
}
