package io.millrace.catalog;

import java.util.Collection;
import java.util.Locale;

/** Finds what a misspelt word was meant to be. */
final class Spelling {

  private static final int MAX_LENGTH = 64;

  private Spelling() {}

  /**
   * What to write instead of an unknown word: the one nearest to it, or else the words there are.
   *
   * @param known sorted or in a sensible order; the first of equally near ones wins
   */
  static String fix(String word, Collection<String> known) {
    String nearest = "";
    int least = Math.max(1, word.length() / 3) + 1;
    for (String candidate : known) {
      int edits = edits(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (edits < least) {
        least = edits;
        nearest = candidate;
      }
    }
    if (!nearest.isEmpty()) {
      return "Did you mean '" + nearest + "'?";
    }
    return known.isEmpty()
        ? "There is none to choose from"
        : "Write one of: " + String.join(", ", known.stream().limit(20).toList());
  }

  /** Insertions, deletions, replacements and swaps of neighbours between two words. */
  private static int edits(String a, String b) {
    if (a.length() > MAX_LENGTH || b.length() > MAX_LENGTH) {
      return Integer.MAX_VALUE;
    }
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        cost[i][j] =
            Math.min(
                Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + (same ? 0 : 1));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
