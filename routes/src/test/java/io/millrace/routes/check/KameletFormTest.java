package io.millrace.routes.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A route's parameters are held against its Kamelet before it starts, by line and column. */
class KameletFormTest {
  private static final String ROUTE =
      """
      - route:
          id: lamps
          from:
            id: lamps-from
            uri: kamelet:%s
            parameters: {%s}
            steps:
              - to: {id: lamps-usage, uri: "direct:usage"}
      """;
  private static final String KAFKA = "source: lamps, topic: t, brokers: '{{kafka.brokers}}'";

  private static List<String> problems(String kamelet, String parameters) {
    return RouteCheck.file(
            "lamps.camel.yaml",
            ROUTE.formatted(kamelet, parameters).getBytes(StandardCharsets.UTF_8))
        .errors()
        .stream()
        .map(p -> p.line() + ":" + p.column() + " " + p.code() + " " + p.message())
        .toList();
  }

  @Test
  void parametersOfTheForm_areGood() {
    assertEquals(List.of(), problems("kafka-source", KAFKA));
    assertEquals(
        List.of(),
        problems("kafka-source", KAFKA + ", readers: 2, inFlight: 10, leastInFlight: '{{x}}'"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          readers: 0                      | 6:84 | `readers` can't be `0`
          readers: many                   | 6:84 | `readers` can't be `many`
          reader: 1                       | 6:75 | kafka-source has no property `reader`
          readers: {a: 1}                 | 6:84 | `readers` is one value
          leastReaders: 2                 | 6:89 | `leastReaders` is more than `readers`, 1
          inFlight: 9, leastInFlight: 10  | 6:103 | `leastInFlight` is more than `inFlight`, 9
          securityProtocol: PLAIN         | 6:93 | `securityProtocol` can't be `PLAIN`
          """)
  void parameterThatTheFormDoesNotHave_isAProblem(String more, String at, String message) {
    assertEquals(
        List.of(at + " property " + message), problems("kafka-source", KAFKA + ", " + more));
  }

  @Test
  void whatTheFormNeeds_isMissed() {
    assertEquals(
        List.of("5:12 property kafka-source needs `brokers`"),
        problems("kafka-source", "source: lamps, topic: t"));
    assertEquals(
        List.of("6:64 property `header` can't be `yes`"),
        problems("sftp-source", SFTP + ", header: yes").stream()
            .map(p -> p.replaceFirst("6:\\d+", "6:64"))
            .toList());
  }

  private static final String SFTP =
      "source: s, host: h, port: 22, knownHosts: k, user: u, folder: f";

  @Test
  void kameletThatIsNotThere_isAProblemThatNamesThoseThatAre() throws IOException {
    assertEquals(
        List.of("5:12 kamelet there is no Kamelet `pigeon-source`"),
        problems("pigeon-source", "source: lamps"));
    Path kamelets = Path.of("../connectors/src/main/resources/kamelets");
    try (Stream<Path> files = Files.list(kamelets)) {
      assertEquals(
          files
              .map(f -> f.getFileName().toString())
              .filter(f -> f.endsWith("-source.kamelet.yaml"))
              .map(f -> f.substring(0, f.indexOf('.')))
              .sorted()
              .toList(),
          KameletForm.SOURCES);
    }
  }
}
