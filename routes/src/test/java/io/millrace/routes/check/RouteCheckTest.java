package io.millrace.routes.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteCheckTest {
  private static final String GOOD =
      """
      - route:
          id: lamps
          from:
            id: lamps-from
            uri: paho-mqtt5:lamps/+/report
            parameters:
              brokerUrl: "{{mqtt.url}}"
              password: "{{mqtt.password}}"
            steps:
              - filter:
                  id: lamps-some
                  simple: "${header.kind} == 'lamp'"
                  steps:
                    - to:
                        id: lamps-usage
                        uri: direct:usage
      """;

  private static List<Problem> check(String text) {
    return RouteCheck.file("lamps.camel.yaml", text.getBytes(StandardCharsets.UTF_8)).errors();
  }

  @Test
  void goodRoute_hasNoProblem() {
    assertEquals(List.of(), check(GOOD));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sources", "examples"})
  void routesOfTheProduct_haveNoProblem(String folder) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      List<Path> all = files.filter(f -> f.toString().endsWith(".camel.yaml")).toList();
      assertTrue(!all.isEmpty());
      for (Path file : all) {
        assertEquals(
            List.of(), RouteCheck.file(file.toString(), Files.readAllBytes(file)).errors());
      }
    }
  }

  static Stream<Arguments> oneFault() {
    return Stream.of(
        Arguments.of("    id: lamps\n", "", "no-id"),
        Arguments.of("      id: lamps-from\n", "", "no-id"),
        Arguments.of("              id: lamps-usage\n", "", "no-id"),
        Arguments.of("            id: lamps-some\n", "", "no-id"),
        Arguments.of("paho-mqtt5:lamps", "file:lamps", "scheme"),
        Arguments.of("paho-mqtt5:lamps", "timer:lamps", "scheme"),
        Arguments.of("paho-mqtt5:lamps", "exec:rm", "scheme"),
        Arguments.of("paho-mqtt5:lamps/+/report", "'{{scheme}}:lamps'", "scheme"),
        Arguments.of("paho-mqtt5:lamps", "PAHO-MQTT5:lamps", "scheme"),
        Arguments.of("lamps/+/report", "lamps/+/report?brokerUrl=tcp://x", "uri-options"),
        Arguments.of("uri: direct:usage", "uri: direct:other", "no-usage"),
        Arguments.of("uri: direct:usage", "uri: usage", "no-usage"),
        Arguments.of("uri: direct:usage", "uri: usage:xml", "format"),
        Arguments.of("uri: direct:usage", "uri: usage:senml", "format"),
        Arguments.of("uri: direct:usage", "uri: 'direct:${header.to}'", "dynamic-endpoint"),
        Arguments.of("- to:\n", "- toD:\n", "dynamic-endpoint"),
        Arguments.of("- filter:\n", "- aggregate:\n", "step"),
        Arguments.of("- filter:\n", "- doTry:\n", "step"),
        Arguments.of("- to:\n", "- log:\n", "step"),
        Arguments.of("    from:\n", "    errorHandler: {}\n    from:\n", "route-option"),
        Arguments.of("- to:\n", "- bean:\n", "code"),
        Arguments.of("- to:\n", "- process:\n", "code"),
        Arguments.of("- to:\n", "- script:\n", "code"),
        Arguments.of("simple: \"${header.kind} == 'lamp'\"", "groovy: 'true'", "language"),
        Arguments.of("simple: \"${header.kind} == 'lamp'\"", "jsonpath: '$.x'", "language"),
        Arguments.of("simple: \"${header.kind} == 'lamp'\"", "method: {ref: x}", "language"),
        Arguments.of("${header.kind} == 'lamp'", "${header.wh} * 0.05 > 1", "arithmetic"),
        Arguments.of("${header.kind} == 'lamp'", "${header.wh}++", "arithmetic"),
        Arguments.of("${header.kind} == 'lamp'", "${sum(1,2)} > 1", "arithmetic"),
        Arguments.of("${header.kind} == 'lamp'", "${bean:x?method=y}", "reaches-out"),
        Arguments.of("${header.kind} == 'lamp'", "${body.getClass}", "reaches-out"),
        Arguments.of("${header.kind} == 'lamp'", "${body.delete()}", "reaches-out"),
        Arguments.of("${header.kind} == 'lamp'", "${sys.user.home}", "reaches-out"),
        Arguments.of("{{mqtt.password}}", "hunter2", "secret"),
        Arguments.of("{{mqtt.password}}", "{{mqtt.password:guest}}", "secret"),
        Arguments.of("- route:\n", "- rest:\n", "not-a-route"),
        Arguments.of("- route:\n", "- beans:\n", "not-a-route"));
  }

  @ParameterizedTest
  @MethodSource("oneFault")
  void oneFault_isFoundByItsCode(String good, String bad, String code) {
    String text = GOOD.replaceFirst(java.util.regex.Pattern.quote(good), quoted(bad));
    assertTrue(!text.equals(GOOD), "the fault was not planted");
    List<Problem> found = check(text);
    assertTrue(found.stream().anyMatch(p -> p.code().equals(code)), () -> text + found);
  }

  private static String quoted(String bad) {
    return java.util.regex.Matcher.quoteReplacement(bad);
  }

  @Test
  void secondRoute_isRefused() {
    assertEquals("one-route", check(GOOD + GOOD).getFirst().code());
  }

  @Test
  void brokenYaml_isNamedByLineAndColumn() {
    Problem problem = check("- route:\n    id: [lamps\n    from: x\n").getFirst();
    assertEquals("yaml", problem.code());
    assertEquals(3, problem.line());
    assertTrue(problem.toString().startsWith("lamps.camel.yaml:3:"), problem.toString());
  }

  @Test
  void fault_isNamedWhereItStands() {
    Problem problem = check(GOOD.replace("paho-mqtt5:lamps", "file:lamps")).getFirst();
    assertEquals(5, problem.line());
    assertEquals(12, problem.column());
  }

  static Stream<byte[]> hostile() {
    return Stream.of(
        new byte[0],
        "null".getBytes(StandardCharsets.UTF_8),
        "[]".getBytes(StandardCharsets.UTF_8),
        "- ".getBytes(StandardCharsets.UTF_8),
        "- route: 5".getBytes(StandardCharsets.UTF_8),
        "- route: {id: x, from: {id: y, uri: 'paho-mqtt5:a', steps: 7}}"
            .getBytes(StandardCharsets.UTF_8),
        "&a [*a, *a]".getBytes(StandardCharsets.UTF_8),
        "- &a {route: *a}".getBytes(StandardCharsets.UTF_8),
        "[".repeat(5_000).getBytes(StandardCharsets.UTF_8),
        "- route: !!javax.script.ScriptEngineManager {}".getBytes(StandardCharsets.UTF_8),
        new byte[] {(byte) 0xFF, (byte) 0xFE, 0},
        new byte[] {0, 0, 0},
        "x".repeat(300_000).getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostileFile_isRefusedAndThrowsNothing(byte[] bytes) {
    assertTrue(!RouteCheck.file("x.camel.yaml", bytes).errors().isEmpty());
  }
}
