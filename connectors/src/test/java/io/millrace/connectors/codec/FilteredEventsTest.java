package io.millrace.connectors.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.rating.MeterValue;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A meter's {@code where}: it reads the events whose texts are asked for, and no others. */
class FilteredEventsTest {
  private static final long NONE = UsageBatch.NOT_READ;

  /** Members of data as JSON, and what they say; null where that is no text. */
  private static final String[][] TEXTS = {
    {"\"4g\"", "4g"},
    {"\"5g\"", "5g"},
    {"\"\\u0035g\"", "5g"},
    {"\"α\\\"β\"", "α\"β"},
    {"\"alarm\"", "alarm"},
    {"\"5G\"", "5G"},
    {"\"5g \"", "5g "},
    {"\"\"", ""},
    {"\"" + "5g".repeat(500) + "\"", "x"},
    {"5", null},
    {"null", null},
    {"true", null},
    {"[\"5g\"]", null},
    {"{\"via\": \"5g\"}", null},
  };

  private final CloudEventsCodec codec =
      new CloudEventsCodec(CodecTrial.TYPES, CodecTrial.KEY, MeterValue::parse);

  @Test
  void eventsOfAnyShape_areReadByTheMetersTheyAreFor() {
    SplittableRandom random = new SplittableRandom(7);
    DecodedEvent event = new DecodedEvent();
    int[] met = new int[4];
    for (int i = 0; i < 40_000; i++) {
      // Few kinds at a time, so that shapes are learnt; others in between, so that they are left.
      int kinds = random.nextInt(20) == 0 ? TEXTS.length : 3;
      String[] via = TEXTS[(i / 2_000 + random.nextInt(kinds)) % TEXTS.length];
      String[] category =
          random.nextBoolean()
              ? TEXTS[4]
              : TEXTS[(i / 3_000 + random.nextInt(kinds)) % TEXTS.length];
      boolean hasBytes = random.nextInt(4) > 0;
      String json =
          """
          {"specversion":"1.0","id":"%d","source":"s","type":"session.end","subject":"d",\
          "time":"2026-11-02T10:01:07Z","data":{"via":%s,%s"class":%s}}\
          """
              .formatted(i, via[0], hasBytes ? "\"bytes\":" + i + "," : "", category[0]);
      byte[] payload = json.getBytes(StandardCharsets.UTF_8);
      boolean ground = List.of("4g", "5g").contains(String.valueOf(via[1]));
      boolean alarm =
          "alarm".equals(category[1]) && List.of("5g", "α\"β").contains(String.valueOf(via[1]));
      Reason refused = codec.decode(payload, 0, payload.length, event);
      if (ground && !hasBytes) {
        assertEquals(Reason.BAD_QUANTITY, refused, json);
      } else {
        assertNull(refused, json);
        long[] values = Arrays.copyOf(event.values, event.valueCount);
        assertArrayEquals(new long[] {ground ? i : NONE, alarm ? 1 : NONE}, values, json);
      }
      met[(ground ? 1 : 0) + (alarm ? 2 : 0)]++;
    }
    assertTrue(Arrays.stream(met).allMatch(n -> n > 500), Arrays.toString(met));
  }

  /** A meter of different values takes texts as well as whole numbers. */
  @Test
  void textsThatAreToldApart_areTheSameNumberEachTime() {
    DecodedEvent event = new DecodedEvent();
    Set<Long> values = new HashSet<>();
    for (int round = 0; round < 12; round++) {
      for (String cell : List.of("\"a\"", "\"b\"", "\"\\u0061\"", "\"ä\"", "7", "\"7\"", "-3")) {
        assertNull(seen(cell, event), cell);
        values.add(event.values[0]);
        if (cell.equals("-3") || cell.equals("7")) {
          assertEquals(Long.parseLong(cell), event.values[0]);
        }
      }
      for (String cell : List.of("\"\"", "1.5", "null", "\"" + "x".repeat(256) + "\"", "[\"a\"]")) {
        assertEquals(Reason.BAD_QUANTITY, seen(cell, event), cell);
      }
    }
    assertEquals(6, values.size(), values.toString());
  }

