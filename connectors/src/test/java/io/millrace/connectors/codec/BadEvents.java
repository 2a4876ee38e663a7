package io.millrace.connectors.codec;

import static io.millrace.processors.shard.Reason.BAD_QUANTITY;
import static io.millrace.processors.shard.Reason.MALFORMED;
import static io.millrace.processors.shard.Reason.NO_OFFER;
import static io.millrace.processors.shard.Reason.NO_TIME;
import static io.millrace.processors.shard.Reason.TOO_LARGE;
import static io.millrace.processors.shard.Reason.UNKNOWN_DEVICE;

import io.millrace.processors.shard.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

/**
 * Bad inputs and what becomes of them: what it is, the bytes, the reason or null where it is taken.
 */
final class BadEvents {

  private static final String LAMP = CloudEventsCodecTest.LAMP;
  private static final String WH = "\"wh\":0.412";

  private final List<Arguments> rows = new ArrayList<>();

  static Stream<Arguments> all() {
    BadEvents table = new BadEvents();
    table.shapes();
    table.numbers();
    table.text();
    table.identity();
    table.times();
    table.attributes();
    return table.rows.stream();
  }

  private void row(String what, String json, @Nullable Reason expected) {
    rows.add(Arguments.of(what, json.getBytes(StandardCharsets.UTF_8), expected));
  }

  private void bytes(String what, byte[] payload, @Nullable Reason expected) {
    rows.add(Arguments.of(what, payload, expected));
  }

  /** The lamp's event with a part replaced. */
  private void with(String what, String part, String by, @Nullable Reason expected) {
    if (!LAMP.contains(part)) {
      throw new AssertionError(part);
    }
    row(what, LAMP.replace(part, by), expected);
  }

  private void shapes() {
    row("1 nothing", "", MALFORMED);
    row("1 only spaces", " \n", MALFORMED);
    row("2 null", "null", MALFORMED);
    row("3 an empty array", "[]", MALFORMED);
    row("an empty object", "{}", MALFORMED);
    row("a number", "7", MALFORMED);
    row("text", "hello", MALFORMED);
    row("4 arrays 10,000 deep", "[".repeat(10_000), MALFORMED);
    with("4 data 10,000 deep", WH, "\"x\":" + "[".repeat(10_000), MALFORMED);
    with("data 62 deep below data", WH, WH + ",\"x\":" + nested(62), null);
    with("data 63 deep below data", WH, WH + ",\"x\":" + nested(63), MALFORMED);
    with("12 a reading twice", WH, "\"wh\":1,\"wh\":2", MALFORMED);
    with("12 an id twice", "\"id\":\"1234\"", "\"id\":\"1\",\"id\":\"1\"", MALFORMED);
    with("12 a name twice, escaped", WH, "\"wh\":1,\"w\\u0068\":1", MALFORMED);
    row("16 garbage behind", LAMP + "x", MALFORMED);
    row("16 a brace too many", LAMP + "}", MALFORMED);
    row("16 a brace too few", LAMP.substring(0, LAMP.length() - 1), MALFORMED);
    row("17 two events", LAMP + LAMP, MALFORMED);
    row("17 two lines", LAMP + "\n" + LAMP, MALFORMED);
    row("18 a string of 64 MiB", "{\"id\":\"" + "x".repeat(1 << 26) + "\"}", TOO_LARGE);
    with("18 a string of 64 KiB + 1", WH, WH + ",\"n\":\"" + "x".repeat(65_537) + "\"", TOO_LARGE);
    with("a name of 64 KiB + 1", WH, WH + ",\"" + "x".repeat(65_537) + "\":0", TOO_LARGE);
    row("a 10 MB message", LAMP + " ".repeat(10_000_000), TOO_LARGE);
    with(
        "19 names that mean something elsewhere",
        WH,
        WH + ",\"__proto__\":{},\"constructor\":1,\"@type\":\"x\",\"class\":\"y\"",
        null);
    with("a comma too many", ",\"fault\":0}", ",\"fault\":0,}", MALFORMED);
    with("a comment", WH, "/**/" + WH, MALFORMED);
    with("single quotes", "\"fault\"", "'fault'", MALFORMED);
    row("37 a batch of none", "[]", MALFORMED);
    row("37 a batch of two", "[" + LAMP + "," + LAMP + "]", MALFORMED);
  }

