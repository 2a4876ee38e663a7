package io.millrace.ops.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The contract's part of Nchf_ConvergedCharging says what the published one says: its names, types,
 * what is required, and no value that it does not know. The published one is here as a table of
 * facts; a machine that has the files checks the table by them: {@code -Dnchf.openapi=FOLDER}.
 */
class NchfContractTest {
  private static final String FILE = "TS32291_Nchf_ConvergedCharging.yaml";
  private static final String COMMON = "TS29571_CommonData.yaml";

  /** Ours alone: what is refused is told as all problems of Millrace are. */
  private static final Set<String> OURS = Set.of("ProblemDetails.code");

  /** Of what is published a file may lie beside, a reference's first part. */
  private record Fact(String type, boolean required, Set<String> values) {}

  private static TreeMap<String, Fact> facts() throws Exception {
    TreeMap<String, Fact> facts = new TreeMap<>();
    for (String line : text("/nchf/facts.csv").lines().filter(l -> !l.startsWith("#")).toList()) {
      String[] columns = line.split(",", -1);
      facts.put(
          columns[0] + "." + columns[1],
          new Fact(columns[2], columns[3].equals("yes"), words(columns[4])));
    }
    return facts;
  }

  private static Set<String> words(String text) {
    return text.isEmpty() ? Set.of() : new TreeSet<>(List.of(text.split(" ")));
  }

  private static String text(String resource) throws Exception {
    try (InputStream in = NchfContractTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object node) {
    return node == null ? Map.of() : (Map<String, Object>) node;
  }

  private static Map<String, Object> yaml(String text) {
    return map(new Load(LoadSettings.builder().build()).loadFromString(text));
  }

  /** The facts of a schema, its references followed within a document and one beside it. */
  private static final class Reader {
    private final Map<String, Object> own;
    private final Map<String, Object> common;

    Reader(Map<String, Object> document, Map<String, Object> beside) {
      own = map(map(document.get("components")).get("schemas"));
      common = map(map(beside.get("components")).get("schemas"));
    }

    Map<String, Object> schema(String name) {
      return map(own.containsKey(name) ? own.get(name) : common.get(name));
    }

    Fact fact(String schema, String property) {
      Map<String, Object> node = map(map(schema(schema).get("properties")).get(property));
      List<String> required = new ArrayList<>();
      if (schema(schema).get("required") instanceof List<?> names) {
        names.forEach(n -> required.add(String.valueOf(n).strip()));
      }
      return new Fact(type(node), required.contains(property), values(node));
    }

    private Map<String, Object> resolved(Map<String, Object> node) {
      return node.get("$ref") instanceof String reference
          ? resolved(schema(last(reference)))
          : node;
    }

    private static String last(String reference) {
      return reference.substring(reference.lastIndexOf('/') + 1);
    }

    private String type(Map<String, Object> node) {
      Map<String, Object> resolved = resolved(node);
      Object type = resolved.get("type");
      if ("object".equals(type)) {
        return last(String.valueOf(node.get("$ref")));
      }
      if ("array".equals(type)) {
        return "array " + type(map(resolved.get("items")));
      }
      if ("integer".equals(type) && resolved.get("maximum") instanceof Number most) {
        return most.toString().equals("4294967295") ? "uint32" : "uint64";
      }
      return "date-time".equals(resolved.get("format"))
          ? "date-time"
          : "integer".equals(type) || "boolean".equals(type) ? String.valueOf(type) : "string";
    }

    private Set<String> values(Map<String, Object> node) {
      Map<String, Object> resolved = resolved(node);
      Object some =
          resolved.get("anyOf") instanceof List<?> any
              ? map(any.getFirst()).get("enum")
              : resolved.get("enum");
      Set<String> values = new TreeSet<>();
      if (some instanceof List<?> list) {
        list.forEach(v -> values.add(String.valueOf(v)));
      }
      return values;
    }
  }

  private static Set<String> properties(Reader ours, Set<String> schemas) {
    Set<String> all = new TreeSet<>();
    for (String schema : schemas) {
      map(ours.schema(schema).get("properties")).keySet().forEach(p -> all.add(schema + "." + p));
    }
    return all;
  }

  private static String[] parts(String name) {
    return name.split("\\.", 2);
  }

  @Test
  void contract_saysOfTheSubsetWhatIsPublished() throws Exception {
    TreeMap<String, Fact> facts = facts();
    Reader ours = new Reader(yaml(text("/openapi/millrace.yaml")), Map.of());
    Set<String> schemas = new TreeSet<>();
    facts.keySet().forEach(name -> schemas.add(parts(name)[0]));
    Set<String> named = properties(ours, schemas);
    named.removeAll(OURS);
    assertEquals(facts.keySet(), named, "what is named");
    facts.forEach(
        (name, fact) -> {
          Fact our = ours.fact(parts(name)[0], parts(name)[1]);
          assertEquals(fact.type, our.type, name);
          assertEquals(fact.required, our.required, name);
          assertTrue(fact.values.containsAll(our.values), name + " " + our.values);
        });
  }

  @Test
  void required_isNoMoreThanIsPublished() throws Exception {
    TreeMap<String, Fact> facts = facts();
    Reader ours = new Reader(yaml(text("/openapi/millrace.yaml")), Map.of());
    for (String schema : Set.of("ChargingDataRequest", "MultipleUnitUsage", "UsedUnitContainer")) {
      assertEquals(true, ours.schema(schema).get("additionalProperties"), schema);
      for (Object each : (List<?>) ours.schema(schema).get("required")) {
        assertTrue(facts.get(schema + "." + each).required, schema + "." + each);
      }
    }
  }

  @Test
  void facts_areThoseOfThePublishedFiles() throws Exception {
    String folder = System.getProperty("nchf.openapi", "");
    assumeTrue(!folder.isEmpty(), "the published files are not on this machine");
    Reader published =
        new Reader(
            yaml(Files.readString(Path.of(folder, FILE))),
            yaml(Files.readString(Path.of(folder, COMMON))));
    facts()
        .forEach(
            (name, fact) ->
                assertEquals(fact, published.fact(parts(name)[0], parts(name)[1]), name));
  }
}
