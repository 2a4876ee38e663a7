package io.millrace.tests.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What checks have found wrong: a few of each check, or one bad row would hide the others. */
final class Findings {
  private static final int MOST_OF_A_CHECK = 4;

  final List<String> all = new ArrayList<>();
  private final Map<String, Integer> counts = new HashMap<>();

  void add(String check, String what) {
    if (counts.merge(check, 1, Integer::sum) <= MOST_OF_A_CHECK) {
      all.add(check + ": " + what);
    }
  }

  /** Finds each key at which two tables differ. */
  <K> void same(String check, Map<K, ?> expected, Map<K, ?> actual) {
    Set<K> keys = new HashSet<>(expected.keySet());
    keys.addAll(actual.keySet());
    for (K key : keys) {
      Object wanted = expected.get(key);
      Object found = actual.get(key);
      if (!Objects.equals(wanted, found)) {
        add(check, key + " is " + found + ", expected " + wanted);
      }
    }
  }
}
