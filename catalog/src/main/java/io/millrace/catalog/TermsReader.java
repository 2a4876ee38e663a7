package io.millrace.catalog;

import io.millrace.catalog.Agreement.Share;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads what holds for a charge, or for all charges of an offer that say nothing else. */
final class TermsReader {

  /** The words for it. */
  static final Set<String> KEYS = Set.of("tax", "share", SponsorReader.WORD);

  private final Scalars scalars;
  private final ShareReader shares;
  private final SponsorReader sponsors;

  TermsReader(Problems problems, ShareReader shares, SponsorReader sponsors) {
    this.scalars = new Scalars(problems);
    this.shares = shares;
    this.sponsors = sponsors;
  }

  /**
   * What a file says.
   *
   * @param tax empty where it says none
   * @param shares empty where it says none
   * @param sponsorship empty where it says none
   */
  record Said(String tax, List<Share> shares, Optional<Sponsorship> sponsorship) {
    /** Nothing. */
    static final Said NOTHING = new Said("", List.of(), Optional.empty());

    /** The terms of a charge of an offer for which this is said. */
    Terms of(String charge, String offer) {
      return new Terms(
          tax,
          shares.isEmpty()
              ? Optional.empty()
              : Optional.of(new Agreement(offer + "/" + charge, shares)),
          sponsorship);
    }
  }

  /** These keys and those of terms. */
  static Set<String> and(Set<String> keys) {
    Set<String> all = new TreeSet<>(keys);
    all.addAll(KEYS);
    return all;
  }

  /**
   * What is said; null after adding a problem.
   *
   * @param clause the charge of which it is said, empty for an offer
   * @param otherwise what holds where nothing is said, but for how it is shared
   */
  @Nullable Said said(Fields fields, String clause, Said otherwise) {
    String tax =
        fields.has("tax") ? scalars.name(fields.text("tax", "tax: VAT-21")) : otherwise.tax;
    List<Share> read = shares.shares(fields);
    Optional<Sponsorship> sponsorship =
        fields.has(SponsorReader.WORD) ? sponsors.read(fields, clause) : otherwise.sponsorship;
    return tax == null || read == null || sponsorship == null
        ? null
        : new Said(tax, read, sponsorship);
  }

  /** Adds a problem where a line takes off what is another account's to pay. */
  void checkLines(List<Yaml.Scalar> keys, List<ChargeRule> charges, Map<String, Terms> terms) {
    sponsors.checkLines(keys, charges, terms);
  }
}
