package io.millrace.connectors.dedupe;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HazelcastNodeTest {

  @Test
  void aMember_isAloneUntilAnotherComes_andAfterItHasGone() {
    try (HazelcastNode alone = HazelcastNode.start(HazelcastNode.Settings.alone())) {
      assertTrue(alone.isAlone());
    }
    try (TestCluster cluster = new TestCluster()) {
      assertFalse(cluster.first.isAlone());
      assertFalse(cluster.second.isAlone());
      cluster.killFirst();
      assertTrue(cluster.second.isAlone());
    }
  }
}
