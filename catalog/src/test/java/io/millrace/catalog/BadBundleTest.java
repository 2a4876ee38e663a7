package io.millrace.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One fault in a charge of several meters. */
class BadBundleTest {
  private static final String TEXT =
      """
      catalog: c
      effective: 2026-01-01
      currency: EUR
      zone: UTC
      meters:
        doors: {event: door, aggregate: count}
        video: {event: video, value: data.s, unit: s, aggregate: sum}
        peak: {event: video, value: data.w, unit: W, aggregate: max}
        till: {event: till, value: data.eur, unit: EUR, scale: 2, aggregate: sum}
      offers:
        home:
          scope: device
          window: day
          charges:
            all: {meter: peak, free: true}
            money: {meter: till, percent: 1}
            use: {%s}
      """;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'meters: {doors: 1, video: 0.5}, per-unit: 1'                  | ''
          'meters: {doors: 1, video: 0.000001}, flat: 1'                 | ''
          'meters: {doors: 1, video: 1}, free: true'                     | ''
          'meters: {doors: 1, vido: 1}, per-unit: 1'                     | 7:3 unused-meter, 17:32 unknown-meter
          'meters: {doors: 1, video: 0}, per-unit: 1'                    | 17:39 bound-of-nothing
          'meters: {doors: 1, video: x}, per-unit: 1'                    | 17:39 bad-number
          'meters: {doors: 1, video: 0.0000001}, per-unit: 1'            | 17:13 bad-bundle
          'meters: {doors: 1, video: 1, peak: 1}, per-unit: 1'           | 17:42 bad-bundle
          'meters: {doors: 1, video: 1, till: 1}, per-unit: 1'           | 17:42 bad-bundle
          'meters: {}, per-unit: 1'                                      | 6:3 unused-meter, 7:3 unused-meter, 17:13 bad-bundle
          'meters: [doors], per-unit: 1'                                 | 6:3 unused-meter, 7:3 unused-meter, 17:21 bad-type
          'meters: {doors: 1, video: 1}, unit: credit, per-unit: 1'      | 17:43 unknown-key
          'meters: {doors: 1, video: 1}, meter: doors, per-unit: 1'      | 17:43 unknown-key
          'meters: {doors: 1, video: 1}, percent: 1'                     | 17:43 percent-of-no-money
          'meters: {doors: 1, video: 1}'                                 | 17:7 no-price
          """)
  void oneFault_isReportedWhereItIs(String charge, String problem) {
    String text = TEXT.formatted(charge);
    if (problem.isEmpty()) {
      Catalogs.accept(text);
    } else {
      assertEquals(problem, Catalogs.faults(text));
    }
  }

  /** What is counted in another scale of credits can't go on from what was counted before. */
  @Test
  void otherMetersOrDigits_areAnotherCharge() {
    Catalog first = version("2026-01-01", "doors: 1, video: 0.5");
    assertEquals(List.of(), faults(first, version("2026-01-15", "video: 0.7, doors: 3")));
    assertEquals(
        List.of("charge-changed"), faults(first, version("2026-01-15", "doors: 1, video: 0.55")));
    String withoutVideo =
        TEXT.formatted("meters: {doors: 1}, per-unit: 1}\n      seen: {meter: video, free: true");
    Catalog less = Catalogs.accept(withoutVideo.replace("2026-01-01", "2026-01-15"));
    assertEquals(List.of("charge-changed"), faults(first, less));
  }

  private static Catalog version(String effective, String meters) {
    String text = TEXT.formatted("meters: {" + meters + "}, per-unit: 1");
    return Catalogs.accept(text.replace("2026-01-01", effective));
  }

  private static List<String> faults(Catalog first, Catalog next) {
    return Succession.faults(next, List.of(first), List.of(first), c -> false).stream()
        .map(Succession.Fault::code)
        .toList();
  }

  @Test
  void whatIsWrongOfAMeterAndOfWhatUsesIt_isToldAtOnce() {
    String text =
        TEXT.formatted("meters: {doors: 0, video: 1}, graduated: [{to: 5, per-unit: x}]")
            .replace("unit: s,", "unit: sek,");
    List<String> codes =
        Catalogs.reject(text.getBytes(StandardCharsets.UTF_8)).stream().map(Problem::code).toList();
    assertEquals(List.of("unknown-unit", "bound-of-nothing", "tier-gap", "bad-number"), codes);
  }
}