  private void numbers() {
    with("5 a number of 1 MB", WH, "\"wh\":" + "1".repeat(1_000_000), TOO_LARGE);
    with("a number of 65 digits", WH, "\"wh\":" + "1".repeat(65), TOO_LARGE);
    with("a number of 64 digits", WH, "\"wh\":" + "1".repeat(64), BAD_QUANTITY);
    with("6 an exponent of 10^9", WH, "\"wh\":1e999999999", BAD_QUANTITY);
    with("6 an exponent of -10^9", WH, "\"wh\":1e-999999999", BAD_QUANTITY);
    with("7 NaN", WH, "\"wh\":NaN", MALFORMED);
    with("7 Infinity", WH, "\"wh\":-Infinity", MALFORMED);
    with("8 minus zero", WH, "\"wh\":-0", null);
    with("9 below zero", WH, "\"wh\":-1.5", null);
    with("10 zero", WH, "\"wh\":0", null);
    with("11 a binary tail", WH, "\"wh\":0.30000000000000004", BAD_QUANTITY);
    with("finer than the meter", WH, "\"wh\":0.4125", BAD_QUANTITY);
    with("zeros finer than the meter", WH, "\"wh\":0.41200", null);
    with("a leading zero", WH, "\"wh\":012", MALFORMED);
    with("a plus", WH, "\"wh\":+1", MALFORMED);
    with("no digit before the point", WH, "\"wh\":.5", MALFORMED);
    with("no digit behind the point", WH, "\"wh\":5.", MALFORMED);
    with("hexadecimal", WH, "\"wh\":0x1F", MALFORMED);
    with("a reading as text", WH, "\"wh\":\"0.412\"", BAD_QUANTITY);
    with("a reading that is true", WH, "\"wh\":true", BAD_QUANTITY);
    with("a reading that is null", WH, "\"wh\":null", BAD_QUANTITY);
    with("a reading that is an object", WH, "\"wh\":{\"wh\":1}", BAD_QUANTITY);
    with("no reading", WH, "\"w\":1", BAD_QUANTITY);
    with("a reading of another case", WH, "\"Wh\":1", BAD_QUANTITY);
    with("over a long", WH, "\"wh\":9223372036854775.808", BAD_QUANTITY);
    with("20 a unit of its own is not read", WH, WH + ",\"unit\":\"KWH\"", null);
  }

  private void text() {
    with("13 a lone high surrogate", "\"fault\":0", "\"n\":\"\\ud800\"", MALFORMED);
    with("13 a lone low surrogate", "lamp-000123", "lamp-\\udc00", MALFORMED);
    with("13 surrogates the wrong way", "\"fault\":0", "\"n\":\"\\udc00\\ud800\"", MALFORMED);
    with("13 a pair", "lamp-000123", "lamp-\\ud83d\\ude00", null);
    bytes("14 an overlong slash", cut(0xC0, 0xAF), MALFORMED);
    bytes("14 an encoded surrogate", cut(0xED, 0xA0, 0x80), MALFORMED);
    bytes("14 over U+10FFFF", cut(0xF4, 0x90, 0x80, 0x80), MALFORMED);
    bytes("14 a byte of latin-1", cut(0xF1), MALFORMED);
    bytes("14 good two bytes", cut(0xC3, 0xB1), null);
    row("14 a byte order mark", "\ufeff" + LAMP, MALFORMED);
    bytes("14 UTF-16", LAMP.getBytes(StandardCharsets.UTF_16), MALFORMED);
    bytes("14 UTF-16LE", LAMP.getBytes(StandardCharsets.UTF_16LE), MALFORMED);
    bytes("14 UTF-16BE", LAMP.getBytes(StandardCharsets.UTF_16BE), MALFORMED);
    with("15 NUL, written out", "lamp-000123", "lamp\u0000", MALFORMED);
    with("15 NUL, escaped, in the subject", "lamp-000123", "lamp\\u0000", MALFORMED);
    with("15 NUL, escaped, in the id", "1234", "12\\u0000", MALFORMED);
    with("15 NUL, escaped, elsewhere", "\"fault\":0", "\"n\":\"\\u0000\"", null);
    with("a line break in the subject", "lamp-000123", "lamp\\n", MALFORMED);
    with("U+0085 in the subject", "lamp-000123", "lamp\u0085", MALFORMED);
    with("a tab, written out", "lamp-000123", "lamp\t", MALFORMED);
  }

