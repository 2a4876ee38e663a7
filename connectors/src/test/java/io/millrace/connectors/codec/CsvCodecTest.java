package io.millrace.connectors.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CsvCodecTest {
  private static final String HEADER = "seq,lamp,at,energy,note\r\n";
  private static final String ROW = "17,lamp-1,2026-11-02T10:01:07Z,0.412,\r\n";
  private static final String OK = "lamp.report lamp-1 /city 17 #11 2026-11-02T10:01:07Z [412]";

  private static CodecTrial named(String... more) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "id=seq",
                "subject=lamp",
                "time=at",
                "type=lamp.report",
                "source=/city",
                "values=wh=energy"));
    options.addAll(List.of(more));
    return new CodecTrial("csv", options.toArray(String[]::new));
  }

  @Test
  void recordsUnderAHeader_areEvents() {
    assertEquals(
        List.of(OK, OK.replace("17 #11", "18 #12").replace("412", "1000")),
        named()
            .decode(HEADER + ROW + "18,\"lamp-1\",2026-11-02T10:01:07Z,1,\"a \"\"b\"\",\r\nc\""));
  }

  @Test
  void columnsByNumber_needNoHeader() {
    CodecTrial trial =
        new CodecTrial(
            "csv",
            "header=false",
            "delimiter=semicolon",
            "decimal=comma",
            "id=3",
            "subject=1",
            "time=2",
            "timeFormat=ms",
            "typeAt=5",
            "source=s",
            "values=wh=4");
    assertEquals(
        List.of(
            "lamp.report x s 9 #9 1970-01-01T00:00:00.007Z [1500]", "bad-quantity", "malformed"),
        trial.decode("x;7;9;1,5;lamp.report\nx;7;9;1.5;lamp.report;more\nx;7;9\n"));
  }

  @Test
  void quotesInANameAreTakenOut() {
    assertEquals(
        List.of(OK.replace("lamp-1", "a\"b")),
        named().decode(HEADER + ROW.replace("lamp-1", "\"a\"\"b\"")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void eachBadInput_hasItsOutcome(String what, String payload, List<String> expected) {
    assertEquals(expected, named().decode(payload));
  }

  static Stream<Arguments> eachBadInput_hasItsOutcome() {
    return Stream.of(
        row("1 nothing", "", "malformed"),
        row("2 null", "null", "malformed"),
        row("3 JSON", "[]\n[]", "malformed"),
        row("4 brackets 10,000 deep are text", "[".repeat(10_000) + "\n" + ROW, "malformed"),
        row("a header alone", HEADER),
        row("a header without a line's end", HEADER.strip()),
        row("LF alone ends a line", (HEADER + ROW).replace("\r", ""), OK),
        row("64 the same with CRLF is the same event", HEADER + ROW, OK),
        row("CR alone ends none", (HEADER + ROW).replace("\n", ""), "malformed"),
        row("empty lines are none", HEADER + "\r\n" + ROW + "\n\n", OK),
        row("14 a byte order mark", "\uFEFF" + HEADER + ROW, OK),
        row("14 UTF-16", "s\0e\0q\0", "malformed"),
        row(
            "61 a formula is text",
            HEADER + ROW.replace("lamp-1", "=cmd|' /C calc'!A0"),
            OK.replace("lamp-1", "=cmd|' /C calc'!A0")),
        row(
            "61 a formula is no number",
            HEADER + ROW.replace("0.412", "@SUM(1+1)*cmd"),
            "bad-quantity"),
        row("61 a sum is no number", HEADER + ROW.replace("0.412", "-1+1"), "bad-quantity"),
        row("61 a plus is one", HEADER + ROW.replace("0.412", "+1"), OK.replace("[412]", "[1000]")),
        row(
            "61 a decimal comma makes a field more",
            HEADER + ROW.replace("0.412", "0,412"),
            "malformed"),
        row(
            "61 a quoted decimal comma",
            HEADER + ROW.replace("0.412", "\"0,412\""),
            "bad-quantity"),
        row("61 another delimiter", (HEADER + ROW).replace(',', ';'), "malformed"),
        row(
            "61 quotes unclosed cost their line",
            HEADER + ROW.replace("lamp-1", "\"lamp-1") + ROW,
            "malformed",
            OK),
        row("61 a quote within", HEADER + ROW.replace("lamp-1", "la\"mp") + ROW, "malformed", OK),
        row(
            "text behind a quote",
            HEADER + ROW.replace("lamp-1", "\"lamp\"-1") + ROW,
            "malformed",
            OK),
        row(
            "61 a line over 64 KiB",
            HEADER + ROW.replace("lamp-1", "x".repeat(70_000)) + ROW,
            "too-large",
            OK),
        row(
            "a quoted field over 64 KiB",
            HEADER + ROW.replace("lamp-1", "\"" + "x\n".repeat(40_000) + "\""),
            lines(40_001)),
        row(
            "62 columns in another order",
            "energy,at,lamp,seq\n1,2026-11-02T10:01:07Z,lamp-1,17",
            OK.replace("[412]", "[1000]")),
        row("62 a column missing", HEADER.replace("lamp", "device") + ROW, "malformed"),
        row("62 a column twice", HEADER.replace("note", "lamp") + ROW, "malformed"),
        row(
            "62 a column twice that is not read",
            HEADER.replace("note", "x,x") + ROW.strip() + ",",
            OK),
        row(
            "62 a field too few",
            HEADER + "17,lamp-1,2026-11-02T10:01:07Z,0.412\n" + ROW,
            "malformed",
            OK),
        row("21 no id", HEADER + ROW.replace("17", ""), "malformed"),
        row("no device", HEADER + ROW.replace("lamp-1", ""), "unknown-device"),
        row("no time", HEADER + ROW.replace("2026-11-02T10:01:07Z", ""), "no-time"),
        row("no reading", HEADER + ROW.replace("0.412", ""), "bad-quantity"),
        row("a blank before a number", HEADER + ROW.replace("0.412", " 0.412"), "bad-quantity"),
        row("27 no zone", HEADER + ROW.replace("07Z", "07"), "malformed"),
        row("6 an exponent of 10^9", HEADER + ROW.replace("0.412", "1e999999999"), "bad-quantity"),
        row("7 NaN", HEADER + ROW.replace("0.412", "NaN"), "bad-quantity"),
        row("8 minus zero", HEADER + ROW.replace("0.412", "-0"), OK.replace("[412]", "[0]")),
        row("9 below zero", HEADER + ROW.replace("0.412", "-1.5"), OK.replace("[412]", "[-1500]")),
        row("10 zero", HEADER + ROW.replace("0.412", "0"), OK.replace("[412]", "[0]")),
        row(
            "11 a binary tail",
            HEADER + ROW.replace("0.412", "0.30000000000000004"),
            "bad-quantity"),
        row("12 the reading's column twice", HEADER.replace("note", "energy") + ROW, "malformed"),
        row("16 a field too many", HEADER + ROW.replace(",\r", ",,\r") + ROW, "malformed", OK),
        row(
            "17 a second file behind, with its header",
            HEADER + ROW + HEADER + ROW,
            OK,
            "malformed",
            OK),
        row(
            "18 a field over 64 KiB that is not read",
            HEADER + ROW.replace(",\r", "," + "x".repeat(65_537) + "\r") + ROW,
            "too-large",
            OK),
        row(
            "20 a unit behind a number",
            HEADER + ROW.replace("0.412", "0.412 kWh"),
            "bad-quantity"),
        row(
            "22 an id of 1 MB",
            HEADER + ROW.replace("17", "1".repeat(1 << 20)) + ROW,
            "too-large",
            OK),
        row(
            "25 an id with a zero before it",
            HEADER + ROW.replace("17", "017"),
            OK.replace("17 #11", "017 ~5cd06263666b3e9e")),
        row(
            "5 a number of 65 digits",
            HEADER + ROW.replace("0.412", "1".repeat(65)),
            "bad-quantity"),
        row("15 NUL in a name", HEADER + ROW.replace("lamp-1", "lamp\0"), "malformed"),
        row("a header of 20 KiB", "x".repeat(20_000) + "," + HEADER + ROW, "malformed"));
  }

  private static String[] lines(int n) {
    String[] lines = new String[n];
    Arrays.fill(lines, "malformed");
    return lines;
  }

  private static Arguments row(String what, String payload, String... expected) {
    return Arguments.of(what, payload, List.of(expected));
  }

  @Test
  void invalidUtf8_isRefusedWhereItNamesSomething() {
    byte[] payload = (HEADER + ROW).getBytes(StandardCharsets.ISO_8859_1);
    payload[HEADER.length() + 4] = (byte) 0xC0;
    assertEquals(List.of("malformed"), named().decode(payload));
  }

  @Test
  void payloadOver16MiB_isTooLarge() {
    assertEquals(List.of("too-large"), named().decode(new byte[(1 << 24) + 1]));
  }

  /** As one reads a record, so it is written: what is in quotes comes out as it went in. */
  @Property(tries = 1_000)
  void anyTextInQuotes_isReadBack(@ForAll String text, @ForAll long seed) {
    String name = text.replaceAll("[\\p{Cc}\\p{Cs}]", "") + "x";
    String row = ROW.replace("lamp-1", "\"" + name.replace("\"", "\"\"") + "\"");
    List<String> lines = named().decode(HEADER + row);
    assertEquals(List.of(OK.replace("lamp-1", name)), lines);
  }

  @Property(tries = 3_000)
  void bentFile_neverThrows(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] csv = (HEADER + ROW + ROW).getBytes(StandardCharsets.UTF_8);
    for (int i = random.nextInt(4); i >= 0; i--) {
      csv[random.nextInt(csv.length)] =
          random.nextBoolean()
              ? (byte) ",\"\r\n".charAt(random.nextInt(4))
              : (byte) random.nextInt(256);
    }
    assertTrue(named().decode(csv).size() <= 8);
  }

  @Test
  void columnWithoutAHeader_isANumber() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> named("header=false"));
    assertTrue(String.valueOf(refused.getMessage()).contains("number of a column"));
  }
}
