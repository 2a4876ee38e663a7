package io.millrace.ops.demo.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.demo.manifest.Figures;
import io.millrace.ops.demo.manifest.Manifest;
import io.millrace.ops.demo.manifest.Terms;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FeedTest {
  private static final Load LOAD = new Load(200, 24, 7, Load.SMART_CITY_DAY);

  private record Event(long key, String payload) {}

  private record Run(List<Event> events, Figures expected, long heldBack) {}

  private static final Run RUN = run(LOAD);

  private static Run run(Load load) {
    Manifest manifest = new Manifest(load.lamps(), load.start(), load.length(), Terms.SMART_CITY);
    Lamps lamps = new Lamps(load.seed(), Household.load());
    ReportWriter writer = new ReportWriter(load, lamps);
    List<Event> events = new ArrayList<>();
    byte[] buffer = new byte[ReportWriter.MAX_BYTES];
    for (int c = 0; c < load.connections(); c++) {
      Feed feed = new Feed(load, lamps, c, manifest);
      while (!feed.done()) {
        long key = feed.next();
        if (key != EventKey.NONE) {
          int end = writer.payload(key, buffer, 0);
          events.add(new Event(key, new String(buffer, 0, end, StandardCharsets.US_ASCII)));
        }
      }
    }
    return new Run(events, manifest.expected(), manifest.heldBack());
  }

  private static String hash(Run run) throws Exception {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    run.events().forEach(e -> sha.update(e.payload().getBytes(StandardCharsets.US_ASCII)));
    return HexFormat.of().formatHex(sha.digest());
  }

  @Test
  void sameSeed_sameBytesAndSameManifest() throws Exception {
    Run one = RUN;
    Run two = run(LOAD);
    assertEquals(hash(one), hash(two));
    assertEquals(one.expected(), two.expected());
  }

  @Test
  void otherSeed_otherBytesAndOtherManifest() throws Exception {
    Run one = RUN;
    Run two = run(new Load(LOAD.lamps(), LOAD.hours(), 8, LOAD.start()));
    assertNotEquals(hash(one), hash(two));
    assertNotEquals(one.expected(), two.expected());
  }

  @Test
  void aDay_hasTheRatesItPromises() {
    Run run = RUN;
    double reports = LOAD.reports();
    Figures f = run.expected();
    assertEquals(LOAD.reports(), f.charged());
    assertEquals(run.events().size(), f.received());
    assertEquals(0.01, f.duplicates() / reports, 0.0006);
    assertEquals(0.02, run.heldBack() / reports, 0.0009);
    long unknown = f.suspended().get("unknown-device");
    assertEquals(0.001, unknown / reports, 0.0002);
    assertEquals(0.001, (f.suspendedInAll() - unknown) / reports, 0.0002);
    assertEquals(
        Set.of("malformed", "bad-quantity", "no-time", "unknown-device"), f.suspended().keySet());
  }

  @Test
  void everyLamp_numbersItsReportsFromOneWithoutGap() {
    Map<Integer, Set<Integer>> minutes = new HashMap<>();
    for (Event e : RUN.events()) {
      if (EventKey.kind(e.key()) < EventKey.DUPLICATE) {
        assertTrue(
            minutes
                .computeIfAbsent(EventKey.lamp(e.key()), lamp -> new HashSet<>())
                .add(EventKey.minute(e.key())));
      }
    }
    assertEquals(LOAD.lamps(), minutes.size());
    minutes.values().forEach(m -> assertEquals(LOAD.minutes(), m.size()));
  }

  @Test
  void duplicates_repeatAnEarlierEventByteForByte() {
    Set<String> seen = new HashSet<>();
    for (Event e : RUN.events()) {
      boolean duplicate = EventKey.kind(e.key()) == EventKey.DUPLICATE;
      assertNotEquals(duplicate, seen.add(e.payload()), e::payload);
    }
  }

  @Test
  void heldBackReports_areOvertakenByTheirLamp() {
    Map<Integer, Integer> latest = new HashMap<>();
    int overtaken = 0;
    for (Event e : RUN.events()) {
      int kind = EventKey.kind(e.key());
      if (kind < EventKey.DUPLICATE) {
        int minute = EventKey.minute(e.key());
        boolean late = latest.merge(EventKey.lamp(e.key()), minute, Math::max) > minute;
        overtaken += late ? 1 : 0;
        assertFalse(late && kind == EventKey.REPORT, "a report in time was overtaken");
      }
    }
    assertEquals(0.02, overtaken / (double) LOAD.reports(), 0.0009);
  }

  @Test
  void flawedReports_lookAsTheirReasonSays() {
    Map<Flaw, String> examples = new HashMap<>();
    for (Event e : RUN.events()) {
      int kind = EventKey.kind(e.key());
      if (kind >= EventKey.FLAWED) {
        examples.put(Flaw.of(kind - EventKey.FLAWED), e.payload());
      }
    }
    assertEquals(Set.of(Flaw.values()), examples.keySet());
    assertFalse(examples.get(Flaw.CUT).endsWith("}}"));
    assertTrue(examples.get(Flaw.NOT_A_NUMBER).contains("\"wh\":NaN,"));
    assertTrue(examples.get(Flaw.WRONG_TYPE).contains("\"wh\":\"a little\","));
    assertFalse(examples.get(Flaw.NO_ID).contains("\"id\""));
    assertTrue(examples.get(Flaw.TOO_FINE).matches(".*\"wh\":\\d+\\.\\d{4},.*"));
    assertFalse(examples.get(Flaw.NO_TIME).contains("\"time\""));
    assertTrue(examples.get(Flaw.UNKNOWN_LAMP).matches(".*\"subject\":\"lamp-500\\d{3}\".*"));
  }

  @Test
  void aReport_isACloudEvent() {
    Lamps lamps = new Lamps(1, Household.load());
    Load load = new Load(1234, 48, 1, Load.SMART_CITY_DAY);
    byte[] buffer = new byte[ReportWriter.MAX_BYTES];
    long key = EventKey.of(1234, 1500, EventKey.REPORT);
    ReportWriter writer = new ReportWriter(load, lamps);
    int mWh = lamps.milliwattHours(1234, 1500);
    String second = (lamps.second(1234) < 10 ? "0" : "") + lamps.second(1234);
    String wh = mWh / 1000 + "." + String.valueOf(1000 + mWh % 1000).substring(1);
    assertEquals(
        "{\"specversion\":\"1.0\",\"id\":\"1501\",\"source\":\"/city/lamps\",\"type\":\"lamp.report\","
            + "\"subject\":\"lamp-001234\",\"time\":\"2026-11-03T00:00:"
            + second
            + "Z\",\"datacontenttype\":\"application/json\",\"data\":{\"wh\":"
            + wh
            + ",\"lux\":"
            + lamps.lux(1234, 1500)
            + ",\"fault\":"
            + lamps.fault(1234, 1500)
            + "}}",
        new String(buffer, 0, writer.payload(key, buffer, 0), StandardCharsets.US_ASCII));
    assertEquals(
        "lamps/lamp-001234/report",
        new String(buffer, 0, writer.topic(key, buffer, 0), StandardCharsets.US_ASCII));
  }

  @Test
  void lamps_burnAtNightAndAreDimByDay() {
    Lamps lamps = new Lamps(1, Household.load());
    for (int lamp = 1; lamp <= 500; lamp++) {
      int rated = lamps.ratedMilliwatts(lamp);
      assertTrue(rated >= 20_000 && rated <= 150_000);
      int night = lamps.milliwattHours(lamp, 3 * 60);
      assertTrue(night >= rated * 3 / 600 && night <= rated / 60, "mWh at night: " + night);
      assertTrue(lamps.milliwattHours(lamp, 13 * 60) <= night / 4);
      assertTrue(lamps.lux(lamp, 13 * 60) > 15_000);
    }
  }
}
