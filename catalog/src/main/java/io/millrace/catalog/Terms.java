package io.millrace.catalog;

/**
 * What holds for a charge beside its price.
 *
 * @param tax the code by which whoever books the charge works its tax out; empty where it has none
 */
public record Terms(String tax) {

  /** Of a charge for which nothing is said. */
  public static final Terms NONE = new Terms("");
}
