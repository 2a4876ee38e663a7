package io.millrace.tests.simulation;

import io.millrace.tests.oracle.Tariff;
import java.math.BigDecimal;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * What an offer includes of one of its charges, as a catalog says it and as the oracle takes it.
 *
 * @param charge of which; empty where nothing is included
 * @param quantities of each allowance, in the charge's unit, in the order of their use
 */
record Included(String charge, String unit, List<BigDecimal> quantities) {

  static final Included NOTHING = new Included("", "", List.of());

  /** Of one of some charges, so much that a city's readings use it up or not. */
  static Included any(
      SplittableRandom random, List<Tariff.Usage> charges, String unit, List<String> quantities) {
    int n = random.nextInt(quantities.size() + 2) - 1;
    if (n <= 0) {
      return NOTHING;
    }
    String charge = Plan.pick(random, charges).name();
    return new Included(
        charge, unit, quantities.subList(0, n).stream().map(BigDecimal::new).toList());
  }

  /** A line of the offer; empty where nothing is included. */
  String yaml() {
    return quantities.isEmpty()
        ? ""
        : quantities.stream()
            .map(
                q ->
                    "{allowance: of%d, included: %s, unit: %s, of: %s}"
                        .formatted(quantities.indexOf(q), q.toPlainString(), unit, charge))
            .collect(Collectors.joining(", ", "    allowances: [", "]\n"));
  }

  /** The same charges, with what is included. */
  List<Tariff.Usage> in(List<Tariff.Usage> charges) {
    return charges.stream()
        .map(u -> u.name().equals(charge) ? u.of(u.shape().including(quantities)) : u)
        .toList();
  }
}
