package io.millrace.ops.jmx;

/**
 * {@code io.millrace:type=Accounts}: accounts with balances, as REST shows and changes them.
 * Amounts are decimals like {@code 12.50}; answers are REST's JSON; what is refused is an {@link
 * IllegalStateException} with code, meaning and next step.
 */
public interface AccountsMXBean {
  /** What an account owes, has and may use. */
  String show(String account);

  /**
   * Pays in.
   *
   * @param key repeated with the same amount it is paid in once
   */
  String topUp(String account, String amount, String key);

  /**
   * Puts a balance right, up or down; never below its floor.
   *
   * @param reason why
   * @param key repeated with the same amount and reason it is done once
   */
  String adjust(String account, String amount, String reason, String key);
}
