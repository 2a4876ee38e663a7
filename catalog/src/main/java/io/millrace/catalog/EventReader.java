package io.millrace.catalog;

import io.millrace.catalog.QuantityRounding.Each;

/** Tells what makes no sense where each event has tiers of its own. */
final class EventReader {
  private final Problems problems;

  EventReader(Problems problems) {
    this.problems = problems;
  }

  /** Whether all that an offer says can be told by one event; else adds what can't. */
  boolean isOfEvents(Fields offer, Iterable<ChargeRule> rules) {
    Yaml.Entry allowances = offer.optional(AllowanceReader.WORD);
    if (allowances != null) {
      problems.add(
          allowances.key(),
          "allowance-of-event",
          "what is included would be there for each event anew",
          "Write 'scope: device', or a first tier of 'per-unit: 0'");
      return false;
    }
    for (ChargeRule rule : rules) {
      if (rule instanceof ChargeRule.Usage use && !isOfEvents(offer, use)) {
        return false;
      }
    }
    return true;
  }

  private boolean isOfEvents(Fields offer, ChargeRule.Usage use) {
    Yaml.Scalar at = charge(offer, use);
    boolean adds =
        switch (use.meter().aggregate()) {
          case SUM, COUNT -> true;
          case MAX, LATEST, UNIQUE, DELTA, TIME_WEIGHTED, BURST, PERCENTILE -> false;
        };
    if (!adds) {
      problems.add(
          at,
          "meter-of-many-events",
          "the meter "
              + Problems.quote(use.meter().name())
              + " comes to what several events say together, and here each is priced by itself",
          "Write 'scope: device', or a meter of 'aggregate: sum' or 'count'");
    } else if (use.rounding().each() == Each.PERIOD) {
      problems.add(
          at,
          "round-of-no-period",
          "the total of a period is not priced, so that nothing of it is rounded",
          "Write 'round: {each: event, ...}'");
    }
    return adds && use.rounding().each() != Each.PERIOD;
  }

  /** Where a charge, or the one whose band it is, is written. */
  private static Yaml.Scalar charge(Fields offer, ChargeRule.Usage use) {
    Yaml.Entry charges = offer.entry("charges");
    if (charges.value() instanceof Yaml.Mapping all) {
      for (Yaml.Entry each : all.entries()) {
        String name = each.key().text();
        if (use.name().equals(name)
            || use.band().isPresent() && use.name().startsWith(name + ".")) {
          return each.key();
        }
      }
    }
    return charges.key();
  }
}
