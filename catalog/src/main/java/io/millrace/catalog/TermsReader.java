package io.millrace.catalog;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads what holds for a charge, or for all charges of an offer that say nothing else. */
final class TermsReader {

  /** The words for it. */
  static final Set<String> KEYS = Set.of("tax");

  private final Scalars scalars;

  TermsReader(Problems problems) {
    this.scalars = new Scalars(problems);
  }

  /** These keys and those of terms. */
  static Set<String> and(Set<String> keys) {
    Set<String> all = new TreeSet<>(keys);
    all.addAll(KEYS);
    return all;
  }

  /**
   * The terms; null after adding a problem.
   *
   * @param otherwise what holds where nothing is said
   */
  @Nullable Terms terms(Fields fields, Terms otherwise) {
    if (!fields.has("tax")) {
      return otherwise;
    }
    String tax = scalars.name(fields.text("tax", "tax: VAT-21"));
    return tax == null ? null : new Terms(tax);
  }
}
