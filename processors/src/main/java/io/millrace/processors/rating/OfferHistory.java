package io.millrace.processors.rating;

import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.RecurringCharge;
import io.millrace.processors.rating.Rules.Sharing;
import io.millrace.processors.rating.Rules.UsageCharge;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An offer over all versions of the catalog. It holds by what is used when: each time has the terms
 * of the last version by then that offers it, so that one who has an offer keeps it as it last
 * stood where a later version no longer sells it. Charges have numbers that no version changes.
 *
 * <p>Times are milliseconds since 1970-01-01 UTC. Safe for any thread.
 */
public final class OfferHistory {
  /** Stands for no time. */
  public static final long NEVER = Long.MAX_VALUE;

  private final String name;
  private final List<String> charges;
  private final List<OfferRules> terms;
  private final int slots;
  private final boolean[] counted;
  private final boolean closes;
  private final boolean includes;

  /**
   * An offer's history.
   *
   * @param charges the names of its charges, by their numbers
   * @param terms ascending by the time from which they hold; one at least
   * @param slots how many of its charges time moves
   */
  public OfferHistory(String name, List<String> charges, List<OfferRules> terms, int slots) {
    this.name = name;
    this.charges = List.copyOf(charges);
    this.terms = List.copyOf(terms);
    this.slots = slots;
    this.counted = new boolean[charges.size()];
    boolean anyCloses = false;
    for (OfferRules some : terms) {
      anyCloses |= !some.closing().isEmpty();
      some.closing()
          .forEach(
              line -> {
                for (int of : line.of()) {
                  counted[of] = true;
                }
              });
    }
    this.closes = anyCloses;
    this.includes =
        terms.stream()
            .flatMap(some -> some.usage().stream())
            .anyMatch(charge -> charge.curve().allowances() > 0 || !charge.drawn().isEmpty());
  }

  /** The offer's name. */
  public String name() {
    return name;
  }

  /** Whether devices share its counters, in every version alike. */
  public boolean isPooled() {
    return switch (last().offer().scope()) {
      case DEVICE, EVENT -> false;
      case ACCOUNT, GROUP -> true;
    };
  }

  /** A charge's name by its number. */
  public String chargeName(int number) {
    return charges.get(number);
  }

  /** A charge's number by its name, −1 where it has never had one of that name. */
  public int chargeNumber(String charge) {
    return charges.indexOf(charge);
  }

  /** All its terms, ascending by the time from which they hold. */
  public List<OfferRules> terms() {
    return terms;
  }

  /** Its terms as they are known last. */
  public OfferRules last() {
    return terms.getLast();
  }

  /** What holds at a time; null where it was not offered yet. */
  public @Nullable OfferRules at(long time) {
    for (int i = terms.size() - 1; i >= 0; i--) {
      OfferRules some = terms.get(i);
      if (some.from() <= time) {
        return some;
      }
    }
    return null;
  }

  /** Reads ahead what an event of now will need of it; the sum means nothing. */
  public long warmth() {
    List<UsageCharge> charges = last().usage();
    long sum = 0;
    for (int i = 0; i < charges.size(); i++) {
      sum += charges.get(i).curve().warmth();
    }
    return sum;
  }

  /** The terms of a version of the catalog by its hash; null where it does not offer it. */
  public @Nullable OfferRules of(String catalog) {
    for (OfferRules some : terms) {
      if (some.catalog().hash().equals(catalog)) {
        return some;
      }
    }
    return null;
  }

  /** How many of its charges time moves, in any version. */
  public int slots() {
    return slots;
  }

  /** Whether a period's end has lines for it in any version. */
  public boolean closes() {
    return closes;
  }

  /** Whether it includes some of its charges' use in any version. */
  public boolean includes() {
    return includes;
  }

  /** Whether a line of a period's end counts a charge in any version. */
  public boolean isCounted(int charge) {
    return counted[charge];
  }

  /**
   * How what a charge posts to a period is shared: by its own agreement, as the last version has it
   * that has the charge, else by the offer's, as it last stood; of those that began in the period
   * or before. So the offer's agreement is one for all charges that a period books.
   *
   * @param end the first moment after the period
   * @return null where the operator keeps all of it
   */
  public @Nullable Sharing sharing(int charge, long end) {
    OfferRules last = terms.getFirst();
    Sharing own = null;
    for (OfferRules some : terms) {
      if (some.from() < end) {
        last = some;
        own = some.has(charge) ? some.sharing(charge) : own;
      }
    }
    return own != null && own.index() > 0 ? own : last.common();
  }

  /** What recurs in a slot at a time; null where nothing does then. */
  public @Nullable RecurringCharge recurring(int slot, long time) {
    OfferRules then = at(time);
    return then == null ? null : then.inSlot(slot);
  }

  /**
   * When what is in a slot fell due last, in the day or month that holds a time.
   *
   * @param from when the subscription begins
   * @return {@link #NEVER} where it did not fall due in it by then
   */
  public long lastDue(int slot, long from, long time) {
    RecurringCharge then = recurring(slot, time);
    if (then == null || then.recurrence().isOnce() || time < from) {
      return NEVER;
    }
    long due = Math.max(from, then.recurrence().startOf(time));
    for (int i = 0; i < terms.size() && recurring(slot, due) == null; i++) {
      due = Math.max(due, terms.get(i).from());
    }
    return due <= time ? due : NEVER;
  }

  /**
   * When what is in a slot falls due first.
   *
   * @param from when the subscription begins
   */
  public long firstDue(int slot, long from) {
    RecurringCharge then = recurring(slot, from);
    if (then != null) {
      return then.recurrence().firstDue(from);
    }
    return next(slot, from);
  }

  /** When what is in a slot falls due after it was due at a time. */
  public long nextDue(int slot, long due) {
    RecurringCharge charge = null;
    for (OfferRules some : terms) {
      RecurringCharge there = some.inSlot(slot);
      if (there != null && (charge == null || some.from() <= due)) {
        charge = there;
      }
    }
    if (charge == null) {
      return NEVER;
    }
    long next = charge.recurrence().nextDue(due);
    return next == NEVER || recurring(slot, next) != null ? next : next(slot, next);
  }

  /**
   * When what does not recur in a slot now falls due next: with the version that brings it back, in
   * a day or month that it has not been due in.
   *
   * @param from when the subscription begins
   */
  public long dueAgain(int slot, long now, long from) {
    RecurringCharge last = null;
    long removed = Long.MIN_VALUE;
    for (OfferRules some : terms) {
      if (some.from() <= now) {
        RecurringCharge there = some.inSlot(slot);
        if (there != null) {
          last = there;
          removed = Long.MIN_VALUE;
        } else if (removed == Long.MIN_VALUE) {
          removed = some.from();
        }
      }
    }
    long next = next(slot, now);
    if (last == null || removed <= from) {
      return next;
    }
    long earliest = last.recurrence().nextDue(removed - 1);
    return next >= earliest
        ? next
        : recurring(slot, earliest) != null ? earliest : next(slot, earliest);
  }

  /**
   * When a version begins that brings back, or in, what recurs in a slot and did not until then.
   */
  public long next(int slot, long after) {
    for (int i = 0; i < terms.size(); i++) {
      RecurringCharge there = terms.get(i).inSlot(slot);
      if (terms.get(i).from() > after
          && there != null
          && !there.recurrence().isOnce()
          && (i == 0 || terms.get(i - 1).inSlot(slot) == null)) {
        return terms.get(i).from();
      }
    }
    return NEVER;
  }
}