  private void identity() {
    with("21 no id", "\"id\":\"1234\",", "", MALFORMED);
    with("21 an id that is null", "\"1234\"", "null", MALFORMED);
    with("21 an empty id", "\"1234\"", "\"\"", MALFORMED);
    with("an id that is a number", "\"1234\"", "1234", MALFORMED);
    with("22 an id of 1 MB", "\"1234\"", "\"" + "x".repeat(1_000_000) + "\"", TOO_LARGE);
    with("23 the same id with another body is not the codec's to judge", WH, "\"wh\":9", null);
    with("24 the same body with another id", "\"1234\"", "\"1235\"", null);
    with("25 an id in another case is another", "\"1234\"", "\"A1\"", null);
    with("25 an id with a blank behind", "\"1234\"", "\"1234 \"", null);
    with("no source", "\"source\":\"/city/lamps\",", "", MALFORMED);
    with("an empty source", "\"/city/lamps\"", "\"\"", MALFORMED);
    with("26 a source of someone else's is not the codec's to judge", "/city", "/mars", null);
    with("no subject", "\"subject\":\"lamp-000123\",", "", UNKNOWN_DEVICE);
    with("a subject that is null", "\"lamp-000123\"", "null", UNKNOWN_DEVICE);
    with("an empty subject", "\"lamp-000123\"", "\"\"", MALFORMED);
    with("a subject that is a number", "\"lamp-000123\"", "123", MALFORMED);
    with("no type", "\"type\":\"lamp.report\",", "", MALFORMED);
    with("a type nobody rates", "lamp.report", "lamp.reported", NO_OFFER);
  }

  private void times() {
    with("no time", "\"time\":\"2026-11-02T10:01:07Z\",", "", NO_TIME);
    with("a time that is null", "\"2026-11-02T10:01:07Z\"", "null", NO_TIME);
    with("a time that is a number", "\"2026-11-02T10:01:07Z\"", "1793613667", MALFORMED);
    with("an empty time", "2026-11-02T10:01:07Z", "", MALFORMED);
    with("27 1970 is the engine's to judge", "2026-11-02T", "1970-01-01T", null);
    with("27 year 0000", "2026-11-02T", "0000-01-01T", null);
    with("27 the year 9999", "2026-11-02T10:01:07Z", "9999-12-31T23:59:59Z", null);
    with("27 past 2^31 seconds", "2026-11-02T10:01:07Z", "2038-01-19T03:14:08Z", null);
    with("27 a leap second", "2026-11-02T10:01:07Z", "2016-12-31T23:59:60Z", MALFORMED);
    with("27 no zone", "10:01:07Z", "10:01:07", MALFORMED);
    with("27 +14:00", "10:01:07Z", "10:01:07+14:00", null);
    with("27 a fraction of 9 digits", "10:01:07Z", "10:01:07.123456789Z", null);
    with("27 a fraction of 12 digits", "10:01:07Z", "10:01:07.123456789012Z", MALFORMED);
    with("words", "2026-11-02T10:01:07Z", "yesterday", MALFORMED);
  }

  private void attributes() {
    with("33 specversion 0.3", "\"1.0\"", "\"0.3\"", MALFORMED);
    with("33 specversion 1.1", "\"1.0\"", "\"1.1\"", MALFORMED);
    with("33 specversion as a number", "\"1.0\"", "1.0", MALFORMED);
    with("33 no specversion", "\"specversion\":\"1.0\",", "", MALFORMED);
    with("34 an upper-case id is another name", "\"id\"", "\"ID\"", MALFORMED);
    with("34 an upper-case subject is another name", "\"subject\"", "\"Subject\"", UNKNOWN_DEVICE);
    with(
        "35 extensions that look like headers are dropped",
        "\"id\"",
        "\"CamelHttpUri\":\"http://x\",\"camelbeanmethodname\":\"exit\",\"id\"",
        null);
    with("35 an extension of any shape", "\"id\"", "\"x\":{\"y\":[1,null]},\"id\"", null);
    with("36 data and data_base64", "\"id\"", "\"data_base64\":\"eA==\",\"id\"", MALFORMED);
    with("36 data and a data_base64 of null", "\"id\"", "\"data_base64\":null,\"id\"", null);
    with(
        "36 data_base64 alone has no reading",
        "\"data\":",
        "\"data_base64\":\"e30=\",\"x\":",
        BAD_QUANTITY);
    with("39 a content type that lies", "application/json", "text/csv", null);
    row(
        "data that is text",
        LAMP.replaceFirst("\\{\"wh.*", "\"{\\\\\"wh\\\\\":1}\"}"),
        BAD_QUANTITY);
    row("data that is null", LAMP.replaceFirst("\\{\"wh.*", "null}"), BAD_QUANTITY);
    row("data that is a list", LAMP.replaceFirst("\\{\"wh.*", "[{\"wh\":1}]}"), BAD_QUANTITY);
    row("no data", LAMP.replaceFirst(",\"data\":.*", "}"), BAD_QUANTITY);
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  /** The lamp's event with these bytes in its subject. */
  private static byte[] cut(int... inSubject) {
    byte[] json = LAMP.getBytes(StandardCharsets.UTF_8);
    int at = LAMP.indexOf("000123");
    for (int i = 0; i < inSubject.length; i++) {
      json[at + i] = (byte) inSubject[i];
    }
    return json;
  }
}
