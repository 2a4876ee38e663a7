package io.millrace.processors.shard;

import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.usage.UsageBatch;
import org.jspecify.annotations.Nullable;

/**
 * What a quantity would cost a subscription now: behind what is charged already, and behind what is
 * granted and not committed yet, whichever is more, so that it is enough in either order.
 */
final class Quotes {
  private final Rules rules;
  private final Metering metering;
  private final UsageBatch row = new UsageBatch(1);
  private final long[] values;
  private @Nullable Subscription subscription;
  private long at;
  private int type;
  private int value;
  private long outstanding;
  private long granted;
  private long priced;

  Quotes(Rules rules, Metering metering) {
    this.rules = rules;
    this.metering = metering;
    this.values =
        new long[rules.types().stream().mapToInt(t -> t.meters().size()).max().orElse(0) + 1];
  }

  /**
   * Of one reading of a subscription.
   *
   * @param reserved what is granted of it already, in the meter's scaled integers
   */
  void of(Subscription s, long time, int ofType, int ofValue, long reserved) {
    subscription = s;
    at = time;
    type = ofType;
    value = ofValue;
    outstanding = reserved;
    granted = 0;
  }

  /** Prices a quantity; null where {@link #priced} says what it costs, else why it can't be. */
  @Nullable Outcome price(long quantity) {
    if (type >= rules.types().size() || value >= rules.types().get(type).meters().size()) {
      return Outcome.NOT_PRICED;
    }
    Reason bad = quote(quantity);
    long alone = metering.quoted();
    if (bad == null && outstanding > 0) {
      bad = quote(outstanding);
      granted = metering.quoted();
      if (bad == null && Long.MAX_VALUE - outstanding < quantity) {
        bad = Reason.BAD_QUANTITY;
      }
      if (bad == null) {
        bad = quote(outstanding + quantity);
      }
    } else {
      granted = 0;
    }
    if (bad != null) {
      return bad == Reason.NO_OFFER ? Outcome.NOT_PRICED : Outcome.BAD_QUANTITY;
    }
    long behind = outstanding > 0 ? metering.quoted() - granted : alone;
    priced = Math.max(0, Math.max(alone, behind));
    return null;
  }

  /** What the last quantity costs, ledger units, 0 at least. */
  long priced() {
    return priced;
  }

  /** The most of a quantity that costs no more than that, 0 where nothing does; priced then. */
  long most(long quantity, long affordable) {
    long fits = 0;
    long tooMuch = quantity;
    while (tooMuch - fits > 1) {
      long middle = fits + (tooMuch - fits) / 2;
      if (price(middle) == null && priced <= affordable) {
        fits = middle;
      } else {
        tooMuch = middle;
      }
    }
    return fits > 0 && price(fits) == null && priced <= affordable ? fits : 0;
  }

  private @Nullable Reason quote(long quantity) {
    Subscription s = subscription;
    if (s == null) {
      return Reason.NO_OFFER;
    }
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
