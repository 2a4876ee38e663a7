package io.millrace.ops.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ops.demo.generator.Load;
import io.millrace.ops.demo.manifest.Figures;
import io.millrace.ops.demo.manifest.Manifest;
import io.millrace.ops.demo.manifest.Proof;
import io.millrace.ops.demo.manifest.Terms;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static final Load LOAD = new Load(500, 1, 7, Load.SMART_CITY_DAY);
  private static final Face ASCII = new Face(false, false);

  private static Figures figures(int milliwattHours) {
    Manifest m = new Manifest(LOAD.lamps(), LOAD.start(), LOAD.length(), Terms.SMART_CITY);
    for (int lamp = 1; lamp <= LOAD.lamps(); lamp++) {
      m.report(lamp, LOAD.start().toEpochMilli(), milliwattHours, false);
    }
    m.duplicate();
    m.unchargeable("malformed");
    return m.expected();
  }

  private static Outcome outcome(Figures actual, String state) {
    Figures expected = figures(900_000);
    return new Outcome(
        LOAD,
        "EUR",
        Duration.ofSeconds(65),
        expected,
        actual,
        Proof.check(expected, actual),
        List.of(new Outcome.Delivery("invoice-0-city", state, "JE-000001")),
        "3-17-0");
  }

  @Test
  void aGoodRun_readsLikeThis() {
    Outcome outcome = outcome(figures(900_000), "acknowledged");
    assertTrue(outcome.good());
    assertEquals(
        """

        500 lamps for 1 h: 502 events in 1:05 (7/s)
        500 charged, 1 duplicates, 1 in suspense (malformed 1)

        city owes                      EUR 50.02
          lamp energy                       0.02   exactly 0.022500000
          lamp lease                       50.00   exactly 50.000000000
        lamp-vendor gets               EUR 15.01
          lamp                             15.01   exactly 15.006750000
        telco gets                     EUR 35.01
          lamp                             35.01   exactly 35.015750000

        The ERP acknowledged 1 of 1 journal entries
          invoice-0-city            JE-000001

        The proof: the generator's own manifest against the gateway's books and the ERP
        """,
        Report.of(outcome, ASCII, false)
            .lines()
            .limit(16)
            .map(l -> l + "\n")
            .reduce("", String::concat));
    assertTrue(
        Report.of(outcome, ASCII, false).contains("Every number matches, to the last unit."));
    assertTrue(Report.of(outcome, ASCII, false).contains("./millrace explain 3-17-0"));
    assertTrue(Report.of(outcome, new Face(true, true), true).contains("  ✓ events received"));
    assertFalse(Report.of(outcome, new Face(true, true), true).contains("✗"));
    assertTrue(Report.of(outcome, ASCII, false).contains("--stay"));
    assertFalse(Report.of(outcome, ASCII, true).contains("--stay"));
  }

  @Test
  void aWrongNumber_isMarkedAndCounted() {
    Outcome outcome = outcome(figures(900_001), "acknowledged");
    assertFalse(outcome.good());
    String report = Report.of(outcome, ASCII, false);
    assertTrue(report.contains("  NO  energy charged, mWh"));
    assertTrue(report.contains(" numbers do not match."));
    assertTrue(report.chars().allMatch(c -> c < 128), "not ASCII");
  }

  @Test
  void anUnacknowledgedDelivery_isNotGood() {
    Outcome outcome = outcome(figures(900_000), "unknown");
    assertTrue(outcome.proof().holds());
    assertFalse(outcome.good());
    assertTrue(Report.of(outcome, ASCII, false).contains("acknowledged 0 of 1 journal entries"));
  }

  @Test
  void summary_isJsonWithExactAmounts(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("summary.json");
    Summary.write(file, outcome(figures(900_000), "acknowledged"));
    String json = Files.readString(file, StandardCharsets.UTF_8);
    List<String> amounts = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken t = parser.nextToken(); t != null; t = parser.nextToken()) {
        assertFalse(t == JsonToken.VALUE_NUMBER_FLOAT, "a fraction as a number");
        if (t == JsonToken.VALUE_STRING && "total".equals(parser.currentName())) {
          amounts.add(parser.getText());
        }
      }
    }
    assertEquals(List.of("50.02", "15.01", "35.01", "50.02", "15.01", "35.01"), amounts);
    assertTrue(json.contains("\"good\" : true"));
  }
}
