package io.millrace.connectors.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;

/**
 * The list of bad inputs, numbered 1 to 39 for what a payload can hold, against every codec's own
 * table: a row's name begins with the number of the input it tries. A format without a table, or a
 * number that a table neither tries nor is excused from, fails.
 */
class BadInputListTest {
  private static final int LAST = 39;

  /** Whose tables they are; by {@link Formats#names()}. */
  private static final Map<String, List<Supplier<Stream<Arguments>>>> TABLES =
      Map.of(
          "cloudevents",
          List.of(
              BadEvents::all,
              CloudEventsFormatTest::eachBadBatch_hasItsOutcome,
              CloudEventsFormatTest::eachBadBinaryMessage_hasItsOutcome),
          "json",
          List.of(JsonCodecTest::eachBadInput_hasItsOutcome),
          "csv",
          List.of(CsvCodecTest::eachBadInput_hasItsOutcome),
          "senml",
          List.of(
              SenmlCodecTest::eachBadInput_hasItsOutcome,
              SenmlCodecTest::eachBadCbor_hasItsOutcome),
          "sparkplug",
          List.of(
              SparkplugCodecTest::eachBadInput_hasItsOutcome,
              SparkplugCodecTest::eachValue_isExact));

  private static final String NONE_OF_ITS_OWN = "two payloads, which the engine compares";
  private static final String SENML = "a matter of SenML";
  private static final String SPARKPLUG = "a matter of Sparkplug";
  private static final String CLOUD_EVENTS = "a matter of CloudEvents";
  private static final String NO_UNITS = "it has no units";
  private static final String NO_JSON = "a matter of JSON";
  private static final String BY_THE_ROUTE = "the route says what it is, whatever the type says";

  /** What every format is excused from that is no envelope of its own. */
  private static final Object[] NO_ENVELOPE = {
    23, 24, NONE_OF_ITS_OWN, 26, 26, NONE_OF_ITS_OWN, 33, 38, CLOUD_EVENTS, 39, 39, BY_THE_ROUTE
  };

  private static final String NO_ESCAPES = "no escapes: what is no UTF-8 is tried by 14";

  /** What a format is excused from, and why. */
  private static final Map<String, Map<Integer, String>> EXCUSED =
      Map.of(
          "cloudevents",
          excuses(new Object[0], 28, 31, SENML, 32, 32, SPARKPLUG),
          "json",
          excuses(NO_ENVELOPE, 28, 31, SENML, 32, 32, SPARKPLUG),
          "csv",
          excuses(
              NO_ENVELOPE, 13, 13, NO_ESCAPES, 19, 19, NO_JSON, 28, 31, SENML, 32, 32, SPARKPLUG),
          "senml",
          excuses(NO_ENVELOPE, 32, 32, SPARKPLUG),
          "sparkplug",
          excuses(
              NO_ENVELOPE,
              2,
              5,
              NO_JSON,
              13,
              13,
              NO_ESCAPES,
              19,
              19,
              NO_JSON,
              20,
              20,
              NO_UNITS,
              28,
              31,
              SENML));

  /** First, last, why, and again. */
  private static Map<Integer, String> excuses(Object[] shared, Object... own) {
    Object[] ranges = Stream.of(shared, own).flatMap(Arrays::stream).toArray();
    Map<Integer, String> excuses = new HashMap<>();
    for (int i = 0; i < ranges.length; i += 3) {
      for (int n = (int) ranges[i]; n <= (int) ranges[i + 1]; n++) {
        excuses.put(n, (String) ranges[i + 2]);
      }
    }
    return excuses;
  }

  private static Set<Integer> tried(List<Supplier<Stream<Arguments>>> tables) {
    Set<Integer> tried = new TreeSet<>();
    for (Supplier<Stream<Arguments>> table : tables) {
      table
          .get()
          .map(row -> String.valueOf(row.get()[0]).split(" ")[0])
          .filter(word -> word.matches("\\d+"))
          .forEach(word -> tried.add(Integer.parseInt(word)));
    }
    return tried;
  }

  @Test
  void everyFormat_hasItsTable() {
    assertEquals(new TreeSet<>(Formats.names()), new TreeSet<>(TABLES.keySet()));
    assertEquals(new TreeSet<>(Formats.names()), new TreeSet<>(EXCUSED.keySet()));
  }

  @Test
  void everyInputOfTheList_isTriedOrExcused() {
    Map<String, List<Integer>> missing = new TreeMap<>();
    Map<String, List<Integer>> both = new TreeMap<>();
    TABLES.forEach(
        (format, tables) -> {
          Set<Integer> tried = tried(tables);
          Set<Integer> excused = EXCUSED.get(format).keySet();
          List<Integer> gaps =
              IntStream.rangeClosed(1, LAST)
                  .filter(n -> !tried.contains(n) && !excused.contains(n))
                  .boxed()
                  .toList();
          List<Integer> twice = new ArrayList<>(excused);
          twice.retainAll(tried);
          if (!gaps.isEmpty()) {
            missing.put(format, gaps);
          }
          if (!twice.isEmpty()) {
            both.put(format, twice);
          }
        });
    assertEquals(Map.of(), missing, "neither tried nor excused");
    assertEquals(Map.of(), both, "excused from what it tries");
  }
}