  private @Nullable Reason seen(String cell, DecodedEvent into) {
    byte[] payload =
        """
        {"specversion":"1.0","id":"1","source":"s","type":"cell.seen","subject":"d",\
        "time":"2026-11-02T10:01:07Z","data":{"cell":%s}}\
        """
            .formatted(cell)
            .getBytes(StandardCharsets.UTF_8);
    return codec.decode(payload, 0, payload.length, into);
  }

  @Test
  void jsonByPointers_isFilteredByItsTexts() {
    CodecTrial json =
        new CodecTrial(
            "json",
            "id=/n",
            "subject=/d",
            "time=/t",
            "type=session.end",
            "source=city",
            "values=bytes=/b; via=/v; class=/c");
    String event = "{\"n\": 1, \"d\": \"a\", \"t\": \"2026-11-02T10:01:07Z\", \"b\": 9%s}";
    String told = "session.end a city 1 #1 2026-11-02T10:01:07Z ";
    assertEquals(
        List.of(told + "[9, 1]"),
        json.decode(event.formatted(", \"v\": \"5g\", \"c\": \"alarm\"")));
    assertEquals(
        List.of(told + "[9, " + NONE + "]"), json.decode(event.formatted(", \"v\": \"4g\"")));
    assertEquals(
        List.of(told + "[" + NONE + ", " + NONE + "]"), json.decode(event.formatted(", \"v\": 4")));
  }

  /** Which alternatives hold: bit 0 asks for one member, bit 1 for nothing, bit 2 for two. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          true   | -       | 1
          "true" | -       | 1
          1      | true    | 1
          1      | false   | 5
          1      | "false" | 5
          1.0    | false   | 0
          2.5    | false   | 4
          "2.5"  | false   | 4
          false  | false   | 0
          -      | false   | 0
          [1]    | false   | 0
          """)
  void numbersAndBooleans_areTheTextsThatTheyAreWrittenAs(
      @Nullable String open, @Nullable String lock, String told) {
    String data =
        (open == null ? "" : ", \"open\": " + open) + (lock == null ? "" : ", \"lock\": " + lock);
    DecodedEvent event = new DecodedEvent();
    for (int round = 0; round < 12; round++) {
      // Others of its shape come before it, so that it is learnt where it may be.
      for (String each : List.of(data.replace('1', '3').replace("2.5", "9.5"), data)) {
        byte[] payload =
            """
            {"specversion":"1.0","id":"1","source":"s","type":"door.state","subject":"d",\
            "time":"2026-11-02T10:01:07Z","data":{"x":0%s}}\
            """
                .formatted(each)
                .getBytes(StandardCharsets.UTF_8);
        assertNull(codec.decode(payload, 0, payload.length, event), each);
      }
      assertEquals(Long.parseLong(told), event.values[0], data);
    }
    CodecTrial json =
        new CodecTrial(
            "json",
            "id=/n",
            "subject=/d",
            "time=/t",
            "type=door.state",
            "source=city",
            "values=open=/open; lock=/lock");
    assertEquals(
        List.of("door.state a city 1 #1 2026-11-02T10:01:07Z [" + told + "]"),
        json.decode("{\"n\": 1, \"d\": \"a\", \"t\": \"2026-11-02T10:01:07Z\"" + data + "}"));
  }

  @Test
  void csv_isFilteredByItsCells() {
    CodecTrial csv =
        new CodecTrial(
            "csv",
            "id=n",
            "subject=d",
            "time=t",
            "type=session.end",
            "source=city",
            "values=bytes=b; via=v; class=c");
    String told = " 2026-11-02T10:01:07Z ";
    assertEquals(
        List.of(
            "session.end a city 1 #1" + told + "[9, 1]",
            "session.end a city 2 #2" + told + "[8, " + NONE + "]",
            "session.end a city 3 #3" + told + "[" + NONE + ", " + NONE + "]",
            "session.end a city 4 #4" + told + "[" + NONE + ", " + NONE + "]"),
        csv.decode(
            """
            n,d,t,b,v,c
            1,a,2026-11-02T10:01:07Z,9,5g,alarm
            2,a,2026-11-02T10:01:07Z,8,4g,alarm
            3,a,2026-11-02T10:01:07Z,7,,alarm
            4,a,2026-11-02T10:01:07Z,,lora,
            """));
  }
}
