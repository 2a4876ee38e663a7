package io.millrace.ops.node;

import io.millrace.ops.node.NodeConfig.DatabaseConfig;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The configuration file of {@code ./millrace run}: YAML with a closed set of keys. Paths are
 * relative to the file. A password comes from a file, {@code password-file}, never from this one.
 */
public final class NodeConfigFile {
  private static final Set<String> KEYS =
      Set.of(
          "node",
          "tenant",
          "shards",
          "database",
          "catalog",
          "devices",
          "routes",
          "http",
          "in-flight",
          "lease",
          "checkpoint",
          "properties",
          "nchf");
  private static final long MOST_BYTES = 1 << 20;

  private final Path file;
  private final Map<String, Object> values;
  private final YamlPlaces places;

  private NodeConfigFile(Path file, Map<String, Object> values, YamlPlaces places) {
    this.file = file;
    this.values = values;
    this.places = places;
  }

  /** A file that can't be used; the message says where and how to mend it. */
  public static final class ConfigRefused extends Exception {
    private static final long serialVersionUID = 1L;

    ConfigRefused(String message) {
      super(message);
    }
  }

  /** Reads a file. */
  public static NodeConfig read(Path file) throws ConfigRefused {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new ConfigRefused(file + ": larger than 1 MiB. A configuration is a page");
      }
      LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
      String text = Files.readString(file);
      if (!(new Load(settings).loadFromString(text) instanceof Map<?, ?> map)) {
        throw new ConfigRefused(file + ": not a map of keys. Begin with `tenant: ...`");
      }
      return new NodeConfigFile(file, strings(map), YamlPlaces.of(settings, text)).config();
    } catch (CharacterCodingException e) {
      throw new ConfigRefused(file + ": not UTF-8. Save it as UTF-8");
    } catch (NoSuchFileException e) {
      throw new ConfigRefused(file + ": there is no such file. Name another with --config");
    } catch (IOException e) {
      throw new ConfigRefused(
          file + ": can't be read (" + e.getMessage() + "). Name a file with --config");
    } catch (MarkedYamlEngineException e) {
      String problem = e.getProblem().strip().replaceAll("\\s+", " ");
      throw new ConfigRefused(file + YamlPlaces.of(e.getProblemMark()) + ": not YAML: " + problem);
    } catch (YamlEngineException e) {
      throw new ConfigRefused(
          file + ": not YAML: " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
    }
  }

  /** A refusal of what a key says, like {@code http.port}. */
  private ConfigRefused refused(String path, String says) {
    return new ConfigRefused(file + places.of(path) + ": " + says);
  }

  private static Map<String, Object> strings(Map<?, ?> map) {
    Map<String, Object> strings = new LinkedHashMap<>();
    map.forEach((key, value) -> strings.put(String.valueOf(key), value == null ? "" : value));
    return strings;
  }

  private NodeConfig config() throws ConfigRefused {
    known(values, KEYS, "");
    Map<String, Object> http = section("http", Set.of("host", "port", "expose"));
    Map<String, Object> db = section("database", Set.of("url", "user", "password-file"));
    Map<String, String> properties = new LinkedHashMap<>();
    section("properties", null).forEach((k, v) -> properties.put(k, v.toString()));
    ownProperties(properties);
    String tenant = text(values, "tenant", "default");
    Map<String, Object> routes =
        values.get("routes") instanceof Map<?, ?>
            ? section("routes", Set.of("folder", "reload"))
            : Map.of("folder", text(values, "routes", ""));
    if (!(routes.getOrDefault("reload", false) instanceof Boolean reload)) {
      throw new ConfigRefused(file + ": `routes.reload` is true or false");
    }
    String folder = text(routes, "folder", "");
    if (folder.isEmpty()) {
      throw missing("routes", "routes: routes/");
    }
    return new NodeConfig(
        text(values, "node", tenant + "-node"),
        tenant,
        number(values, "shards", NodeConfig.SHARDS, 1, 4096),
        database(db),
        path("catalog").orElseThrow(() -> missing("catalog", "catalog: my-catalog.yaml")),
        path("devices"),
        resolve(folder),
        host(http),
        number(http, "http.port", 8080, 0, 65_535),
        number(values, "in-flight", NodeConfig.IN_FLIGHT, 1, 65_536),
        number(values, "lease", (int) NodeConfig.LEASE_MILLIS, 500, 600_000),
        number(values, "checkpoint", (int) NodeConfig.CHECKPOINT_MILLIS, 100, 600_000),
        properties,
        reload,
        nchf());
  }

  private Optional<NchfConfig> nchf() throws ConfigRefused {
    return values.containsKey("nchf")
        ? Optional.of(NchfSection.read(section("nchf", NchfSection.KEYS), this::refused))
        : Optional.empty();
  }

  /**
   * Of Camel's own properties those of Kamelets are the user's; the others would undo the node's.
   */
  private void ownProperties(Map<String, String> properties) throws ConfigRefused {
    for (String name : properties.keySet()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.startsWith("camel") && !lower.startsWith("camel.kamelet.")) {
        throw refused(
            "properties." + name,
            "properties: `"
                + name
                + "` is not yours to set. Only `camel.kamelet.NAME.OPTION` is, of Camel's");
      }
    }
  }

  /** There is no authentication yet, so an address that others can reach has to be asked for. */
  private String host(Map<String, Object> http) throws ConfigRefused {
    String host = text(http, "host", "127.0.0.1");
    Object expose = http.getOrDefault("expose", false);
    if (!(expose instanceof Boolean exposed)) {
      throw refused("http.expose", "`http.expose` is true or false");
    }
    if (!exposed && !CamelNode.isLoopback(host)) {
      throw refused(
          "http.host",
          "`http.host` is an address that others can reach, and nobody is asked who they"
              + " are: there is no authentication yet. Put a proxy that asks in front of a node on"
              + " 127.0.0.1, or write `http: {host: "
              + host
              + ", expose: true}`");
    }
    return host;
  }

  private DatabaseConfig database(Map<String, Object> db) throws ConfigRefused {
    String url = text(db, "url", "");
    if (!url.startsWith("jdbc:postgresql:")) {
      if (!url.isEmpty()) {
        throw refused(
            "database.url",
            "`database.url` is not PostgreSQL's. Write for example"
                + " `jdbc:postgresql://host/millrace`");
      }
      throw missing(
          "database.url", "database: {url: 'jdbc:postgresql://host/millrace', user: millrace}");
    }
    String passwordFile = text(db, "password-file", "");
    try {
      String password =
          passwordFile.isEmpty() ? "" : Files.readString(resolve(passwordFile)).strip();
      return new DatabaseConfig(url, text(db, "user", "millrace"), password);
    } catch (IOException e) {
      throw refused(
          "database.password-file",
          "database.password-file can't be read: "
              + resolve(passwordFile)
              + ". Make it readable for this user only");
    }
  }

  private ConfigRefused missing(String key, String example) {
    return refused(key, "`" + key + "` is missing or empty. Write for example `" + example + "`");
  }

  private void known(Map<String, Object> map, Set<String> keys, String prefix)
      throws ConfigRefused {
    for (String key : map.keySet()) {
      if (!keys.contains(key)) {
        throw refused(
            prefix + key, "unknown key `" + prefix + key + "`. Known are " + new TreeSet<>(keys));
      }
    }
  }

  private Map<String, Object> section(String key, @Nullable Set<String> keys) throws ConfigRefused {
    Object value = values.getOrDefault(key, Map.of());
    if (!(value instanceof Map<?, ?> map)) {
      throw refused(key, "`" + key + "` is a map of keys, not `" + value + "`");
    }
    Map<String, Object> section = strings(map);
    if (keys != null) {
      known(section, keys, key + ".");
    }
    return section;
  }

  private static String text(Map<String, Object> map, String key, String otherwise) {
    String value = map.getOrDefault(key, "").toString();
    return value.isEmpty() ? otherwise : value;
  }

  private int number(Map<String, Object> map, String path, int otherwise, int least, int most)
      throws ConfigRefused {
    Object value = map.getOrDefault(path.substring(path.lastIndexOf('.') + 1), otherwise);
    if (value instanceof Integer n && n >= least && n <= most) {
      return n;
    }
    throw refused(
        path,
        "`" + path + "` is a whole number from " + least + " to " + most + ", not `" + value + "`");
  }

  private Optional<Path> path(String key) {
    String value = text(values, key, "");
    return value.isEmpty() ? Optional.empty() : Optional.of(resolve(value));
  }

  private Path resolve(String path) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? Path.of(path) : parent.resolve(path).normalize();
  }
}
