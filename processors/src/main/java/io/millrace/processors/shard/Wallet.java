package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;

/**
 * The balance of an account that is a root, beside what it owes: paid in, less what was charged.
 * Amounts are in ledger units.
 */
final class Wallet extends Changes.Listed {
  /** Reservations of an account that are open at a time, at most. */
  static final int MOST_OPEN = 4_096;

  /** What is held stays so far from a {@code long}'s end that what is compared with it fits. */
  static final long MOST_HELD = 1L << 61;

  final AccountTotals totals;
  WalletTerms terms;

  /** Paid in, and put right. */
  long deposits;

  /** What was posted that the deposits pay for, down to the floor. */
  long drawn;

  /** What was posted beyond. */
  long overrun;

  /** Held by open reservations. */
  long reserved;

  int open;

  /** Whether it was told, or was opened, as low and as blocked. */
  boolean saidLow;

  boolean saidBlocked;

  /** Whether it is among those that the batch looks at as it ends. */
  long noticedSeq;

  Wallet(AccountTotals totals, WalletTerms terms) {
    this.totals = totals;
    this.terms = terms;
  }

  /** What is left of the deposits; what has accrued is not taken off yet. */
  long balance() {
    return deposits - drawn;
  }

  /** What can be used down to the floor, once and for all. */
  private long room() {
    return deposits - terms.floor();
  }

  /** What is left above the floor, whether or not reservations hold it; less than 0 beyond. */
  long left() {
    return room() - (totals.posted + totals.accrued);
  }

  /** Whether that has come to where somebody wants to know. */
  boolean isLow() {
    return terms.low() != Long.MIN_VALUE && left() <= terms.low();
  }

  /**
   * What can be granted now; less than 0 where usage went beyond the floor, or made what is granted
   * already cost more than there is.
   */
  long available() {
    return left() - reserved;
  }

  /** What was used beyond the floor, sealed or not. */
  long beyond() {
    return Math.max(0, totals.posted + totals.accrued - Math.max(room(), drawn));
  }

  /** Whether nothing that has a price can be granted, whatever is released. */
  boolean isBlocked() {
    return left() <= 0;
  }

  /**
   * What the deposits pay of all that was posted; what they do not is beyond the floor. What they
   * have paid stays paid where the floor is raised.
   */
  long payable() {
    return Math.min(totals.posted, Math.max(room(), drawn));
  }

  /** Gives what takes back all changes from here on. */
  Runnable saved() {
    WalletTerms savedTerms = terms;
    long savedDeposits = deposits;
    long savedDrawn = drawn;
    long savedOverrun = overrun;
    long savedReserved = reserved;
    int savedOpen = open;
    boolean savedLow = saidLow;
    boolean savedBlocked = saidBlocked;
    long savedChange = changedSeq;
    return () -> {
      terms = savedTerms;
      deposits = savedDeposits;
      drawn = savedDrawn;
      overrun = savedOverrun;
      reserved = savedReserved;
      open = savedOpen;
      saidLow = savedLow;
      saidBlocked = savedBlocked;
      changedSeq = savedChange;
    };
  }

  void encode(ByteWriter out) {
    out.varint(totals.id);
    out.bool(terms.prepaid());
    out.zigzag(terms.floor());
    out.zigzag(terms.low());
    out.varint(terms.ledger().balance());
    out.varint(terms.ledger().overrun());
    out.varint(terms.ledger().drawn());
    out.varint(terms.ledger().cash());
    out.varint(terms.ledger().adjustment());
    out.zigzag(deposits);
    out.zigzag(drawn);
    out.zigzag(overrun);
    out.varint(reserved);
    out.varint(open);
    out.bool(saidLow);
    out.bool(saidBlocked);
  }

  /** Takes on what was encoded, after the account's id. */
  static Wallet decode(ByteReader in, AccountTotals totals) {
    WalletTerms terms = decodeTerms(in);
    Wallet wallet = new Wallet(totals, terms);
    wallet.deposits = in.zigzag();
    wallet.drawn = in.zigzag();
    wallet.overrun = in.zigzag();
    wallet.reserved = in.varint();
    wallet.open = in.count(Integer.MAX_VALUE);
    wallet.saidLow = in.bool();
    wallet.saidBlocked = in.bool();
    return wallet;
  }

  private static WalletTerms decodeTerms(ByteReader in) {
    boolean prepaid = in.bool();
    long floor = in.zigzag();
    long low = in.zigzag();
    return new WalletTerms(
        prepaid,
        floor,
        low,
        new WalletTerms.Ledger(
            in.count(Integer.MAX_VALUE),
            in.count(Integer.MAX_VALUE),
            in.count(Integer.MAX_VALUE),
            in.count(Integer.MAX_VALUE),
            in.count(Integer.MAX_VALUE)));
  }
}
