package io.millrace.routes.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The routes that integrators begin with keep their own tests, and a test can fail. */
class RehearsalTest {
  @TempDir Path folder;

  static Stream<Path> routes() throws IOException {
    List<Path> all;
    try (Stream<Path> sources = Files.list(Path.of("sources"));
        Stream<Path> examples = Files.list(Path.of("examples"))) {
      all =
          Stream.concat(sources, examples)
              .filter(f -> f.toString().endsWith(".camel.yaml"))
              .sorted()
              .toList();
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("routes")
  void route_keepsItsTest(Path route) throws IOException {
    assertEquals(List.of(), RouteCheck.file(route.toString(), Files.readAllBytes(route)).errors());
    assertEquals(List.of(), Rehearsal.of(route));
  }

  @Test
  void routes_areFound() throws IOException {
    assertTrue(routes().count() >= 3);
  }

  private List<Problem> rehearsed(String inTest, String instead, String inRoute, String other)
      throws IOException {
    Path route = folder.resolve("lamps.camel.yaml");
    String text = Files.readString(Path.of("sources/lamps.camel.yaml"));
    String test = Files.readString(Path.of("sources/lamps.test.yaml"));
    assertTrue(test.contains(inTest), inTest);
    assertTrue(text.contains(inRoute), inRoute);
    Files.writeString(route, text.replace(inRoute, other));
    Files.writeString(Rehearsal.testOf(route), test.replace(inTest, instead));
    return Rehearsal.of(route);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "energy: 0.412} | energy: 0.413} | other-outcome | 10:9",
        "energy: 0.412} | lumen: 1}      | other-outcome | 10:9",
        "energy: 0.412} | energy: much}  | usage         | 10:9",
        "id: 17,        | id: 18,        | other-outcome | 10:9",
        "00:17:00Z\", e | 00:18:00Z\", e | other-outcome | 10:9",
        "suspense: malformed | suspense: no-time | other-outcome | 13:15",
        "suspense: malformed | suspense: broken  | unknown-reason | 13:15",
        "suspense: malformed | 'usage: []'       | other-outcome | 11:5",
        "suspense: malformed | verdict: bad      | unknown-key | 13:5",
        "offer: lamp    | offer: tower   | device | 1:1",
        "from: 2026-11-02T00:00:00Z | from: monday | device | 3:5",
        "'payload: \"{oops\"' | base64: oops! | no-payload | 12:13",
        "tests:         | cases:         | no-tests | 2:1"
      })
  void testThatDoesNotHold_isToldWithItsPlace(
      String inTest, String instead, String code, String place) throws IOException {
    List<Problem> found = rehearsed(inTest, instead, "slots", "slots");
    assertTrue(
        found.stream()
            .anyMatch(p -> p.code().equals(code) && place.equals(p.line() + ":" + p.column())),
        found.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "topic: lamps/+/report, |  | no-start",
        "kamelet:mqtt-source | kamelet:mqtt-sauce | no-start",
        "'uri: \"direct:usage\"' | uri: direct:nowhere | route-failed",
        "'- to: {id: lamps-usage, uri: \"direct:usage\"}' | '- stop: {id: x}' | other-outcome",
        "'- to: {id: lamps-usage, uri: \"direct:usage\"}' | '- setBody: {id: x, constant: no}' |"
            + " other-outcome"
      })
  void routeThatIsWrong_failsItsTest(String inRoute, String other, String code) throws IOException {
    List<Problem> found = rehearsed("tests", "tests", inRoute, other == null ? "" : other);
    assertTrue(found.stream().anyMatch(p -> p.code().equals(code)), found.toString());
  }

  @Test
  void routeWithoutATest_isRefused() throws IOException {
    Path route = Files.writeString(folder.resolve("lamps.camel.yaml"), "");
    assertEquals("no-test", Rehearsal.of(route).getFirst().code());
  }
}
