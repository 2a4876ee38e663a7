package io.millrace.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a version of a catalog may not change of those that were before it: whatever is kept by name
 * or number over versions means the same in all of them.
 */
public final class Succession {
  /** Charges that an offer may have had over all versions. */
  public static final int MOST_CHARGES = 1_000;

  /** The version that is to come, or to go. */
  private final Catalog next;

  private final List<Fault> faults = new ArrayList<>();

  /**
   * Something that a version may not change.
   *
   * @param code stable; in the table of this module's README
   * @param what is wrong
   * @param fix how to mend it
   */
  public record Fault(String code, String what, String fix) {}

  private Succession(Catalog next) {
    this.next = next;
  }

  /**
   * What keeps a catalog from being a version beside others; empty where nothing does.
   *
   * @param known all versions that were ever activated, the first one first; one at least
   * @param held those of them that hold, now or later
   * @param beginsPeriod whether a settlement period begins at a catalog's effective date
   */
  public static List<Fault> faults(
      Catalog next, List<Catalog> known, List<Catalog> held, Predicate<Catalog> beginsPeriod) {
    Succession succession = new Succession(next);
    succession.terms(known.getFirst());
    for (Catalog each : held) {
      if (each.effective().equals(next.effective())) {
        succession.add(
            "same-effective",
            "the version " + each.hash().substring(0, 12) + " begins at the same moment",
            "Give this one another 'effective', or withdraw that one first");
      }
    }
    for (Catalog each : known) {
      each.meters().values().forEach(succession::meter);
      each.offers().values().forEach(succession::charges);
      BoughtUnits.of(each).values().forEach(succession::bought);
    }
    succession.count(known);
    List<Catalog> standing = new ArrayList<>(held);
    standing.add(next);
    return succession.followsFrom(standing, beginsPeriod);
  }

  /**
   * What keeps a version from being taken back that has not begun; empty where nothing does.
   *
   * @param gone one of {@code held}
   * @param known all versions that were ever activated, the first one first
   * @param held those of them that hold, now or later
   * @param beginsPeriod whether a settlement period begins at a catalog's effective date
   */
  public static List<Fault> faultsWithout(
      Catalog gone, List<Catalog> known, List<Catalog> held, Predicate<Catalog> beginsPeriod) {
    Succession succession = new Succession(gone);
    if (gone.hash().equals(known.getFirst().hash())) {
      succession.add(
          "first-version",
          "it is the first version, by which whatever is used before all others is rated",
          "Activate another version that begins later");
    }
    List<Catalog> standing = new ArrayList<>(held);
    standing.removeIf(each -> each.hash().equals(gone.hash()));
    return succession.followsFrom(standing, beginsPeriod);
  }

  /** Looks at how what begins when the version does, or later, follows what is before it. */
  private List<Fault> followsFrom(List<Catalog> standing, Predicate<Catalog> beginsPeriod) {
    standing.sort(Comparator.comparing(Catalog::effective));
    for (int i = 1; i < standing.size(); i++) {
      Catalog after = standing.get(i);
      if (after.effective().isBefore(next.effective())) {
        continue;
      }
      List<Catalog> before = standing.subList(0, i);
      comeBack(before, after);
      if (!beginsPeriod.test(after)) {
        shares(before, after);
        sponsors(before, after);
        prices(before, after);
        allowances(before, after);
      }
    }
    return faults.stream().distinct().toList();
  }

  private void add(String code, String what, String fix) {
    faults.add(new Fault(code, what, fix));
  }

  private void terms(Catalog first) {
    same("other-name", "catalog", first.name(), next.name());
    same("other-currency", "currency", first.currency(), next.currency());
    same("other-zone", "zone", first.zone(), next.zone());
    same("other-period", "period", first.period(), next.period());
    if (next.effective().isBefore(first.effective())) {
      add(
          "before-first",
          "it begins before the first version, on " + first.effective(),
          "Let it begin later");
    }
  }

  private void same(String code, String key, Object was, Object is) {
    if (!was.equals(is)) {
      add(
          code,
          "'" + key + "' is " + is + ", in the versions before it " + was,
          "Keep it: another " + key + " is another tenant's catalog");
    }
  }

