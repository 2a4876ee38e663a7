package io.millrace.processors.shard;

import io.millrace.processors.rating.Bundle;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.EventType;
import io.millrace.processors.rating.Rules.OfferRules;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.usage.Attributes;
import io.millrace.processors.usage.UsageBatch;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to grant a subscription a quantity now: what all that is granted must hold then,
 * less what it holds already.
 */
final class Quotes {
  private static final long NOT_KNOWN = Long.MIN_VALUE;
  private static final long[] NOTHING = {};

  private final Rules rules;
  private final Metering metering;
  private final Holds holds;
  private final UsageBatch row = new UsageBatch(1);
  private final long[] values;
  private @Nullable Subscription subscription;
  private long[] said = NOTHING;
  private long at;
  private int type;
  private int value;
  private long outstanding;
  private long held;
  private long priced;
  private long taken;
  private long borneBefore;
  private long sponsored;

  Quotes(Rules rules, Metering metering, Holds holds) {
    this.rules = rules;
    this.metering = metering;
    this.holds = holds;
    this.values =
        new long[rules.types().stream().mapToInt(t -> t.meters().size()).max().orElse(0) + 1];
  }

  /**
   * Of one reading of a subscription.
   *
   * @param granted what it is granted of the event type already
   * @param attributes what is said of its use
   */
  void of(
      Subscription s,
      long time,
      int ofType,
      int ofValue,
      List<Reservation> granted,
      Attributes attributes) {
    subscription = s;
    boolean isKnown = ofType < rules.types().size();
    said = isKnown ? attributes.told(rules.types().get(ofType).meters()) : NOTHING;
    Arrays.fill(values, 0);
    System.arraycopy(said, 0, values, 0, said.length);
    if (ofValue < values.length) {
      values[ofValue] = 0; // What is asked for is read, whatever is said.
    }
    at = time;
    type = ofType;
    value = ofValue;
    outstanding = 0;
    borneBefore = NOT_KNOWN;
    for (Reservation r : granted) {
      outstanding += r.value() == ofValue ? r.left() : 0;
    }
  }

  /** Prices a quantity; null where {@link #priced} says what it costs, else why it can't be. */
  @Nullable Outcome price(long quantity) {
    Subscription s = subscription;
    if (s == null
        || type >= rules.types().size()
        || value >= rules.types().get(type).meters().size()) {
      return Outcome.NOT_PRICED;
    }
    if (!addsUp(s)) {
      return Outcome.PRICED_PER_EVENT;
    }
    if (borneBefore == NOT_KNOWN) {
      borneBefore = borneOf(s);
    }
    if (outstanding < 0 || Long.MAX_VALUE - outstanding < quantity) {
      return Outcome.BAD_QUANTITY;
    }
    Reason bad = quote(s, outstanding + quantity);
    if (bad != null) {
      return bad == Reason.NO_OFFER ? Outcome.NOT_PRICED : Outcome.BAD_QUANTITY;
    }
    try {
      holds.price(s, type, at, value, quantity, said);
      held = holds.more(s, type);
      priced = Math.addExact(held, holds.moreBeside(s, type));
      taken = holds.taken(s, type);
      sponsored = Math.max(0, holds.borne() - borneBefore);
      return null;
    } catch (ArithmeticException overflow) {
      return Outcome.BAD_QUANTITY;
    }
  }

  /** What sponsors pay of what is granted already. */
  private long borneOf(Subscription s) {
    try {
      holds.price(s, type, at, value, 0, said);
      return holds.borne();
    } catch (ArithmeticException overflow) {
      return 0;
    }
  }

  /** Whether what is granted costs the same by however many events it is used. */
  private boolean addsUp(Subscription s) {
    OfferRules offer = rules.offers().get(s.offer).at(at);
    return offer == null
        || offer.usage().stream()
            .filter(c -> c.reads(type) && c.isFor(at, values, 0))
            .filter(c -> c.seen(type, values, 0) != UsageBatch.NOT_READ)
            .allMatch(c -> c.addsUp() && c.curve().addsUp() && !counts(c));
  }

  /** Whether it is for something that each event counts once for, if its texts say so. */
  private boolean counts(UsageCharge charge) {
    EventType read = rules.types().get(type);
    Bundle bundle = charge.bundle();
    for (int v = 0; v < read.meters().size(); v++) {
      boolean reads = bundle == null ? charge.value() == v : bundle.reads(type, v);
      if (reads && !read.isMeasured(v) && values[v] != UsageBatch.NOT_READ) {
        return true;
      }
    }
    return false;
  }

  /** What the last quantity costs the subscription's own account, ledger units, 0 at least. */
  long priced() {
    return priced;
  }

  /** What of that is held for it; the rest is for what is granted of other event types. */
  long held() {
    return held;
  }

  /** What sponsors pay of the last quantity, ledger units, 0 at least. */
  long sponsored() {
    return sponsored;
  }

  /** What it takes of what is available for its event type, ledger units, 0 at least. */
  long taken() {
    return taken;
  }

  /** The most of a quantity that takes no more than that, 0 where nothing does; priced then. */
  long most(long quantity, long affordable) {
    long fits = 0;
    long tooMuch = quantity;
    while (tooMuch - fits > 1) {
      long middle = fits + (tooMuch - fits) / 2;
      if (price(middle) == null && taken <= affordable) {
        fits = middle;
      } else {
        tooMuch = middle;
      }
    }
    return fits > 0 && price(fits) == null && taken <= affordable ? fits : 0;
  }

  private @Nullable Reason quote(Subscription s, long quantity) {
    values[value] = quantity;
    row.clear();
    row.add(
        0,
        s.id,
        0,
        0,
        true,
        at,
        at,
        type,
        values,
        rules.types().get(type).meters().size(),
        new byte[0],
        0,
        0);
    values[value] = 0;
    return metering.quote(s, row, 0);
  }
}
