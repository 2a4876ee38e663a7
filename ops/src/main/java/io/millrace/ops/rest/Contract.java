package io.millrace.ops.rest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The contract, {@code openapi/millrace.yaml} on the class path (OpenAPI 3.1), as requests are
 * routed and checked by it. What it doesn't say isn't served.
 */
public final class Contract {
  private static final String FILE = "/openapi/millrace.yaml";

  private final byte[] text;
  private final List<Operation> operations;

  /** Those of each path, whatever their method; in the order of {@link #operations}. */
  private final Map<List<String>, List<Operation>> byPath = new LinkedHashMap<>();

  /** Follows the references of the file: {@code #/components/...}. */
  @FunctionalInterface
  interface Resolver {
    Map<String, Object> resolve(Object node);
  }

  /** Where a request has a named value. */
  enum Place {
    PATH,
    QUERY,
    HEADER
  }

  /** A named value of a path, query or header. */
  record Parameter(String name, Place in, boolean required, Schema schema) {}

  /**
   * One operation.
   *
   * @param id the contract's {@code operationId}
   * @param segments of its path; one in braces stands for a parameter
   * @param body of its request; null where it takes none, or one that is not a JSON object
   * @param streams the media types of a body that its handler reads by itself, as it comes
   * @param isSource whether what is posted is usage ({@code x-source}), taken in by a source
   */
  public record Operation(
      String id,
      String method,
      List<String> segments,
      List<Parameter> parameters,
      @Nullable Schema body,
      Set<String> streams,
      boolean isSource) {

    /** Whether the body is not held in memory before the handler is called. */
    boolean isStreamed() {
      return !streams.isEmpty();
    }

    private boolean matches(List<String> path) {
      if (path.size() != segments.size()) {
        return false;
      }
      for (int i = 0; i < path.size(); i++) {
        String part = path.get(i);
        if (!segments.get(i).equals(part) && (part.isEmpty() || !isParameter(segments.get(i)))) {
          return false;
        }
      }
      return true;
    }

    /** The values of the path's parameters; the path is the operation's. */
    Map<String, String> values(List<String> path) {
      Map<String, String> values = new LinkedHashMap<>();
      for (int i = 0; i < path.size(); i++) {
        String segment = segments.get(i);
        if (isParameter(segment)) {
          values.put(segment.substring(1, segment.length() - 1), path.get(i));
        }
      }
      return values;
    }

    private static boolean isParameter(String segment) {
      return segment.startsWith("{");
    }

    /** Whether none of its path is a parameter: such a path goes before one with parameters. */
    boolean isLiteral() {
      return segments.stream().noneMatch(Operation::isParameter);
    }
  }

  private Contract(byte[] text, List<Operation> operations) {
    this.text = text;
    this.operations = List.copyOf(operations);
    for (Operation each : operations) {
      byPath.computeIfAbsent(each.segments, path -> new ArrayList<>()).add(each);
    }
  }

  /** Reads the contract of the class path. */
  public static Contract read() {
    try (InputStream in = Contract.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is not on the class path");
      }
      byte[] text = in.readAllBytes();
      Object root =
          new Load(LoadSettings.builder().setLabel(FILE).build())
              .loadFromString(new String(text, StandardCharsets.UTF_8));
      return new Contract(text, operations(map(root)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Operation> operations(Map<String, Object> root) {
    Resolver resolver = node -> resolve(root, node);
    List<Operation> all = new ArrayList<>();
    map(root.get("paths"))
        .forEach(
            (path, item) ->
                map(item)
                    .forEach(
                        (method, node) -> all.add(operation(path, method, map(node), resolver))));
    all.sort((a, b) -> Boolean.compare(b.isLiteral(), a.isLiteral()));
    return all;
  }

  private static Operation operation(
      String path, String method, Map<String, Object> node, Resolver resolver) {
    List<Parameter> parameters = new ArrayList<>();
    if (node.get("parameters") instanceof List<?> list) {
      for (Object each : list) {
        Map<String, Object> p = resolver.resolve(each);
        parameters.add(
            new Parameter(
                String.valueOf(p.get("name")),
                Place.valueOf(String.valueOf(p.get("in")).toUpperCase(Locale.ROOT)),
                Boolean.TRUE.equals(p.get("required")),
                Schema.of(resolver.resolve(map(p.get("schema"))), resolver)));
      }
    }
    Schema body = null;
    Set<String> streams = Set.of();
    boolean isSource = Boolean.TRUE.equals(node.get("x-source"));
    if (node.get("requestBody") != null && !isSource) {
      Map<String, Object> content = map(map(node.get("requestBody")).get("content"));
      Object json = content.get("application/json");
      Map<String, Object> schema =
          json == null ? Map.of() : resolver.resolve(map(map(json).get("schema")));
      if ("object".equals(schema.get("type"))) {
        body = Schema.of(schema, resolver);
      } else {
        streams = Set.copyOf(content.keySet());
      }
    }
    return new Operation(
        String.valueOf(node.get("operationId")),
        method.toUpperCase(Locale.ROOT),
        segments(path),
        List.copyOf(parameters),
        body,
        streams,
        isSource);
  }

  private static Map<String, Object> resolve(Map<String, Object> root, Object node) {
    Map<String, Object> found = map(node);
    while (found.get("$ref") instanceof String reference) {
      Map<String, Object> at = root;
      for (String step : reference.substring(2).split("/")) {
        at = map(at.get(step));
      }
      found = at;
    }
    return found;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object node) {
    if (node instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new IllegalStateException(FILE + ": a map was expected, not " + node);
  }

  /** The parts of a path between its slashes. */
  static List<String> segments(String path) {
    return Arrays.asList(path.substring(1).split("/", -1));
  }

  /** All operations; those without parameters in their path first. */
  public List<Operation> operations() {
    return operations;
  }

  /** The operations of a path, whatever their method. */
  List<Operation> at(List<String> path) {
    for (List<Operation> some : byPath.values()) {
      if (some.getFirst().matches(path)) {
        return some;
      }
    }
    return List.of();
  }

  /** The methods that a path takes, for {@code Allow}. */
  String allowed(List<String> path) {
    TreeSet<String> methods = new TreeSet<>();
    at(path).forEach(o -> methods.add(o.method()));
    return String.join(", ", methods);
  }

  /** The file. */
  byte[] text() {
    return text.clone();
  }
}
