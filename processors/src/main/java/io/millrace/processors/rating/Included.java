package io.millrace.processors.rating;

import io.millrace.catalog.Allowance;
import io.millrace.catalog.ChargeRule;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What is included of a charge's use before it is priced.
 *
 * @param upTo the last unit that each allowance covers, ascending, in the meter's scaled integers;
 *     none where nothing is included
 * @param marks totals that are told of when they are reached, ascending
 * @param isDrawn whether use draws on what is included before the price sees it: then none is here
 */
public record Included(long[] upTo, List<Mark> marks, boolean isDrawn) {

  /**
   * A total that is told of.
   *
   * @param at the first total at which that much is used
   * @param allowance whose name it is told by
   * @param percent of it
   */
  public record Mark(long at, Allowance allowance, int percent) {}

  static Included of(ChargeRule.Usage rule) {
    if (rule.isOrdered()) {
      return new Included(new long[0], List.of(), true);
    }
    long[] upTo = new long[rule.allowances().size()];
    List<Mark> marks = new ArrayList<>();
    long before = 0;
    for (int a = 0; a < upTo.length; a++) {
      Allowance some = rule.allowances().get(a);
      long size = QuantitySteps.steps(rule.meter(), some.quantity(), some.unit());
      for (int percent : some.tell()) {
        marks.add(new Mark(before + partOf(size, percent), some, percent));
      }
      before = Math.addExact(before, size);
      upTo[a] = before;
    }
    marks.sort(Comparator.comparingLong(Mark::at));
    return new Included(upTo, List.copyOf(marks), false);
  }

  /** The least quantity that is that part of it. */
  private static long partOf(long size, int percent) {
    BigInteger hundred = BigInteger.valueOf(100);
    return BigInteger.valueOf(size)
        .multiply(BigInteger.valueOf(percent))
        .add(BigInteger.valueOf(99))
        .divide(hundred)
        .longValueExact();
  }
}
