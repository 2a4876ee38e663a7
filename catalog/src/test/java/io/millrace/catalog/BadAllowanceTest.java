package io.millrace.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One fault in what an offer includes. */
class BadAllowanceTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '{allowance: a, included: 5, unit: kWh}'                     | 13:9 missing-field
          '{included: 5, unit: kWh, of: energy}'                       | 13:9 missing-field
          '{allowance: a, unit: kWh, of: energy}'                      | 13:9 missing-field
          '{allowance: a, included: 5, of: energy}'                    | 13:9 missing-field
          '{allowance: a, included: 5, unit: kWh, of: energy, to: 5}'  | 13:60 unknown-key
          '{allowance: a b, included: 5, unit: kWh, of: energy}'       | 13:21 bad-name
          '{allowance: a, included: 0, unit: kWh, of: energy}'         | 13:34 bound-of-nothing
          '{allowance: a, included: -1, unit: kWh, of: energy}'        | 13:34 negative-number
          '{allowance: a, included: 0.0000001, unit: kWh, of: energy}' | 13:34 bound-too-fine
          '{allowance: a, included: 99999999999, unit: MWh, of: energy}' | 13:34 never-reached
          '{allowance: a, included: 5, unit: MB, of: energy}'          | 13:43 other-dimension
          '{allowance: a, included: 5, unit: parsec, of: energy}'      | 13:43 unknown-unit
          '{allowance: a, included: 5, unit: kWh, of: enrgy}'          | 13:52 unknown-charge
          '{allowance: a, included: 5, unit: kWh, of: lease}'          | 13:52 unused-allowance
          '{allowance: a, included: 5, unit: kWh, of: counted}'        | 13:52 unused-allowance
          '{allowance: a, included: 5, unit: kWh, of: []}'             | 13:48 of-nothing
          '{allowance: a, included: 5, unit: kWh, of: [{x: 1}]}'       | 13:53 bad-type
          '{allowance: a, included: 5, unit: kWh, of: [energy, energy]}' | 13:61 of-twice
          '{allowance: a, included: 5, unit: kWh, of: timed}'          | 13:52 allowance-of-bands
          '{allowance: a, included: 5, unit: kWh, of: energy, tell: 80}'    | 13:66 bad-type
          '{allowance: a, included: 5, unit: kWh, of: energy, tell: [0]}'   | 13:67 percent-out-of-range
          '{allowance: a, included: 5, unit: kWh, of: energy, tell: [101]}' | 13:67 percent-out-of-range
          '{allowance: a, included: 5, unit: kWh, of: energy, tell: [9.5]}' | 13:67 percent-out-of-range
          '{allowance: a, included: 5, unit: kWh, of: energy, tell: [{}]}'  | 13:67 bad-type
          '{allowance: a, included: 5, unit: kWh, of: energy, tell: [80, 80]}' | 13:71 told-twice
          '{allowance: a, included: 5, unit: kWh, of: energy, rolls-over: {periods: 0}}'  | 13:82 bad-periods
          '{allowance: a, included: 5, unit: kWh, of: energy, rolls-over: {periods: 13}}' | 13:82 bad-periods
          '{allowance: a, included: 5, unit: kWh, of: energy, rolls-over: 2}'             | 13:72 bad-type
          '{allowance: a, included: 5, unit: kWh, of: energy, rolls-over: {periods: 1, most: 0}}' | 13:91 bound-of-nothing
          '{allowance: a, included: 5, unit: kWh, of: energy, rolls-over: {periods: 1, most: 0.0000001}}' | 13:52 bound-too-fine
          '{allowance: a, included: 5, unit: kWh, of: energy, valid-for: 0h}'             | 13:71 validity-out-of-range
          '{allowance: a, included: 5, unit: kWh, of: energy, valid-until: soon}'         | 13:73 bad-moment
          '{allowance: a, included: 5, unit: kWh, of: energy, together: no}'              | 13:70 bad-together
          '{allowance: a, included: 5, unit: kWh, of: energy, valid-for: 1h, rolls-over: {periods: 1}}' | 13:75 once-rolls-over
          '{allowance: a, included: 5, unit: kWh, of: [energy, ergs], together: true}'    | 13:61 unknown-charge
          '{allowance: a, bought: true, of: energy}'                   | 13:9 missing-field
          '{allowance: a, bought: maybe, unit: kWh, of: energy}'       | 13:32 bad-bought
          '{allowance: a, bought: true, included: 5, unit: kWh, of: energy}' | 13:38 bought-and-included
          '{allowance: a, bought: true, tell: [80], unit: kWh, of: energy}'  | 13:38 bought-and-included
          '{allowance: a, bought: true, valid-for: 1h, unit: kWh, of: energy}' | 13:38 bought-and-included
          '{allowance: a, bought: true, unit: MB, of: energy}'         | 13:44 other-dimension
          '{allowance: a, bought: true, unit: kWh, of: lease}'         | 13:53 unused-allowance
          'all'                                                        | 13:9 bad-type
          """)
  void oneFault_isReportedWhereItIs(String allowance, String problem) {
    assertEquals(problem, Catalogs.faults(with("      - " + allowance)));
  }

  @Test
  void bought_isForAllBandsAndMeasuredAlikeInAllOffers() {
    String one = with("      - {allowance: a, bought: true, unit: kWh, of: [energy, timed]}");
    Catalog catalog = Catalogs.accept(one);
    List<ChargeRule> charges = catalog.offers().get("lamp").charges();
    assertEquals(Keeping.BOUGHT, allowances(charges, "timed.night").getFirst().keeping());
    BoughtUnits units = BoughtUnits.of(catalog).get("a");
    assertEquals(Optional.of(1_500_000L), units.scaled(new BigDecimal("1.5")));
    assertEquals(Optional.empty(), units.scaled(new BigDecimal("0.0000001")));
    assertEquals("1.5", units.quantity(1_500_000).toPlainString());
    String offer = one.substring(one.indexOf("  lamp:"));
    String another =
        offer.replace("  lamp:", "  other:").replace("unit: kWh, of: [", "unit: Wh, of: [");
    assertEquals("other-unit", Catalogs.faults(one + another).split(" ", -1)[1].split(",", -1)[0]);
    assertEquals(
        1, BoughtUnits.of(Catalogs.accept(one + offer.replace("  lamp:", "  other:"))).size());
  }

  @Test
  void secondOfOneName_isRefused() {
    String one = "      - {allowance: a, included: 5, unit: kWh, of: energy}\n";
    assertEquals("14:21 allowance-twice", Catalogs.faults(with(one + one.stripTrailing())));
  }

  @Test
  void allowancesThatTogetherAreTooLarge_areRefused() {
    String text =
        with(
            "      - {allowance: a, included: 9000000000, unit: MWh, of: energy}\n"
                + "      - {allowance: b, included: 9000000000, unit: MWh, of: energy}");
    assertEquals("14:34 never-reached", Catalogs.faults(text));
  }

  @Test
  void moreThanAnOfferMayHave_areRefused() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i <= AllowanceReader.MOST; i++) {
      many.append("      - {allowance: a%d, included: 1, unit: kWh, of: energy}\n".formatted(i));
    }
    assertEquals(
        "12:5 too-many-allowances", Catalogs.faults(with(many.toString().stripTrailing())));
  }

  @Test
  void emptyList_isRefused() {
    String text = with("").replace("allowances:\n\n", "allowances: []\n");
    assertEquals("12:5 missing-value", Catalogs.faults(text));
  }

  @Test
  void unusedOne_isToldWhatToDo() {
    Problem problem =
        Catalogs.reject(
                with("      - {allowance: a, included: 5, unit: kWh, of: counted}")
                    .getBytes(StandardCharsets.UTF_8))
            .getFirst();
    assertEquals(
        "'counted' is free, so that nothing of the allowance is ever used", problem.message());
    assertEquals("Name a charge that has a 'meter' and a price", problem.fix());
  }

  @Test
  void soundOnes_areOfTheirChargesInTheFilesOrder() {
    Catalog catalog =
        Catalogs.accept(
            with(
                "      - {allowance: z, included: 5, unit: kWh, of: [energy, timed.rest]}\n"
                    + "      - {allowance: a, included: 1, unit: Wh, of: energy, tell: [100,"
                    + " 80]}"));
    List<ChargeRule> charges = catalog.offers().get("lamp").charges();
    Allowance z = new Allowance("z", new BigDecimal(5), unit("kWh"), List.of());
    Allowance a = new Allowance("a", BigDecimal.ONE, unit("Wh"), List.of(80, 100));
    assertEquals(List.of(z, a), allowances(charges, "energy"));
    assertEquals(List.of(z), allowances(charges, "timed.rest"));
    assertEquals(List.of(), allowances(charges, "timed.night"));
  }

  private static Unit unit(String symbol) {
    return Unit.ALL.stream().filter(u -> u.symbol().equals(symbol)).findFirst().orElseThrow();
  }

  private static List<Allowance> allowances(List<ChargeRule> charges, String name) {
    return charges.stream()
        .filter(c -> c.name().equals(name))
        .map(c -> ((ChargeRule.Usage) c).allowances())
        .findFirst()
        .orElseThrow();
  }

  /** An offer of which nothing is included, so that faults stand in its last lines. */
  private static String with(String allowances) {
    String more =
        """
              counted: {meter: energy, free: true}
              timed: {meter: energy, unit: kWh, bands: [{band: night, hours: 00:00-06:00, per-unit: 1}, {band: rest, per-unit: 2}]}
        """;
    String[] parts = Catalogs.SOUND.split("    charges:\n", 2);
    return parts[0]
        + "    allowances:\n"
        + allowances
        + "\n    charges:\n"
        + parts[1].replace("    share:", more + "    share:");
  }
}
