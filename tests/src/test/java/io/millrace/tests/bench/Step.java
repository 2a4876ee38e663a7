package io.millrace.tests.bench;

/** One thing that the benchmark measures, beside its yardstick. */
interface Step {

  /** The name it is chosen by. */
  String name();

  /** What it measures, in a line. */
  String what();

  /**
   * Measures as often as the scale says.
   *
   * @param figures takes what it measured, and knows what the steps before did
   */
  void measure(Site site, Figures figures) throws Exception;
}
