package io.millrace.tests.badinput;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What any source may bring as one payload, and what must become of it: {@code charged}, {@code
 * duplicate}, or the reason under which it is suspended.
 */
final class BadInputs {

  /**
   * One message.
   *
   * @param what in words
   * @param payload its bytes
   * @param outcome what becomes of it
   * @param milliwattHours what is charged, where it is
   */
  record Input(String what, byte[] payload, String outcome, long milliwattHours) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static final String WH = "\"wh\":0.412";

  private final List<Input> rows = new ArrayList<>();
  private final long now = Lamps.NOW;
  private final Lamps lamps;

  private BadInputs(Lamps lamps) {
    this.lamps = lamps;
  }

  /** All of them, in the order in which they must be sent; each has a lamp of its own. */
  static List<Input> all(Lamps lamps) {
    BadInputs table = new BadInputs(lamps);
    table.goodOnes();
    table.shapes();
    table.numbers();
    table.texts();
    table.identity();
    table.times();
    table.attributes();
    return table.rows;
  }

  private int lamp() {
    return lamps.lamp(rows.size() + 1);
  }

  private String report() {
    return Lamps.report(lamp(), 1, now, "0.412");
  }

  private void row(String what, String json, String outcome) {
    bytes(what, json.getBytes(StandardCharsets.UTF_8), outcome, 412);
  }

  private void bytes(String what, byte[] payload, String outcome, long milliwattHours) {
    long charged = outcome.equals("charged") ? milliwattHours : 0;
    rows.add(new Input(what, payload, outcome, charged));
  }

  /** The lamp's report with a part replaced. */
  private void with(String what, String part, String by, String outcome) {
    String good = report();
    if (!good.contains(part)) {
      throw new AssertionError(part);
    }
    row(what, good.replace(part, by), outcome);
  }

  private void reading(String what, String wh, long milliwattHours) {
    String json = report().replace(WH, "\"wh\":" + wh);
    bytes(what, json.getBytes(StandardCharsets.UTF_8), "charged", milliwattHours);
  }

  private void goodOnes() {
    row("a good report", report(), "charged");
    row("the same report again", Lamps.report(lamps.lamp(1), 1, now, "0.412"), "duplicate");
  }

  private void shapes() {
    row("1 nothing", "", "malformed");
    row("1 nothing, again", "", "duplicate");
    row("2 null", "null", "malformed");
    row("3 an empty array", "[]", "malformed");
    row("an empty object", "{}", "malformed");
    row("text", "hello", "malformed");
    row("4 arrays 10,000 deep", "[".repeat(10_000), "malformed");
    with("4 data 10,000 deep", WH, "\"x\":" + "[".repeat(10_000), "malformed");
    with("12 a reading twice", WH, "\"wh\":1,\"wh\":2", "malformed");
    with("12 an id twice", "\"id\":\"1\"", "\"id\":\"1\",\"id\":\"1\"", "malformed");
    with("12 a name twice, escaped", WH, "\"wh\":1,\"w\\u0068\":1", "malformed");
    row("16 garbage behind", report() + "x", "malformed");
    row("16 cut short", report().substring(0, report().length() - 1), "malformed");
    row("17 two documents", report() + report(), "malformed");
    row("17 two lines", report() + "\n" + report(), "malformed");
    row("18 a message of 10 MB", report() + " ".repeat(10_000_000), "too-large");
    row("18 a string of 10 MB", "{\"id\":\"" + "x".repeat(10_000_000) + "\"}", "too-large");
    with("18 a string over 64 KiB", WH, WH + ",\"n\":\"" + "x".repeat(65_537) + "\"", "too-large");
    with(
        "19 names that mean something elsewhere",
        WH,
        WH + ",\"__proto__\":{},\"constructor\":1,\"@type\":\"x\",\"class\":\"y\"",
        "charged");
    with("20 a unit that nobody asked for", WH, WH + ",\"unit\":\"KWH\"", "charged");
  }

  private void numbers() {
    with("5 a number of 1 MB", WH, "\"wh\":" + "1".repeat(1_000_000), "too-large");
    with("5 a number of 65 digits", WH, "\"wh\":" + "1".repeat(65), "too-large");
    with("6 1e999999999", WH, "\"wh\":1e999999999", "bad-quantity");
    with("6 1e-999999999", WH, "\"wh\":1e-999999999", "bad-quantity");
    with("7 NaN", WH, "\"wh\":NaN", "malformed");
    with("7 Infinity", WH, "\"wh\":Infinity", "malformed");
    reading("8 minus zero", "-0", 0);
    reading("9 below zero", "-1.5", -1_500);
    reading("10 zero", "0", 0);
    with("11 a binary tail", WH, "\"wh\":0.30000000000000004", "bad-quantity");
    with("a reading over a long", WH, "\"wh\":9223372036854775.808", "bad-quantity");
    with("a reading whose sums would not fit", WH, "\"wh\":9223372036854775.807", "bad-quantity");
    with("a reading as text", WH, "\"wh\":\"0.412\"", "bad-quantity");
    with("a reading that is true", WH, "\"wh\":true", "bad-quantity");
    with("a reading that is null", WH, "\"wh\":null", "bad-quantity");
    with("a reading that is a list", WH, "\"wh\":[0.412]", "bad-quantity");
    with("a reading that is an object", WH, "\"wh\":{\"wh\":1}", "bad-quantity");
    with("no reading", WH, "\"w\":1", "bad-quantity");
    with("a leading zero", WH, "\"wh\":012", "malformed");
    with("hexadecimal", WH, "\"wh\":0x1F", "malformed");
  }

