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

  /**
   * The same for who goes over to them.
   *
   * @throws RulesUnreadable where this node can't make rules of what is there
   */
  default Rules read(int version) {
    try {
      return at(version);
    } catch (StoreUnavailable e) {
      throw e;
    } catch (RuntimeException e) {
      throw new RulesUnreadable(version, e);
    }
  }

  /** Of rules that stay as they are. */
  static RuleBook of(Rules only) {
    return version -> only;
  }
}
