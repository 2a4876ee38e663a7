package io.millrace.catalog;

import java.util.Optional;

/**
 * What holds for a charge beside its price.
 *
 * @param tax the code by which whoever books the charge works its tax out; empty where it has none
 * @param agreement how it is shared; empty where that is as its offer says
 * @param sponsorship who pays in the place of the subscription's account; empty where nobody does
 */
public record Terms(String tax, Optional<Agreement> agreement, Optional<Sponsorship> sponsorship) {

  /** Of a charge for which nothing is said. */
  public static final Terms NONE = new Terms("", Optional.empty(), Optional.empty());
}
