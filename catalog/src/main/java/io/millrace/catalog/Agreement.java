package io.millrace.catalog;

import java.util.List;

/**
 * How the posted amount of an offer is shared. The shares always add up to the whole: either the
 * percentages make 100 or one party takes the remainder.
 *
 * @param name unique in the catalog: the offer's name unless it is given one
 * @param shares in the file's order; empty where nothing is shared
 */
public record Agreement(String name, List<Share> shares) {

  /** Parts per million in the whole. */
  public static final int WHOLE = 1_000_000;

  public Agreement {
    shares = List.copyOf(shares);
    long remainders = shares.stream().filter(Share::remainder).count();
    long named = shares.stream().mapToLong(Share::namedParts).sum();
    if (!shares.isEmpty() && (remainders == 1 ? named >= WHOLE : named != WHOLE)
        || remainders > 1
        || shares.stream().map(Share::party).distinct().count() < shares.size()) {
      throw new IllegalArgumentException("shares make the whole, one a party: " + shares);
    }
  }

  /**
   * One party's part.
   *
   * @param party the party's id
   * @param partsPerMillion of the whole, 0 to 1,000,000; ignored where {@code remainder}
   * @param remainder whether this party takes what the others leave, and so every tie
   */
  public record Share(String party, int partsPerMillion, boolean remainder) {

    public Share {
      if (partsPerMillion < 0 || partsPerMillion > WHOLE) {
        throw new IllegalArgumentException("a share is 0 to 1,000,000: " + partsPerMillion);
      }
    }

    private int namedParts() {
      return remainder ? 0 : partsPerMillion;
    }
  }
}
