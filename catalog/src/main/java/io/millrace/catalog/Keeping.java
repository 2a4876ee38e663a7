package io.millrace.catalog;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * For how long an allowance is there, and for whom. What is more than the beginning of one charge's
 * period is *ordered*: use draws on it in the order in which it is taken in.
 *
 * @param together whether the charges that it is of have one quantity together
 * @param periods how many settlement periods after its own what is left of it carries on, 0 to
 *     {@link #MOST_PERIODS}
 * @param most how much of one period's carries on, in the allowance's unit; empty for all
 * @param validFor how long it is there from a subscription's beginning on, once; empty where it is
 *     not told so
 * @param validUntil until when it is there, once for each subscription; empty where it is not told
 *     so
 * @param bought whether nothing of it comes with the offer: it is what an account has bought of it,
 *     for all its devices and all charges that it is of
 */
public record Keeping(
    boolean together,
    int periods,
    Optional<BigDecimal> most,
    Optional<Duration> validFor,
    Optional<Instant> validUntil,
    boolean bought) {

  /** The most periods that anything carries on for. */
  public static final int MOST_PERIODS = 12;

  /** Each charge's own, anew in each period. */
  public static final Keeping EACH_PERIOD =
      new Keeping(false, 0, Optional.empty(), Optional.empty(), Optional.empty(), false);

  /** What an account buys of it, until that ends. */
  static final Keeping BOUGHT =
      new Keeping(false, 0, Optional.empty(), Optional.empty(), Optional.empty(), true);

  public Keeping {
    if (periods < 0 || periods > MOST_PERIODS) {
      throw new IllegalArgumentException("an allowance carries on for " + periods + " periods");
    }
  }

  /** Whether all charges that it is of draw on one quantity. */
  public boolean isShared() {
    return together || bought;
  }

  /** Whether there is one of it only, not one a period. */
  public boolean isOnce() {
    return validFor.isPresent() || validUntil.isPresent();
  }

  /** Whether what it covers depends on the order of use. */
  public boolean isOrdered() {
    return together || periods > 0 || isOnce() || bought;
  }
}
