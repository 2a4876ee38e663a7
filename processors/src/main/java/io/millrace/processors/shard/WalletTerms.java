package io.millrace.processors.shard;

import io.millrace.catalog.TopUp;

/**
 * What an account with a balance was opened on. Amounts are in ledger units.
 *
 * @param prepaid whether usage is paid from what was paid in before; else it is owed, up to a limit
 * @param floor where the balance ends for grants: 0 or more for what must stay, less than 0 for a
 *     credit limit
 * @param low with so much or less left above the floor, held or not, the account is told of as low;
 *     {@link Long#MIN_VALUE} where nobody wants to know
 * @param ledger the accounts that its changes are posted to
 */
public record WalletTerms(boolean prepaid, long floor, long low, Ledger ledger) {

  /** A floor is no further from 0, so that a balance and what it is compared with fit. */
  public static final long MOST = TopUp.MOST;

  /**
   * Ledger accounts by their ids.
   *
   * @param balance the customer's balance, a liability: its postings sum to minus the balance
   * @param overrun what the customer has used beyond the floor
   * @param drawn what all customers' charges were paid with from balances, or went beyond
   * @param cash what was paid in
   * @param adjustment what was put right
   */
  public record Ledger(int balance, int overrun, int drawn, int cash, int adjustment) {}

  public WalletTerms {
    if (Math.abs(floor) > MOST || low != Long.MIN_VALUE && (low < 0 || low > MOST)) {
      throw new IllegalArgumentException("a floor of " + floor + ", low at " + low);
    }
  }
}
