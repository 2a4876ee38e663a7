package io.millrace.processors.shard;

/**
 * What is asked of an account with a balance, in the shard of its root. Every request has an
 * answer, durable before it is given; one that is repeated under its key gets the same again.
 */
public sealed interface AccountRequest {

  /**
   * Tells a request from any other, and whether another under the same key says the same.
   *
   * @param high half of a hash of the key
   * @param low the other half
   * @param bodyHigh half of a hash of what is asked
   * @param bodyLow the other half
   */
  record Key(long high, long low, long bodyHigh, long bodyLow) {}

  /** By which a repetition is known. */
  Key key();

  /** Opens an account, or changes its terms. */
  record Open(Key key, int account, WalletTerms terms) implements AccountRequest {}

  /**
   * Pays in, or puts right.
   *
   * @param amount ledger units; of a top-up more than 0
   * @param adjustment whether it is put right rather than paid in
   */
  record Pay(Key key, int account, long amount, boolean adjustment) implements AccountRequest {
    public Pay {
      if (amount == 0 || amount < 0 && !adjustment || Math.absExact(amount) > WalletTerms.MOST) {
        throw new IllegalArgumentException("a payment of " + amount);
      }
    }
  }

  /**
   * Pays from one account to another, which has it then or soon after.
   *
   * @param to the other customer's account, a root too
   * @param shard of that root
   * @param amount ledger units, more than 0
   * @param transit the ledger account of what is on its way
   */
  record Transfer(Key key, int account, int to, int shard, long amount, int transit)
      implements AccountRequest {
    public Transfer {
      if (amount <= 0 || amount > WalletTerms.MOST || account == to) {
        throw new IllegalArgumentException("a transfer of " + amount);
      }
    }
  }

  /**
   * Asks for a quantity before it is used.
   *
   * @param subscription whose
   * @param type the event type that the use will be of, by index
   * @param value which of the type's readings
   * @param quantity in the meter's scaled integers, more than 0
   * @param partial whether less than that will do
   * @param validFor milliseconds until what is not committed is free again
   * @param dry whether only the price is wanted: nothing is reserved and nothing remembered
   */
  record Reserve(
      Key key,
      long subscription,
      int type,
      int value,
      long quantity,
      boolean partial,
      long validFor,
      boolean dry)
      implements AccountRequest {

    public Reserve {
      if (quantity <= 0 || validFor <= 0 || validFor > Reservation.LONGEST) {
        throw new IllegalArgumentException("a reservation of " + quantity + " for " + validFor);
      }
    }
  }

  /**
   * Something was used: a row of usage, charged within a reservation or, where there is none,
   * granted and charged at once.
   *
   * @param row index in the section's usage; {@link #NO_ROW} where the reservation was not found
   * @param seq the reservation's; 0 where there is none
   * @param n the reservation's
   * @param last whether what is left of the reservation is released
   */
  record Use(Key key, int row, long seq, int n, boolean last) implements AccountRequest {

    /** Stands for no row. */
    public static final int NO_ROW = -1;

    /** The same of another row. */
    public Use ofRow(int other) {
      return new Use(key, other, seq, n, last);
    }
  }

  /** Lets go of what is left of a reservation. */
  record Release(Key key, long seq, int n) implements AccountRequest {}
}
