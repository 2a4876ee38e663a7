package io.millrace.processors.shard;

import java.util.List;

/**
 * Something about an account that someone outside is to be told of, once: put into {@link
 * Effects#notices} by what brings it about, written into the outbox by the same commit, delivered
 * in the order in which an account's came. It says what has happened; who is told, and how, is not
 * known here.
 *
 * @param account the customer's ledger account
 * @param once names it where it may come about again and is told only the first time; empty where
 *     each time is news
 * @param facts what else is to be said, each under a name of its own; beside them the message has
 *     {@code id}, {@code kind}, {@code account}, {@code currency} and {@code at}
 */
public record Notice(Kind kind, int account, String once, List<Fact> facts) {

  /** What has happened. The codes are what receivers go by. */
  public enum Kind {
    /** Usage has taken what is left above the floor to the account's threshold, or below. */
    LOW_BALANCE("low-balance"),
    /** Usage has taken the account to its floor: nothing that has a price is granted. */
    BLOCKED("blocked"),
    /** There is something above the floor again. */
    UNBLOCKED("unblocked"),
    /** Something was paid in. */
    TOPPED_UP("topped-up"),
    /** Another account's money has come. */
    TRANSFER_RECEIVED("transfer-received"),
    /** Money that was sent to another account could not be taken in there, and is back. */
    TRANSFER_RETURNED("transfer-returned"),
    /** A bucket of money will end within a day. */
    BUCKET_EXPIRES("bucket-expires"),
    /** A bucket of money is over, and what was left of it is gone. */
    BUCKET_EXPIRED("bucket-expired"),
    /** A reservation's time was over before all of it was committed or released. */
    RESERVATION_EXPIRED("reservation-expired"),
    /** So much of what is included has been used in a settlement period. */
    ALLOWANCE_USED("allowance-used");

    private final String code;

    Kind(String code) {
      this.code = code;
    }

    /** As told: {@code low-balance}. */
    public String code() {
      return code;
    }
  }

  /** Something said about what has happened. */
  public sealed interface Fact {
    /** Its name in the message; letters only. */
    String name();
  }

  /**
   * An amount, written as a decimal of the account's currency.
   *
   * @param units ledger units
   */
  public record Money(String name, long units) implements Fact {}

  /** A whole number. */
  public record Count(String name, long value) implements Fact {}

  /** A text, never a device's name. */
  public record Text(String name, String value) implements Fact {}

  public Notice {
    facts = List.copyOf(facts);
  }

  /** Of some facts. */
  public static Notice of(Kind kind, int account, Fact... facts) {
    return new Notice(kind, account, "", List.of(facts));
  }

  /**
   * Told the first time only.
   *
   * @param name in which its tenant has no other
   */
  public static Notice once(String name, Kind kind, int account, Fact... facts) {
    return new Notice(kind, account, name, List.of(facts));
  }
}
