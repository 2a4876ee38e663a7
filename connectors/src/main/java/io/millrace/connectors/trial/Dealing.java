package io.millrace.connectors.trial;

import io.millrace.catalog.TopUp;
import io.millrace.processors.rating.OfferHistory;
import io.millrace.processors.rating.Rules;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** How the devices of a trial are dealt out to its lanes: all that share something are in one. */
enum Dealing {
  /** They share nothing. */
  BY_SUBJECT,
  /** Those of an account share a pool, or what it has bought. */
  BY_ACCOUNT,
  /** All of them share the balance of a sponsor, which pays for whichever uses it first. */
  TOGETHER;

  /** Where all that is in one lane is. */
  static final int FIRST = 0;

  /** That of devices that use all this. */
  static Dealing of(Rules rules, List<TopUp> given) {
    Set<String> told =
        given.stream()
            .filter(t -> t.paid() instanceof TopUp.Money)
            .map(TopUp::account)
            .collect(Collectors.toSet());
    boolean isWithin =
        rules.catalog().offers().values().stream()
            .flatMap(offer -> offer.terms().values().stream())
            .flatMap(terms -> terms.sponsorship().stream())
            .anyMatch(s -> s.withinBalance() && told.contains(s.account()));
    if (isWithin) {
      return TOGETHER;
    }
    return given.stream().anyMatch(t -> t.paid() instanceof TopUp.Units)
            || rules.offers().stream().anyMatch(OfferHistory::isPooled)
        ? BY_ACCOUNT
        : BY_SUBJECT;
  }

  /** The lane of all that a subject or account of this name shares by itself. */
  int laneOf(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return laneOf(TrialDevices.hash(bytes, 0, bytes.length));
  }

  /** The same, of its {@link TrialDevices#hash}. */
  int laneOf(long hash) {
    return this == TOGETHER ? FIRST : (int) (hash & UsageTrial.LANES - 1);
  }
}
