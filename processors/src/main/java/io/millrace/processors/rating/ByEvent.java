package io.millrace.processors.rating;

import io.millrace.catalog.Offer;
import io.millrace.processors.rating.Rules.UsageCharge;
import java.util.List;

/** Has the charges of an offer of {@code scope: event} price each event by itself. */
final class ByEvent {
  private static final int[] NOTHING = {};

  private ByEvent() {}

  /** The charges of an offer, as its scope has them. */
  static List<UsageCharge> in(Offer offer, List<UsageCharge> usage) {
    return offer.scope() == Offer.Scope.EVENT
        ? usage.stream().map(ByEvent::of).toList()
        : List.copyOf(usage);
  }

  /** No event goes on from where former prices got. */
  private static UsageCharge of(UsageCharge c) {
    return new UsageCharge(
        c.index(),
        c.revision(),
        NOTHING,
        c.name(),
        c.type(),
        c.value(),
        c.counted(),
        c.curve().byEvent(),
        c.band(),
        c.told(),
        c.clock(),
        c.gauging(),
        c.bundle(),
        c.drawn());
  }
}