  private void texts() {
    with("13 a lone surrogate", "\"fault\":0", "\"n\":\"\\ud800\"", "malformed");
    inSubject("14 invalid UTF-8", 0xF1);
    inSubject("14 overlong UTF-8", 0xC0, 0xAF);
    inSubject("14 an encoded surrogate", 0xED, 0xA0, 0x80);
    row("14 a byte order mark", "\ufeff" + report(), "malformed");
    bytes("14 UTF-16", report().getBytes(StandardCharsets.UTF_16), "malformed", 0);
    with("15 NUL in the subject", "lamp-0", "lamp\u0000-0", "malformed");
    with("15 NUL in the subject, escaped", "lamp-0", "lamp\\u0000-0", "malformed");
    with("15 NUL in the id, escaped", "\"id\":\"1\"", "\"id\":\"1\\u0000\"", "malformed");
    with("15 NUL where nobody reads", "\"fault\":0", "\"n\":\"\\u0000\"", "charged");
  }

  private void inSubject(String what, int... bytes) {
    byte[] json = report().getBytes(StandardCharsets.UTF_8);
    int at = report().indexOf("lamp-0");
    for (int i = 0; i < bytes.length; i++) {
      json[at + i] = (byte) bytes[i];
    }
    bytes(what, json, "malformed", 0);
  }

  private void identity() {
    with("21 no id", "\"id\":\"1\",", "", "malformed");
    with("21 an empty id", "\"id\":\"1\"", "\"id\":\"\"", "malformed");
    with("21 an id that is null", "\"id\":\"1\"", "\"id\":null", "malformed");
    with("21 an id that is a number", "\"id\":\"1\"", "\"id\":1", "malformed");
    with(
        "22 an id of 1 MB",
        "\"id\":\"1\"",
        "\"id\":\"" + "x".repeat(1_000_000) + "\"",
        "too-large");
    int lamp = lamp();
    row("an id", Lamps.report(lamp, 7, now, "0.412"), "charged");
    row("23 the same id with another body", Lamps.report(lamp, 7, now, "9"), "duplicate");
    row(
        "23 the same number at a very different time",
        Lamps.report(lamp, 7, now - 30L * 86_400_000, "9"),
        "id-reused");
    row("24 the same body with another id", Lamps.report(lamp, 8, now, "0.412"), "charged");
    String named = Lamps.report(lamp, 9, now, "0.412").replace("\"id\":\"9\"", "\"id\":\"ab\"");
    row("25 an id of letters", named, "charged");
    row("25 the same in capitals is another", named.replace("\"ab\"", "\"AB\""), "charged");
    row("25 the same with a blank is another", named.replace("\"ab\"", "\"ab \""), "charged");
    row("25 the same once more", named, "duplicate");
    with("26 another source is another identity", "/city/lamps", "/mars", "charged");
    with("no source", "\"source\":\"/city/lamps\",", "", "malformed");
    with("no type", "\"type\":\"lamp.report\",", "", "malformed");
    with("a type nobody rates", "lamp.report", "lamp.reported", "no-offer");
    row("an unknown lamp", Lamps.report(lamps.unknown(), 1, now, "0.412"), "unknown-device");
    row("an unknown lamp, again", Lamps.report(lamps.unknown(), 1, now, "0.412"), "duplicate");
    with("no subject", "\"subject\":\"lamp-%06d\",".formatted(lamp()), "", "unknown-device");
    with("a subject that is a number", "\"lamp-%06d\"".formatted(lamp()), "7", "malformed");
  }

  private void times() {
    String time = Instant.ofEpochMilli(now).toString();
    with("no time", "\"time\":\"" + time + "\",", "", "no-time");
    with("27 1970: before the lamp was anybody's", time, "1970-01-01T00:00:00Z", "no-offer");
    with("27 the year 0000", time, "0000-01-01T00:00:00Z", "no-offer");
    with("27 the year 9999", time, "9999-12-31T23:59:59Z", "in-the-future");
    with("27 past 2^31 seconds", time, "2038-01-19T03:14:08Z", "in-the-future");
    with("27 two hours ahead", time, later(2 * 3_600_000), "in-the-future");
    with("27 half an hour ahead", time, later(1_800_000), "charged");
    with("27 older than the horizon", time, later(-36L * 86_400_000), "too-old");
    with("27 as old as allowed", time, later(-34L * 86_400_000), "charged");
    with("27 a leap second", time, "2016-12-31T23:59:60Z", "malformed");
    with("27 no zone", time, time.replace("Z", ""), "malformed");
    with("27 a fraction of 12 digits", time, time.replace("Z", ".123456789012Z"), "malformed");
    with("27 a time that is a number", "\"" + time + "\"", "1793613667", "malformed");
  }

  private String later(long millis) {
    return Instant.ofEpochMilli(now + millis).toString();
  }

  private void attributes() {
    with("33 specversion 0.3", "\"1.0\"", "\"0.3\"", "malformed");
    with("33 specversion 1.1", "\"1.0\"", "\"1.1\"", "malformed");
    with("33 no specversion", "\"specversion\":\"1.0\",", "", "malformed");
    with("34 an attribute in capitals is another", "\"id\"", "\"ID\"", "malformed");
    with("34 a subject in capitals is another", "\"subject\"", "\"SUBJECT\"", "unknown-device");
    with(
        "35 extensions that look like headers",
        "\"id\"",
        "\"CamelHttpUri\":\"http://127.0.0.1:1\",\"camelbeanmethodname\":\"exit\",\"id\"",
        "charged");
    with("36 data and data_base64", "\"id\"", "\"data_base64\":\"eA==\",\"id\"", "malformed");
    with("39 a content type that lies", "application/json", "text/csv", "charged");
    with("data that is text", "{" + WH, "\"{\\\"wh\\\":1}\"},{", "malformed");
  }
}
