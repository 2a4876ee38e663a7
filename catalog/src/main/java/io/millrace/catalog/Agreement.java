package io.millrace.catalog;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a posted amount is shared. The shares always add up to the whole: either plain percentages
 * make 100, or one party takes the remainder.
 *
 * @param name unique in the catalog: the offer's name, and the charge's behind a slash where it is
 *     of one charge alone
 * @param shares in the file's order; empty where nothing is shared
 */
public record Agreement(String name, List<Share> shares) {

  /** Parts per million in the whole. */
  public static final int WHOLE = 1_000_000;

  public Agreement {
    shares = List.copyOf(shares);
    long remainders = shares.stream().filter(Share::remainder).count();
    Set<String> parties = new HashSet<>();
    for (Share share : shares) {
      if (!parties.add(share.party())) {
        throw new IllegalArgumentException("one share a party: " + shares);
      }
    }
    long named = mostNamed(shares);
    boolean whole =
        remainders == 1
            ? named < WHOLE
            : named == WHOLE && shares.stream().allMatch(Share::isPlain);
    if (!shares.isEmpty() && !whole || remainders > 1) {
      throw new IllegalArgumentException("shares make the whole: " + shares);
    }
  }

  /** Whether it promises a party something, whatever there is to share. */
  public boolean promises() {
    return shares.stream().anyMatch(share -> share.atLeast().signum() > 0);
  }

  /** Whether a party gets an amount for each unit. */
  public boolean isPerUnit() {
    return shares.stream().anyMatch(share -> share.part() instanceof PerUnit);
  }

  /**
   * What the percentages add up to where they are most, whatever is shared: in parts per million.
   */
  public static long mostNamed(List<Share> shares) {
    Set<BigDecimal> bounds = new HashSet<>();
    bounds.add(BigDecimal.ZERO);
    for (Share share : shares) {
      share.steps().forEach(step -> step.to().ifPresent(bounds::add));
    }
    long most = 0;
    for (BigDecimal above : bounds) {
      most = Math.max(most, shares.stream().mapToLong(s -> s.partsAbove(above)).sum());
    }
    return most;
  }

  /**
   * One party's part.
   *
   * @param party the party's id
   * @param part what it is
   * @param atLeast what the party gets of a period at the least, exact, in the catalog's currency;
   *     0 where nothing is promised
   */
  public record Share(String party, Part part, BigDecimal atLeast) {

    public Share {
      if (atLeast.signum() < 0 || (part instanceof Remainder && atLeast.signum() > 0)) {
        throw new IllegalArgumentException("nothing below 0, nor of a remainder, is promised");
      }
    }

    /**
     * A share of a percentage, or of the remainder, without a promise.
     *
     * @param partsPerMillion of the whole, 0 to 1,000,000; ignored where {@code remainder}
     * @param remainder whether this party takes what the others leave, and so every tie
     */
    public Share(String party, int partsPerMillion, boolean remainder) {
      this(
          party,
          remainder
              ? new Remainder()
              : new Percent(List.of(new Step(Optional.empty(), partsPerMillion))),
          BigDecimal.ZERO);
    }

    /** Whether this party takes what the others leave, and so every tie. */
    public boolean remainder() {
      return part instanceof Remainder;
    }

    /** Of the first step of what is shared; 0 where it is no percentage. */
    public int partsPerMillion() {
      return partsAbove(BigDecimal.ZERO);
    }

    /** The steps of a percentage; none where it is something else. */
    public List<Step> steps() {
      return part instanceof Percent percent ? percent.steps() : List.of();
    }

    /** What the party gets for each unit of the charge, in the catalog's currency; 0 for none. */
    public BigDecimal perUnit() {
      return part instanceof PerUnit fixed ? fixed.each() : BigDecimal.ZERO;
    }

    /** Whether it is one percentage and nothing more. */
    public boolean isPlain() {
      return steps().size() == 1 && atLeast.signum() == 0;
    }

    /** Parts per million of what is shared above an amount; 0 where it is no percentage. */
    public int partsAbove(BigDecimal amount) {
      for (Step step : steps()) {
        if (step.to().isEmpty() || step.to().get().compareTo(amount) > 0) {
          return step.partsPerMillion();
        }
      }
      return 0;
    }
  }

  /** What a party gets. */
  public sealed interface Part {}

  /**
   * A percentage of each step of what a period's whole comes to; ascending, the last has no end.
   */
  public record Percent(List<Step> steps) implements Part {
    public Percent {
      steps = List.copyOf(steps);
      BigDecimal from = BigDecimal.ZERO;
      for (int i = 0; i < steps.size(); i++) {
        Optional<BigDecimal> to = steps.get(i).to();
        if (to.isEmpty() != (i == steps.size() - 1)
            || (to.isPresent() && to.get().compareTo(from) <= 0)) {
          throw new IllegalArgumentException("steps ascend, only the last has no end: " + steps);
        }
        from = to.orElse(from);
      }
    }
  }

  /**
   * An amount for each unit of a charge of use, whatever the unit costs.
   *
   * @param each exact, above 0, in the catalog's currency
   */
  public record PerUnit(BigDecimal each) implements Part {
    public PerUnit {
      if (each.signum() <= 0) {
        throw new IllegalArgumentException("a share is something: " + each);
      }
    }
  }

  /** What the others leave. */
  public record Remainder() implements Part {}

  /**
   * A step of what is shared, from where the one before it ends.
   *
   * @param to the last amount in it, exact, in the catalog's currency; empty where it has no end
   * @param partsPerMillion 0 to 1,000,000
   */
  public record Step(Optional<BigDecimal> to, int partsPerMillion) {
    public Step {
      if (partsPerMillion < 0 || partsPerMillion > WHOLE) {
        throw new IllegalArgumentException("a share is 0 to 1,000,000: " + partsPerMillion);
      }
    }
  }
}