  private void meter(Meter was) {
    Meter is = next.meters().get(was.name());
    if (is != null && !is.equals(was)) {
      add(
          "meter-changed",
          "the meter '" + was.name() + "' measures something else than in a version before",
          "Keep it as it was, and give the new meter another name");
    }
  }

  /** What accounts have bought stays what it was. */
  private void bought(BoughtUnits was) {
    BoughtUnits is = BoughtUnits.of(next).get(was.name());
    if (is != null && !is.isCountedAs(was)) {
      add(
          "bought-otherwise",
          "what is bought of '" + was.name() + "' is counted otherwise than in a version before",
          "Keep its unit and the meters of its charges, or give what is bought another name");
    }
  }

  private void charges(Offer was) {
    Offer is = next.offers().get(was.name());
    if (is == null) {
      return;
    }
    if (is.scope() != was.scope()) {
      add(
          "scope-changed",
          "the offer '" + was.name() + "' has another scope than in a version before",
          "Keep it, and give the new offer another name");
    }
    for (ChargeRule former : was.charges()) {
      for (ChargeRule charge : is.charges()) {
        if (charge.name().equals(former.name()) && !isOfOneKind(former, charge)) {
          add(
              "charge-changed",
              "the charge '"
                  + was.name()
                  + "/"
                  + charge.name()
                  + "' is of another kind, meter or rhythm than in a version before",
              "Keep it, and give the new charge another name");
        }
      }
    }
  }

  private boolean isOfOneKind(ChargeRule a, ChargeRule b) {
    return switch (a) {
      case ChargeRule.Usage u ->
          b instanceof ChargeRule.Usage v
              && u.meter().name().equals(v.meter().name())
              && (next.meters().containsKey(v.meter().name()) // Then it is the meter that changed.
                  || u.meter().scale() == v.meter().scale());
      case ChargeRule.Recurring r -> b instanceof ChargeRule.Recurring s && r.every() == s.every();
      default -> a.getClass() == b.getClass();
    };
  }

  private void count(List<Catalog> known) {
    for (Offer offer : next.offers().values()) {
      Set<String> names = new HashSet<>();
      offer.charges().forEach(charge -> names.add(charge.name()));
      known.stream()
          .map(each -> each.offers().get(offer.name()))
          .filter(was -> was != null)
          .map(Offer::charges)
          .flatMap(Collection::stream)
          .forEach(charge -> names.add(charge.name()));
      if (names.size() > MOST_CHARGES) {
        add(
            "too-many-charges",
            "the offer '" + offer.name() + "' has had over " + MOST_CHARGES + " charges",
            "Begin a new offer");
      }
    }
  }

  /** What is shared as a version begins stays shared as it stood, by whichever version said so. */
  private void shares(List<Catalog> before, Catalog after) {
    for (Offer is : after.offers().values()) {
      Offer was = last(before, is.name(), "");
      boolean same = was == null || was.agreement().equals(is.agreement());
      for (ChargeRule charge : is.charges()) {
        Offer had = last(before, is.name(), charge.name());
        same &= had == null || own(had, charge).equals(own(is, charge));
      }
      if (!same) {
        add(
            "shares-in-mid-period",
            "the shares of the offer '"
                + is.name()
                + "' change on "
                + after.effective()
                + ", in the middle of a settlement period",
            "Let the version begin as a period does, or keep the shares until then");
      }
    }
  }

  /** What a window holds has one sponsor, as a period's sums have. */
  private void sponsors(List<Catalog> before, Catalog after) {
    for (Offer is : after.offers().values()) {
      for (ChargeRule charge : is.charges()) {
        Optional<Sponsorship> by = is.termsOf(charge.name()).sponsorship();
        Offer had = last(before, is.name(), charge.name());
        boolean same =
            had == null
                ? by.stream().allMatch(s -> s.goesOnFrom(last(before, is.name(), "")))
                : ByValue.equal(had.termsOf(charge.name()).sponsorship(), by);
        if (!same) {
          add(
              "sponsor-in-mid-period",
              "who pays for '"
                  + is.name()
                  + "/"
                  + charge.name()
                  + "' changes on "
                  + after.effective()
                  + ", in the middle of a settlement period",
              "Let the version begin as a period does, or keep the sponsor until then");
        }
      }
    }
  }

