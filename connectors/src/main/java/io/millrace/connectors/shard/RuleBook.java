package io.millrace.connectors.shard;

import io.millrace.processors.rating.Rules;

/** All versions of a tenant's rules, as they were activated. */
@FunctionalInterface
public interface RuleBook {

  /**
   * The rules of a version.
   *
   * @param version as a shard's row or a journal row names it
   * @throws StoreUnavailable where they can't be read
   * @throws IllegalStateException where there are none of that version
   */
  Rules at(int version);

  /** Of rules that stay as they are. */
  static RuleBook of(Rules only) {
    return version -> only;
  }
}
