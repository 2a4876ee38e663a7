package io.millrace.processors.shard;

import org.junit.jupiter.api.Test;

/**
 * Random lives of two shards whose drivers reserve, commit, release and are charged at once while a
 * maker pays, within a bound, its balance or both; its own car reserves too. Cars go to other
 * accounts and come back, and from a day on others pay, or nobody, while something is held: in half
 * of the lives a car is seldom at rest. In every other life nothing else is used, so that nobody
 * may ever come to be beyond its floor; in the rest usage comes beside the grants, commits too late
 * or of more than was granted, and what it costs is charged.
 */
class PledgesModelTest {

  /** Life 0 to 299 in each build; {@code -Dpledges.lives=N} lives N. */
  @Test
  void whatIsGranted_isThereAsItIsUsed_whoeverPays() {
    int lives = Integer.getInteger("pledges.lives", 300);
    for (long life = 0; life < lives; life++) {
      try {
        new PledgeLife(life).live();
      } catch (AssertionError | IllegalStateException e) {
        throw new AssertionError("life " + life + ": " + e.getMessage(), e);
      }
    }
  }
}
