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
   * Pays into a bucket beside the main balance; made where there is none of its name.
   *
   * @param expires when it ends, like {@code 2026-12-31T23:00:00Z}; empty for what it was, never
   *     for a new one
   * @param eventType the only use that it is for; empty for what it was, any for a new one
   * @param key repeated with the same request it is paid in once
   */
  String topUpBucket(
      String account, String amount, String bucket, String expires, String eventType, String key);

  /**
   * Adds units of an allowance that is bought.
   *
   * @param units a decimal of the allowance's unit
   * @param bucket empty for the one of the allowance's name
   * @param expires when it ends; empty for what it was, never for a new one
   * @param key repeated with the same request it is done once
   */
  String topUpUnits(
      String account, String units, String allowance, String bucket, String expires, String key);

  /**
   * Puts a bucket of money right, up or down; never below what open reservations need.
   *
   * @param reason why
   * @param key repeated with the same request it is done once
   */
  String adjustBucket(String account, String amount, String bucket, String reason, String key);

  /**
   * Puts units of an allowance right, up or down; never below what open reservations need.
   *
   * @param bucket empty for the one of the allowance's name
   * @param reason why
   * @param key repeated with the same request it is done once
   */
  String adjustUnits(
      String account, String units, String allowance, String bucket, String reason, String key);

  /**
   * Puts a balance right, up or down; never below its floor.
   *
   * @param reason why
   * @param key repeated with the same amount and reason it is done once
   */
  String adjust(String account, String amount, String reason, String key);
}