  /**
   * What a charge of use counts from, a counter's reading or what a period had used, is not kept
   * while a version leaves it out.
   */
  private void comeBack(List<Catalog> before, Catalog after) {
    for (Offer is : after.offers().values()) {
      Offer was = last(before, is.name(), "");
      for (ChargeRule charge : is.charges()) {
        if (charge instanceof ChargeRule.Usage
            && was != null
            && usage(was, charge.name()) == null
            && last(before, is.name(), charge.name()) != null) {
          add(
              "charge-came-back",
              "the charge '"
                  + is.name()
                  + "/"
                  + charge.name()
                  + "' is back on "
                  + after.effective()
                  + ", and a version before leaves it out",
              "Give it another name, or keep it in all versions");
        }
      }
    }
  }

  /**
   * A period has one value of a meter whose readings don't just add up: what an event moves it by
   * can't be told apart by the event's own moment.
   */
  private void prices(List<Catalog> before, Catalog after) {
    for (Offer is : after.offers().values()) {
      Offer was = last(before, is.name(), "");
      for (ChargeRule charge : is.charges()) {
        ChargeRule.Usage had = was == null ? null : before(was, charge);
        if (had != null && isOfPeriod(had.meter()) && !had.saysTheSame(charge)) {
          add(
              "price-in-mid-period",
              "the price of '"
                  + is.name()
                  + "/"
                  + written(had)
                  + "' changes on "
                  + after.effective()
                  + ", in the middle of a settlement period, and its meter '"
                  + had.meter().name()
                  + "' has one value a period",
              "Let the version begin as a period does, or keep the price until then");
        }
      }
    }
  }

  /** The charge as it was, whatever bands it had or has. */
  private static ChargeRule.@Nullable Usage before(Offer was, ChargeRule charge) {
    ChargeRule.Usage same = usage(was, charge.name());
    if (same != null || !(charge instanceof ChargeRule.Usage is)) {
      return same;
    }
    for (ChargeRule each : was.charges()) {
      if (each instanceof ChargeRule.Usage usage && written(usage).equals(written(is))) {
        return usage;
      }
    }
    return null;
  }

  /** The name that the file gives to it, and to its other bands. */
  private static String written(ChargeRule.Usage charge) {
    return charge
        .band()
        .map(one -> "." + one.band().name())
        .map(band -> charge.name().substring(0, charge.name().length() - band.length()))
        .orElse(charge.name());
  }

  /** Of a period is there what is said as it begins: it may have been left to those after it. */
  private void allowances(List<Catalog> before, Catalog after) {
    for (Offer is : after.offers().values()) {
      Offer was = last(before, is.name(), "");
      for (ChargeRule charge : is.charges()) {
        ChargeRule.Usage had = was == null ? null : usage(was, charge.name());
        if (had != null
            && charge instanceof ChargeRule.Usage has
            && (had.isOrdered() || has.isOrdered())
            && !ByValue.equal(had.silently().allowances(), has.silently().allowances())) {
          add(
              "allowance-in-mid-period",
              "what is included of '"
                  + is.name()
                  + "/"
                  + charge.name()
                  + "' changes on "
                  + after.effective()
                  + ", in the middle of a settlement period, and is drawn on in the order of use",
              "Let the version begin as a period does, or keep the allowances until then");
        }
      }
    }
  }

  private static boolean isOfPeriod(Meter meter) {
    return switch (meter.aggregate()) {
      case SUM, COUNT, DELTA, TIME_WEIGHTED -> false;
      case MAX, LATEST, UNIQUE, BURST, PERCENTILE -> true;
    };
  }

  private static ChargeRule.@Nullable Usage usage(Offer offer, String charge) {
    for (ChargeRule each : offer.charges()) {
      if (each instanceof ChargeRule.Usage usage && usage.name().equals(charge)) {
        return usage;
      }
    }
    return null;
  }

  private static Optional<Agreement> own(Offer offer, ChargeRule charge) {
    return offer.termsOf(charge.name()).agreement();
  }

  /** The offer as the last version has it that has it, and this charge if one is named. */
  private static @Nullable Offer last(List<Catalog> versions, String offer, String charge) {
    Offer last = null;
    for (Catalog each : versions) {
      Offer there = each.offers().get(offer);
      if (there != null
          && (charge.isEmpty()
              || there.charges().stream().anyMatch(c -> c.name().equals(charge)))) {
        last = there;
      }
    }
    return last;
  }
}
