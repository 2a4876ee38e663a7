package io.millrace.catalog;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a version of a catalog takes from those who have it already: allowances that the version
 * before lets them carry on, or that they have bought, and that later use does not find.
 */
public final class TakenAway {
  private TakenAway() {}

  /**
   * Warnings, one for each allowance of an offer, in the order of the version before; none where
   * nobody loses anything.
   */
  public static List<String> between(Catalog before, Catalog after) {
    Map<String, String> warnings = new LinkedHashMap<>();
    for (Offer was : before.offers().values()) {
      Offer is = after.offers().get(was.name());
      if (is != null) { // One that is left out stays as it was.
        compare(was, is, after, warnings);
      }
    }
    return List.copyOf(warnings.values());
  }

  private static void compare(Offer was, Offer is, Catalog after, Map<String, String> warnings) {
    for (ChargeRule charge : was.charges()) {
      for (ChargeRule now : is.charges()) {
        if (charge instanceof ChargeRule.Usage had && now.name().equals(had.name())) {
          compare(is, had, now, after, warnings);
        }
      }
    }
  }

  private static void compare(
      Offer offer,
      ChargeRule.Usage had,
      ChargeRule charge,
      Catalog after,
      Map<String, String> warnings) {
    for (Allowance was : had.allowances()) {
      Allowance is = charge instanceof ChargeRule.Usage has ? find(has, was.name()) : null;
      String loss = loss(was, is);
      if (!loss.isEmpty()) {
        warnings.putIfAbsent(
            offer.name() + "/" + was.name(),
            "takes-away: from "
                + after.effective()
                + " on, "
                + whose(offer, was.keeping())
                + " lose what is left of allowance "
                + was.name()
                + " for "
                + had.name()
                + ": "
                + loss);
      }
    }
  }

  private static String loss(Allowance had, @Nullable Allowance has) {
    Keeping was = had.keeping();
    Keeping is = has == null ? Keeping.EACH_PERIOD : has.keeping();
    if (has == null || is.bought() != was.bought() || is.isOnce() != was.isOnce()) {
      return was.bought() || was.isOnce() || was.periods() > 0
          ? "it was to be there, and is not"
          : "";
    }
    if (was.isOnce()) {
      boolean isLess = has.quantity().compareTo(had.quantity()) < 0;
      return isLess || isSooner(is.validFor(), was.validFor(), is.validUntil(), was.validUntil())
          ? "it is there once, and becomes less or ends sooner"
          : "";
    }
    return is.periods() >= was.periods()
        ? ""
        : "a period's was to be there for "
            + was.periods()
            + " more, and is for "
            + is.periods()
            + "; keep `rolls-over` for as long, or give a new allowance beside it";
  }

  private static boolean isSooner(
      Optional<Duration> length,
      Optional<Duration> lengthBefore,
      Optional<Instant> end,
      Optional<Instant> endBefore) {
    return length.isPresent()
            && lengthBefore.map(before -> length.get().compareTo(before) < 0).orElse(true)
        || end.isPresent() && endBefore.map(before -> end.get().isBefore(before)).orElse(true);
  }

  private static String whose(Offer offer, Keeping keeping) {
    String of = keeping.bought() ? "accounts with devices" : who(offer.scope());
    return of + " on " + offer.name();
  }

  private static String who(Offer.Scope scope) {
    return switch (scope) {
      case DEVICE, EVENT -> "devices";
      case ACCOUNT -> "accounts";
      case GROUP -> "groups";
    };
  }

  private static @Nullable Allowance find(ChargeRule.Usage of, String name) {
    return of.allowances().stream().filter(a -> a.name().equals(name)).findFirst().orElse(null);
  }
}
