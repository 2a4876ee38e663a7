package io.millrace.connectors.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCodecTest {
  private static final String ONE =
      """
      {"seq": 17, "dev": {"id": "lamp-1"}, "at": "2026-11-02T10:01:07Z", "m": [{"e": 0.412}, 7]}\
      """;

  private static final String MANY =
      """
      {"device": "lamp-1", "readings": [
        {"n": "a-1", "t": 1793613667, "wh": 12},
        {"n": "a-2", "t": 1793613668.25, "wh": 13, "lux": 1.5, "kind": "meter.report"}
      ], "site": "north"}\
      """;

  private static CodecTrial one() {
    return new CodecTrial(
        "json",
        "id=/seq",
        "subject=/dev/id",
        "time=/at",
        "type=lamp.report",
        "source=/city",
        "values=wh=/m/0/e");
  }

  private static CodecTrial many() {
    return new CodecTrial(
        "json",
        "each=/readings",
        "id=/n",
        "subject=^/device",
        "time=/t",
        "timeFormat=s",
        "type=lamp.report",
        "sourceAt=^/site",
        "values=wh=/wh; lux=/lux");
  }

  @Test
  void documentOfOneEvent_isReadByItsPointers() {
    assertEquals(
        List.of("lamp.report lamp-1 /city 17 #11 2026-11-02T10:01:07Z [412]"), one().decode(ONE));
  }

  @Test
  void documentOfMany_sharesWhatStandsAtItsRoot() {
    assertEquals(
        List.of(
            "lamp.report lamp-1 north a-1 2026-11-02T10:01:07Z [12000]",
            "lamp.report lamp-1 north a-2 2026-11-02T10:01:08.250Z [13000]"),
        CodecTrial.withoutPrints(many().decode(MANY)));
  }

  @Test
  void rootThatIsAnArray_isItsEvents() {
    CodecTrial trial =
        new CodecTrial(
            "json",
            "each=root",
            "id=/0",
            "subject=/1",
            "time=/2",
            "timeFormat=ms",
            "typeAt=/3",
            "source=s",
            "values=wh=/4");
    assertEquals(
        List.of("lamp.report x s 1 #1 1970-01-01T00:00:00.005Z [2000]", "no-offer"),
        trial.decode("[[1,\"x\",5,\"lamp.report\",2],[2,\"x\",5,\"other\",2]]"));
    assertEquals(List.of(), trial.decode(" [ ] "));
  }

  /** RFC 6901, 5: the pointers of its example, each at a value of its own. */
  @ParameterizedTest
  @ValueSource(
      strings = {"/foo/0", "/", "/a~1b", "/c%d", "/e^f", "/g|h", "/i\\j", "/k\"l", "/ ", "/m~0n"})
  void pointersOfTheStandard_findTheirValues(String pointer) {
    String document =
        """
        {"foo": ["x0", "baz"], "": "x", "a/b": "x", "c%d": "x", "e^f": "x", "g|h": "x",
         "i\\\\j": "x", "k\\"l": "x", " ": "x", "m~n": "x", "t": 1}\
        """;
    CodecTrial trial =
        new CodecTrial(
            "json",
            "id=" + pointer,
            "subject=" + pointer,
            "time=/t",
            "timeFormat=ms",
            "type=door.opened",
            "source=s");
    List<String> lines = trial.decode(document);
    assertTrue(lines.getFirst().startsWith("door.opened x"), lines.toString());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void eachBadInput_hasItsOutcome(String what, String payload, List<String> expected) {
    assertEquals(expected, CodecTrial.withoutPrints(many().decode(payload)));
  }

  static Stream<Arguments> eachBadInput_hasItsOutcome() {
    String good = "{\"n\": \"a-1\", \"t\": 1793613667, \"wh\": 12}";
    String ok = "lamp.report lamp-1 north a-1 2026-11-02T10:01:07Z [12000]";
    return Stream.of(
        row("1 nothing", "", "malformed"),
        row("2 null", "null", "malformed"),
        row("3 an array where an object holds it", "[]", "malformed"),
        row("4 10,000 deep", "[".repeat(10_000), "malformed"),
        row("4 an event 10,000 deep", pack("{\"x\":" + "[".repeat(10_000), good), "malformed"),
        row(
            "5 a number of 1 MB",
            pack(good.replace("12", "1".repeat(1_000_000)), good),
            "too-large",
            ok),
        row(
            "6 an exponent of 10^9",
            pack(good.replace("12", "1e999999999"), good),
            "bad-quantity",
            ok),
        row(
            "6 a time of 10^9 digits",
            pack(good.replace("1793613667", "1e999999999"), good),
            "malformed",
            ok),
        row("7 NaN", pack(good.replace("12", "NaN"), good), "malformed", ok),
        row("8 minus zero", pack(good.replace("12", "-0")), ok.replace("12000", "0")),
        row("9 below zero", pack(good.replace("12", "-1.5")), ok.replace("12000", "-1500")),
        row("10 zero", pack(good.replace("12", "0")), ok.replace("12000", "0")),
        row("11 a binary tail", pack(good.replace("12", "0.30000000000000004")), "bad-quantity"),
        row(
            "12 a member twice",
            pack(good.replace("\"wh\"", "\"wh\":1,\"wh\""), good),
            "malformed",
            ok),
        row(
            "12 the device twice",
            MANY.replace("\"device\"", "\"device\":\"lamp-2\",\"device\""),
            "malformed"),
        row("13 a lone surrogate", pack(good.replace("a-1", "\\ud800"), good), "malformed", ok),
        row("14 a byte order mark", "\ufeff" + MANY, "malformed"),
        row("14 UTF-16", MANY.replaceAll("(.)", "$1\0"), "malformed"),
        row("15 NUL in an id", pack(good.replace("a-1", "\\u0000"), good), "malformed", ok),
        row("16 garbage behind", MANY + "x", "malformed"),
        row("17 two documents", MANY + MANY, "malformed"),
        row(
            "18 a string over 64 KiB",
            pack(good.replace("a-1", "x".repeat(65_537)), good),
            "too-large",
            ok),
        row(
            "19 names that mean something elsewhere",
            pack(good.replace("{", "{\"__proto__\":{},\"@type\":\"x\",")),
            ok),
        row("20 a unit is not read", pack(good.replace("{", "{\"unit\":\"KWH\",")), ok),
        row("21 no id", pack(good.replace("\"n\"", "\"m\""), good), "malformed", ok),
        row("21 an id that is null", pack(good.replace("\"a-1\"", "null"), good), "malformed", ok),
        row(
            "22 an id of 1 MB",
            pack(good.replace("a-1", "x".repeat(1 << 20)), good),
            "too-large",
            ok),
        row("25 an id in another case", pack(good.replace("a-1", "A-1")), ok.replace("a-1", "A-1")),
        row("25 an id with a blank", pack(good.replace("a-1", "a-1 ")), ok.replace("a-1", "a-1 ")),
        row("an id that is an object", pack(good.replace("\"a-1\"", "{}"), good), "malformed", ok),
        row("a reading as text", pack(good.replace("12", "\"12\""), good), "bad-quantity", ok),
        row("no time", pack(good.replace("\"t\"", "\"u\""), good), "no-time", ok),
        row(
            "27 the year 10000",
            pack(good.replace("1793613667", "253402300800"), good),
            "malformed",
            ok),
        row(
            "27 a time below zero",
            pack(good.replace("1793613667", "-1")),
            ok.replace("2026-11-02T10:01:07Z", "1969-12-31T23:59:59Z")),
        row("no device", MANY.replace("\"device\"", "\"d\""), "unknown-device", "unknown-device"),
        row("no array", MANY.replace("\"readings\"", "\"r\""), "malformed"),
        row("an array that is none", "{\"device\":\"x\",\"readings\":{}}", "malformed"),
        row("an array of none", "{\"device\":\"x\",\"readings\":[]}"),
        row("an array that a brace closes", "{\"device\":\"x\",\"readings\":[1}}", "malformed"),
        row(
            "elements that are no objects",
            pack("1", "null", good, "\"x\""),
            "malformed",
            "malformed",
            ok,
            "malformed"),
        row("a comma too many", pack(good, ""), ok, "malformed"),
        row("cut short", MANY.substring(0, MANY.length() - 40), "malformed"));
  }

  private static Arguments row(String what, String payload, String... expected) {
    return Arguments.of(what, payload, List.of(expected));
  }

  private static String pack(String... elements) {
    return "{\"device\":\"lamp-1\",\"site\":\"north\",\"readings\":["
        + String.join(",", elements)
        + "]}";
  }

  @Test
  void booleanOfTheDocument_isReadFromTheEvidenceToo() {
    for (String open : List.of("true", "\"true\"")) {
      CodecTrial json =
          new CodecTrial(
              "json",
              "each=/e",
              "id=/n",
              "subject=/d",
              "time=/t",
              "type=door.state",
              "source=city",
              "values=open=^/open");
      assertEquals(
          List.of("door.state a city 1 #1 2026-11-02T10:01:07Z [1]"),
          json.decode(
              "{\"open\": "
                  + open
                  + ", \"e\": [{\"n\": 1, \"d\": \"a\", \"t\": \"2026-11-02T10:01:07Z\"}]}"));
    }
  }

  @Test
  void payloadOverItsBounds_isTooLarge() {
    assertEquals(List.of("too-large"), one().decode(ONE + " ".repeat(1 << 16)));
    assertEquals(List.of("too-large"), many().decode(" ".repeat((1 << 24) + 1)));
    String element = "0,";
    assertEquals("too-large", many().decode(pack(element.repeat(1 << 16) + "0")).getLast());
  }

  /** Whatever is bent, an answer comes, and evidence stays true (the trial looks). */
  @Property(tries = 3_000)
  void bentDocument_neverThrows(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] json = (random.nextBoolean() ? MANY : ONE).getBytes(StandardCharsets.UTF_8);
    for (int i = random.nextInt(4); i >= 0; i--) {
      json[random.nextInt(json.length)] = (byte) random.nextInt(256);
    }
    assertTrue(many().decode(json).size() <= 80);
    assertTrue(one().decode(json).size() == 1);
  }

  @ParameterizedTest
  @MethodSource
  void configurationThatMakesNoSense_isRefusedBeforeAnythingRuns(List<String> options, String why) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new CodecTrial("json", options.toArray(String[]::new)));
    assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
  }

  static Stream<Arguments> configurationThatMakesNoSense_isRefusedBeforeAnythingRuns() {
    List<String> good = List.of("id=/i", "subject=/d", "time=/t", "type=x", "source=s");
    return Stream.of(
        Arguments.of(good.subList(1, 5), "lacks `id`"),
        Arguments.of(good.subList(0, 4), "`source`"),
        Arguments.of(with(good, "typeAt=/x"), "either `type`"),
        Arguments.of(with(good, "values=wh"), "no pair"),
        Arguments.of(with(good, "values=wh=energy"), "no JSON pointer"),
        Arguments.of(with(good, "values=wh=/a~2"), "no JSON pointer"),
        Arguments.of(with(good, "values=wh=^/a"), "the event itself"),
        Arguments.of(with(good, "timeFormat=days"), "one of"),
        Arguments.of(with(good, "colour=red"), "no such option: [colour]"));
  }

  private static List<String> with(List<String> some, String more) {
    return Stream.concat(some.stream(), Stream.of(more)).toList();
  }
}
