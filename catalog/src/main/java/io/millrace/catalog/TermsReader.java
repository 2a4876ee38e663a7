package io.millrace.catalog;

import io.millrace.catalog.Agreement.Share;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads what holds for a charge, or for all charges of an offer that say nothing else. */
final class TermsReader {

  /** The words for it. */
  static final Set<String> KEYS = Set.of("tax", "share");

  private final Scalars scalars;
  private final ShareReader shares;

  TermsReader(Problems problems, ShareReader shares) {
    this.scalars = new Scalars(problems);
    this.shares = shares;
  }

  /**
   * What a file says.
   *
   * @param tax empty where it says none
   * @param shares empty where it says none
   */
  record Said(String tax, List<Share> shares) {

    /** The terms of a charge of an offer for which this is said. */
    Terms of(String charge, String offer) {
      return new Terms(
          tax,
          shares.isEmpty()
              ? Optional.empty()
              : Optional.of(new Agreement(offer + "/" + charge, shares)));
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
   * @param otherwise the tax code where none is said
   */
  @Nullable Said said(Fields fields, String otherwise) {
    String tax = fields.has("tax") ? scalars.name(fields.text("tax", "tax: VAT-21")) : otherwise;
    List<Share> read = shares.shares(fields);
    return tax == null || read == null ? null : new Said(tax, read);
  }
}
