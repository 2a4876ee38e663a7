package io.millrace.connectors.kamelets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Every Kamelet is a form: each property typed, described and used, and nothing used unasked. */
class KameletsTest {
  private static final Path FOLDER = Path.of("src/main/resources/kamelets");
  private static final String SUFFIX = ".kamelet.yaml";
  private static final Set<String> TYPES = Set.of("string", "integer", "boolean");
  private static final Pattern SECRET =
      Pattern.compile("password|passphrase|secret|token|jaas|privatekey", Pattern.CASE_INSENSITIVE);

  /** A placeholder of the template; a question mark in front lets it be absent. */
  private static final Pattern USE = Pattern.compile("\\{\\{(\\??)([\\w.-]+)}}");

  static Stream<Path> kamelets() throws Exception {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList().stream();
    }
  }

  @Test
  void kamelets_areFound() throws Exception {
    assertTrue(kamelets().count() >= 4);
  }

  @ParameterizedTest
  @MethodSource("kamelets")
  void kamelet_isAForm(Path file) throws Exception {
    assertEquals(List.of(), faults(file.getFileName().toString(), Files.readString(file)));
  }

  @Test
  void faults_areFound() throws Exception {
    String good = Files.readString(FOLDER.resolve("mqtt-source.kamelet.yaml"));
    String name = "mqtt-source" + SUFFIX;
    assertEquals(List.of(), faults(name, good));
    assertFault(good, "        title: Topic\n", "", "topic: no title");
    assertFault(good, "description: The broker,", "descriptions: The broker,", "url: no desc");
    assertFault(good, "        type: integer\n        default: 1\n", "", "slots: no type");
    assertFault(good, "receiveMaximum: \"{{inFlight}}\"", "lazy: true", "inFlight: is not used");
    assertFault(good, "\"{{slots}}\"", "\"{{places}}\"", "places: used, and no property");
    assertFault(good, "\"{{?user}}\"", "\"{{user}}\"", "user: neither required");
    assertFault(good, "default: 4096", "default: 0", "inFlight: the default is out of bounds");
    assertFault(good, "        format: password\n", "", "password: a secret without");
    assertFault(good, "id: mqtt-source-out", "id: out", "out: ids begin with");
    assertFault(good, "required: [source, topic, url]", "required: [to]", "to: required, and no");
  }

  private static void assertFault(String good, String from, String to, String fault)
      throws Exception {
    assertTrue(good.contains(from), from);
    List<String> found = faults("mqtt-source" + SUFFIX, good.replace(from, to));
    assertTrue(found.stream().anyMatch(f -> f.startsWith(fault)), fault + " is not in " + found);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Map<String, Object> of, String key) {
    return of.get(key) instanceof Map<?, ?> m ? (Map<String, Object>) m : Map.of();
  }

  @SuppressWarnings("unchecked")
  private static List<String> faults(String file, String text) {
    Map<String, Object> root =
        (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(text);
    List<String> faults = new ArrayList<>();
    String name = file.substring(0, file.length() - SUFFIX.length());
    if (!name.equals(map(root, "metadata").get("name"))) {
      faults.add("metadata.name is not the file's");
    }
    Map<String, Object> definition = map(map(root, "spec"), "definition");
    said(faults, "the Kamelet", definition);
    Map<String, Object> properties = map(definition, "properties");
    List<String> required =
        definition.get("required") instanceof List<?> l ? (List<String>) l : List.of();
    required.stream()
        .filter(r -> !properties.containsKey(r))
        .forEach(r -> faults.add(r + ": required, and no property"));
    Set<String> optional = new TreeSet<>();
    Set<String> used = new TreeSet<>();
    Matcher use = USE.matcher(text.substring(text.indexOf("\n  template:")));
    while (use.find()) {
      (use.group(1).isEmpty() ? used : optional).add(use.group(2));
    }
    properties.forEach(
        (property, of) -> {
          Map<String, Object> form = (Map<String, Object>) of;
          said(faults, property, form);
          value(faults, property, form);
          boolean filled = required.contains(property) || form.containsKey("default");
          if (!used.contains(property) && !optional.contains(property)) {
            faults.add(property + ": is not used");
          } else if (used.contains(property) && !filled) {
            faults.add(property + ": neither required nor with a default, and used without `?`");
          }
        });
    // A bean of the template is a placeholder, too.
    Set<String> beans = new TreeSet<>();
    if (map(map(root, "spec"), "template").get("beans") instanceof List<?> l) {
      l.forEach(b -> beans.add(String.valueOf(((Map<String, Object>) b).get("name"))));
    }
    used.addAll(optional);
    used.stream()
        .filter(u -> !properties.containsKey(u) && !beans.contains(u))
        .forEach(u -> faults.add(u + ": used, and no property"));
    Matcher ids = Pattern.compile("\\bid: ([\\w-]+)").matcher(text);
    while (ids.find()) {
      if (!ids.group(1).startsWith(name)) {
        faults.add(ids.group(1) + ": ids begin with " + name);
      }
    }
    return faults;
  }

  private static void said(List<String> faults, String what, Map<String, Object> form) {
    for (String word : List.of("title", "description", "type")) {
      if (!(form.get(word) instanceof String said) || said.isBlank()) {
        faults.add(what + ": no " + word);
      }
    }
  }

  private static void value(List<String> faults, String property, Map<String, Object> form) {
    String type = String.valueOf(form.get("type"));
    Object standard = form.get("default");
    if (!TYPES.contains(type)) {
      faults.add(property + ": a type other than " + TYPES);
    }
    if (type.equals("integer") && standard != null) {
      long least = form.get("minimum") instanceof Number n ? n.longValue() : Long.MAX_VALUE;
      long most = form.get("maximum") instanceof Number n ? n.longValue() : Long.MAX_VALUE;
      boolean in = standard instanceof Number n && n.longValue() >= least && n.longValue() <= most;
      if (!in) {
        faults.add(property + ": the default is out of bounds, or there are none");
      }
    }
    // The name of a file with a secret is none.
    if (SECRET.matcher(property).find() && !property.endsWith("File")) {
      if (!"password".equals(form.get("format"))) {
        faults.add(property + ": a secret without `format: password`");
      }
      if (standard != null && !standard.equals("")) {
        faults.add(property + ": a secret with a default");
      }
    }
  }
}
