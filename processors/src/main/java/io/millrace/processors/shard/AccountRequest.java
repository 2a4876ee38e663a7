package io.millrace.processors.shard;

import io.millrace.catalog.TopUp;
import io.millrace.processors.usage.Attributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /** Why, in somebody's words: kept with the evidence, and empty where that is gone. */
  default String reason() {
    return "";
  }

  /** The same with a reason, where it is one that may have one. */
  default AccountRequest because(String why) {
    return this;
  }

  /** The rows of usage that it brings, by their index in the section. */
  default List<Integer> rows() {
    return List.of();
  }

  /** The same where one row of the section is taken out; null where nothing is left of it. */
  default @Nullable AccountRequest without(int row) {
    return this;
  }

  /** Opens an account, or changes its terms. */
  record Open(Key key, int account, WalletTerms terms) implements AccountRequest {}

  /**
   * Pays in, or puts right.
   *
   * @param amount ledger units; of a top-up more than 0
   * @param adjustment whether it is put right rather than paid in
   * @param into the bucket; null for the main balance
   * @param reason why, in somebody's words: kept with the evidence, and empty where that is gone
   */
  record Pay(
      Key key, int account, long amount, boolean adjustment, @Nullable Into into, String reason)
      implements AccountRequest {

    /** Into the main balance, or from it. */
    public Pay(Key key, int account, long amount, boolean adjustment) {
      this(key, account, amount, adjustment, null);
    }

    /** Without a reason. */
    public Pay(Key key, int account, long amount, boolean adjustment, @Nullable Into into) {
      this(key, account, amount, adjustment, into, "");
    }

    @Override
    public Pay because(String why) {
      return new Pay(key, account, amount, adjustment, into, why);
    }

    public Pay {
      if (amount == 0 || amount < 0 && !adjustment || Math.absExact(amount) > WalletTerms.MOST) {
        throw new IllegalArgumentException("a payment of " + amount);
      }
    }
  }

  /**
   * A bucket of money that something is paid into; made where there is none of its name.
   *
   * @param bucket its name among those of its account
   * @param type the event type that it is for alone, by index; {@link #UNSAID} for that which it
   *     has, and any in a new one
   * @param expires its first moment after, milliseconds since 1970-01-01 UTC; {@link #UNSAID} for
   *     that which it has, and none in a new one
   * @param bonus the customer's ledger account of what is in buckets
   * @param expired the ledger account of what ran out
   */
  record Into(String bucket, int type, long expires, int bonus, int expired) {

    /** Stands for what is not said. */
    public static final int UNSAID = -1;

    /** Characters of a name at most. */
    public static final int MOST_NAME = 64;

    public Into {
      if (bucket.isEmpty() || bucket.length() > MOST_NAME) {
        throw new IllegalArgumentException("a bucket of a name of " + bucket.length());
      }
    }
  }

  /**
   * Adds units of an allowance that were bought, or puts them right. What was paid for them is no
   * matter of this: an event is charged for it, as for anything else that is sold.
   *
   * @param bucket its name among those of its account; made where there is none
   * @param allowance the name of the allowance that its use draws on it by
   * @param quantity in the scaled integers of the allowance's meter; of a top-up more than 0
   * @param adjustment whether it is put right rather than added
   * @param expires its first moment after; {@link Into#UNSAID} for that which it has, and none in a
   *     new one
   * @param reason why, in somebody's words
   */
  record Units(
      Key key,
      int account,
      String bucket,
      String allowance,
      long quantity,
      boolean adjustment,
      long expires,
      String reason)
      implements AccountRequest {

    @Override
    public Units because(String why) {
      return new Units(key, account, bucket, allowance, quantity, adjustment, expires, why);
    }

    public Units {
      if (quantity == 0 || quantity < 0 && !adjustment || Math.absExact(quantity) > MOST_UNITS) {
        throw new IllegalArgumentException("a top-up of " + quantity + " units");
      }
      if (bucket.isEmpty() || bucket.length() > Into.MOST_NAME || allowance.isEmpty()) {
        throw new IllegalArgumentException("a bucket of a name of " + bucket.length());
      }
    }
  }

  /** Units that an account has of an allowance at most: sums of them fit a {@code long}. */
  long MOST_UNITS = TopUp.MOST;

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
   * @param said of its use, by which it is priced and, where that says nothing else, charged
   */
  record Reserve(
      Key key,
      long subscription,
      int type,
      int value,
      long quantity,
      boolean partial,
      long validFor,
      boolean dry,
      Attributes said)
      implements AccountRequest {

    /** Of a use that nothing is said of. */
    public Reserve(
        Key key,
        long subscription,
        int type,
        int value,
        long quantity,
        boolean partial,
        long validFor,
        boolean dry) {
      this(key, subscription, type, value, quantity, partial, validFor, dry, Attributes.NONE);
    }

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

    @Override
    public List<Integer> rows() {
      return row < 0 ? List.of() : List.of(row);
    }

    @Override
    public @Nullable AccountRequest without(int other) {
      return other == row ? null : new Use(key, row > other ? row - 1 : row, seq, n, last);
    }
  }

  /** Lets go of what is left of a reservation. */
  record Release(Key key, long seq, int n) implements AccountRequest {}

  /**
   * A step of a charging session (3GPP TS 32.290 clause 5.3): what was used is charged, whatever it
   * comes to; then what is asked for is granted, or part of it. All of it is one commit.
   *
   * @param seq the session's; 0 where it begins with this, or there is none
   * @param n the session's
   * @param subscription whose, where there is no session yet
   * @param number tells the steps of a session apart: each has a larger one than the one before
   * @param validFor milliseconds until what is granted and not used is free again
   * @param parts by rating group, each at most once
   */
  record Step(
      Key key,
      Kind kind,
      long seq,
      int n,
      long subscription,
      long number,
      long validFor,
      List<Part> parts)
      implements AccountRequest {

    /** Parts of a step at most. */
    public static final int MOST_PARTS = 16;

    /** What it does to its session; the ordinal is part of the journal. */
    public enum Kind {
      BEGIN,
      UPDATE,
      RELEASE,
      /** Of no session. */
      EVENT
    }

    /**
     * What is asked of one rating group.
     *
     * @param row of what was used or is charged at once, by index in the section's usage; {@link
     *     Use#NO_ROW} where there is none, {@link #LOST} where it could not be made
     * @param type the event type, by index
     * @param value which of the type's readings
     * @param happened whether the row was used already: it is charged whatever is available
     * @param asked in the meter's scaled integers, 0 where nothing is
     */
    public record Part(long group, int row, int type, int value, boolean happened, long asked) {

      /** Stands for a row that can't be charged. */
      public static final int LOST = -2;

      public Part {
        if (asked < 0 || group < 0) {
          throw new IllegalArgumentException("rating group " + group + " asks for " + asked);
        }
      }

      /** The same with another row. */
      public Part ofRow(int other) {
        return new Part(group, other, type, value, happened, asked);
      }

      private Part without(int other) {
        return row == other ? ofRow(LOST) : row > other ? ofRow(row - 1) : this;
      }
    }

    public Step {
      parts = List.copyOf(parts);
      if (validFor <= 0 || validFor > Reservation.LONGEST || parts.size() > MOST_PARTS) {
        throw new IllegalArgumentException("a step of " + parts.size() + " for " + validFor);
      }
    }

    /** Whether it is one of a session that there is. */
    public boolean isOfSession() {
      return kind == Kind.UPDATE || kind == Kind.RELEASE;
    }

    @Override
    public List<Integer> rows() {
      return parts.stream().map(Part::row).filter(r -> r >= 0).toList();
    }

    @Override
    public AccountRequest without(int row) {
      return ofParts(parts.stream().map(p -> p.without(row)).toList());
    }

    /** The same with other parts. */
    public Step ofParts(List<Part> others) {
      return new Step(key, kind, seq, n, subscription, number, validFor, others);
    }
  }
}
