package io.millrace.tests.badinput;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.tests.badinput.House.Counts;
import io.millrace.tests.house.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bad input end to end: sent by a real client to a real broker, taken in by a real source, disposed
 * of by real shards in a real database. Each row names what must become of it; nothing stops, and
 * whatever was received is charged, duplicate or suspended (I3), and acknowledged (I1).
 */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BadInputIT {
  /** The first number of the list that depends on the transport, and the last that a source has. */
  private static final int FIRST = 37;

  private static final int LAST = 64;

  @TempDir static Path folder;
  private static final List<Hostile> SOURCES = new ArrayList<>();
  private static House house;
  private static long milliwattHours;

  @BeforeAll
  static void start() throws Exception {
    SOURCES.add(new HostileMqtt(folder.resolve("mqtt"), new Lamps(0)));
    SOURCES.add(new HostileKafka(folder.resolve("kafka"), new Lamps(1)));
    SOURCES.add(new HostileAmqp(folder.resolve("amqp"), new Lamps(2)));
    SOURCES.add(new HostileSftp(folder.resolve("sftp"), new Lamps(3)));
    SOURCES.add(new HostileHttp(new Lamps(4)));
    SOURCES.add(new HostilePulsar(new Lamps(5)));
    house = new House(folder, SOURCES);
    for (Hostile each : SOURCES) {
      each.connect(house);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    house.close();
    for (Hostile each : SOURCES) {
      each.close();
    }
  }

  @Test
  @Order(1)
  void everySourceKamelet_hasItsRows() throws Exception {
    Path kamelets = Repository.root().resolve("connectors/src/main/resources/kamelets");
    Set<String> kinds;
    try (Stream<Path> files = Files.list(kamelets)) {
      kinds =
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(file -> file.endsWith("-source.kamelet.yaml"))
              .map(file -> file.substring(0, file.indexOf("-source")))
              .collect(Collectors.toSet());
    }
    assertEquals(
        kinds,
        SOURCES.stream().map(Hostile::name).collect(Collectors.toSet()),
        "a new source needs its Hostile here");
  }

  @Test
  @Order(2)
  void everyInputOfTheList_isTriedOrExcused() {
    Map<String, List<Integer>> gaps = new TreeMap<>();
    for (Hostile each : SOURCES) {
      Set<Integer> tried = each.rows().stream().map(Row::number).collect(Collectors.toSet());
      List<Integer> missing =
          IntStream.rangeClosed(FIRST, LAST)
              .filter(n -> tried.contains(n) == each.excused().containsKey(n))
              .boxed()
              .toList();
      if (!missing.isEmpty()) {
        gaps.put(each.name(), missing);
      }
    }
    assertEquals(Map.of(), gaps, "neither tried nor excused, or both");
  }

  static Stream<Row> rows() {
    return SOURCES.stream().flatMap(each -> each.rows().stream());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  @Order(3)
  void input_becomes(Row row) throws Exception {
    Counts before = house.counts();
    Map<String, Long> waiting = house.waiting();
    String answer = row.sending().call();
    List<String> may = Arrays.asList(row.outcome().split("\\|", -1));
    boolean mayBeNothing = answer.isEmpty() && may.contains("");
    long fewest = answer.isEmpty() ? may.stream().mapToLong(BadInputIT::words).min().orElse(0) : 0;
    if (mayBeNothing) {
      // What comes after it has come: it will not come any more.
      Hostile source = of(row);
      assertEquals("", source.send(source.lamps().report()));
      milliwattHours += Row.GOOD;
      fewest++;
    }
    long expected = before.received() + fewest;
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> house.counts().received() >= expected);
    List<String> became = became(before, waiting);
    if (mayBeNothing) {
      assertTrue(became.remove("charged"), became::toString);
    }
    if (!answer.isEmpty()) {
      became.add(answer);
    }
    assertTrue(
        may.stream().map(BadInputIT::sorted).anyMatch(became::equals),
        () -> "became " + became + ", not " + row.outcome());
    milliwattHours +=
        row.milliwattHours() * became.stream().filter(word -> word.equals("charged")).count();
    nothingHasStopped(row.source());
  }

  private static Hostile of(Row row) {
    return SOURCES.stream().filter(s -> s.name().equals(row.source())).findFirst().orElseThrow();
  }

  private static long words(String outcome) {
    return outcome.isEmpty() ? 0 : outcome.split(" ").length;
  }

  private static List<String> sorted(String outcome) {
    return outcome.isEmpty() ? List.of() : Stream.of(outcome.split(" ")).sorted().toList();
  }

  private static List<String> became(Counts before, Map<String, Long> waiting) throws Exception {
    Counts after = house.counts();
    assertEquals(
        after.received(), after.charged() + after.duplicate() + after.suspended(), "I3: " + after);
    List<String> became = new ArrayList<>();
    became.addAll(times("charged", after.charged() - before.charged()));
    became.addAll(times("duplicate", after.duplicate() - before.duplicate()));
    house
        .waiting()
        .forEach((reason, n) -> became.addAll(times(reason, n - waiting.getOrDefault(reason, 0L))));
    assertEquals(after.received() - before.received(), became.size(), became::toString);
    became.sort(null);
    return became;
  }

  private static List<String> times(String word, long count) {
    return IntStream.range(0, Math.toIntExact(count)).mapToObj(i -> word).toList();
  }

  /** After whatever came: its source runs, and nothing of it is left with the broker. */
  private static void nothingHasStopped(String source) throws Exception {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> house.isIdle(source));
  }

  @Test
  @Order(4)
  void whatWasCharged_isWhatTheRowsSay() throws Exception {
    house.get("/health/ready");
    assertEquals(milliwattHours, house.used());
    for (Hostile each : SOURCES) {
      assertEquals(0, house.sum(each.name(), "failures"), each.name());
    }
  }
}
