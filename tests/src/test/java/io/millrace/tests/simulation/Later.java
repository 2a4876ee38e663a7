package io.millrace.tests.simulation;

import io.millrace.tests.oracle.Tariff;
import io.millrace.tests.oracle.Terms;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a city's second catalog changes of what water costs: the price of its reports; where it
 * changes more, also the price of its flow, how much of that is included, and which charges there
 * are.
 *
 * @param after so long after the run's start it holds, milliseconds
 */
record Later(long after, boolean carries, boolean more) {
  private static final Prices REPORTS = Prices.tiersOfEach("3", "0.0002", "0.00005");
  private static final Prices FLOW = Prices.tiersOfFlow("0.4", "0.0041", "0.0007");
  private static final Prices GOES = Prices.each("0.00007");
  private static final Prices COMES = Prices.tiersOfEach("2", "0.00011", "0.00003");

  /** What is included of flow before, and from then on. */
  private static final String INCLUDED = "included: 0.4,";

  private static final String INCLUDED_THEN = "included: 0.7,";

  /** A line of water's charges that ends with the first catalog. */
  static final String VISIT = "      visit: {meter: reports, " + GOES.yaml() + "}\n";

  /** One that begins with the second. */
  private static final String SURVEY = "      survey: {meter: reports, " + COMES.yaml() + "}\n";

  /** The catalog that says it, of the one before. */
  String text(String before, Instant from, Prices report, Prices flow) {
    String text =
        before
            .replaceFirst(
                "effective: .*",
                "effective: " + from + "\ntiers: " + (carries ? "carry-on" : "start-anew"))
            .replace("meter: reports, " + report.yaml(), "meter: reports, " + REPORTS.yaml());
    if (!more) {
      return text;
    }
    String also =
        changes(flow)
            ? text.replace("meter: water, " + flow.yaml(), "meter: water, " + FLOW.yaml())
            : text;
    return also.replace(VISIT, SURVEY)
        .replaceFirst(INCLUDED + "(?= unit: m3, of: flow})", INCLUDED_THEN);
  }

  /** Whether it has another price of flow: of one that is neither rounded nor in bands. */
  private static boolean changes(Prices flow) {
    return flow.parts().size() == 1 && !flow.yaml().contains("round");
  }

  /** What is charged for before, beside reports and flow. */
  List<Tariff.Usage> visit() {
    return more ? GOES.usage("visit", Plan.WATER_REPORT, -1) : List.of();
  }

  /**
   * The same in plain numbers.
   *
   * @param flow before
   * @param included of flow before, in its unit
   */
  Tariff from(Tariff before, long from, Prices flow, List<BigDecimal> included) {
    List<Tariff.Offer> offers = new ArrayList<>();
    for (Tariff.Offer offer : before.offers()) {
      List<Tariff.Usage> all = new ArrayList<>();
      for (Tariff.Usage u : offer.usage()) {
        all.add(changed(u, from, flow, included));
      }
      if (more && offer.name().equals("water")) {
        boolean alone = all.getFirst().terms().alone();
        Terms terms = new Terms(alone, null, null).from(from);
        COMES.usage("survey", Plan.WATER_REPORT, -1).forEach(u -> all.add(u.on(terms)));
      }
      offers.add(offer.using(all));
    }
    return before.of(offers);
  }

  private Tariff.Usage changed(Tariff.Usage u, long from, Prices flow, List<BigDecimal> included) {
    if (u.name().equals("report")) {
      return then(u, from, REPORTS, List.of());
    }
    if (more && u.name().equals("visit")) {
      return u.on(u.terms().to(from));
    }
    if (!more || !u.name().equals("flow")) {
      return u;
    }
    List<BigDecimal> now = new ArrayList<>(included);
    if (!now.isEmpty()) {
      now.set(0, new BigDecimal("0.7"));
    }
    boolean same = !changes(flow) && now.equals(included);
    return same ? u : then(u, from, changes(flow) ? FLOW : flow, now);
  }

  private Tariff.Usage then(Tariff.Usage u, long from, Prices prices, List<BigDecimal> included) {
    return u.on(
        u.terms()
            .changing(
                new Terms.Later(
                    prices.parts().getFirst().shape().including(included), from, carries)));
  }
}
