package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import org.jspecify.annotations.Nullable;

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

  /**
   * Where the floor was raised above what had been paid: how far the main balance is still used
   * below it. What was taken back since is not there to be used again, sealed or not. {@link
   * Long#MAX_VALUE} where nothing is below the floor.
   */
  long kept = Long.MAX_VALUE;

  /** Held by open reservations. */
  long reserved;

  int open;

  /** Money beside the main balance; null where there never was any. */
  @Nullable MoneyBuckets buckets;

  /** Units of allowances that were bought; null where there never were any. */
  @Nullable UnitBuckets units;

  /** When something of either is due, as it is indexed. */
  long indexedDue = Long.MAX_VALUE;

  /** Lent to other shards, which has not come back, used or not. */
  long lent;

  /** What grants count on that other accounts of this shard have, and this one pays for. */
  long pledged;

  /** What its own grants count on of sponsors' balances; empty where nobody else pays. */
  Pledges pledges = new Pledges();

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

  /** What the main balance has paid for, sealed or not, down to the floor and beyond. */
  long paidByMain() {
    return totals.posted + totals.accrued - (buckets == null ? 0 : buckets.burned);
  }

  /** What is left of the main balance above the floor; less than 0 beyond. */
  long mainLeft() {
    return room() - paidByMain();
  }

  /**
   * What is left above the floor for any use, whether or not reservations hold it; less than 0
   * beyond.
   */
  long left() {
    return mainLeft() + (buckets == null ? 0 : buckets.general());
  }

  /** Whether that has come to where somebody wants to know. */
  boolean isLow() {
    return terms.low() != Long.MIN_VALUE && left() <= terms.low();
  }

  /**
   * What can be granted now for any use; less than 0 where usage went beyond the floor, or made
   * what is granted already cost more than there is.
   */
  long available() {
    return left() - lent - pledged - (buckets == null ? reserved : buckets.heldOfGeneral());
  }

  /** What can be granted now for use of an event type. */
  long available(int type) {
    return available() + (buckets == null ? 0 : buckets.spare(type));
  }

  /**
   * What can be taken off the main balance now: nothing that was posted as paid of it, though use
   * that was taken back since may be sealed soon.
   */
  long availableOfMain() {
    return Math.min(available(), Math.min(mainLeft(), room() - drawn));
  }

  /** When a bucket of either kind is due, {@link Long#MAX_VALUE} where none is ever. */
  long nextDueBucket() {
    return Math.min(
        buckets == null ? Long.MAX_VALUE : buckets.nextDue(),
        units == null ? Long.MAX_VALUE : units.nextDue());
  }

  /** What of a bucket no grant needs; 0 at least. */
  long idle(MoneyBucket b) {
    MoneyBuckets all = buckets;
    if (all == null) {
      throw new AssertionError("a bucket of no account");
    }
    long others = Math.addExact(lent, pledged);
    long free = Math.max(0, all.general() + Math.max(0, mainLeft()) - all.heldOfGeneral() - others);
    return Math.min(b.left(), all.spare(b.type) + free);
  }

  /** Has reservations of an event type hold more, or less. */
  void hold(int type, long change) {
    reserved += change;
    if (buckets != null) {
      buckets.hold(type, change);
    }
  }

  /** What was used beyond the floor, sealed or not. */
  long beyond() {
    return Math.max(0, paidByMain() - Math.max(room(), paidBelow()));
  }

  /** What of the main balance is used for good, be it below a floor that was raised. */
  private long paidBelow() {
    return kept == Long.MAX_VALUE ? drawn : kept;
  }

  /** What is kept once a batch has changed what was used, or the floor. */
  long keptNow() {
    return drawn <= room() ? Long.MAX_VALUE : Math.min(paidBelow(), paidByMain());
  }

  /** Whether nothing that has a price can be granted, whatever is released. */
  boolean isBlocked() {
    return mainLeft() < 0 || (buckets == null ? mainLeft() : mainLeft() + buckets.left()) <= 0;
  }

  /** What was posted that is not the buckets' to pay. */
  long postedToMain() {
    return totals.posted - (buckets == null ? 0 : buckets.drawn);
  }

  /**
   * What the deposits pay of all that was posted to them; what they do not is beyond the floor.
   * What they have paid stays paid where the floor is raised, until it is taken back.
   */
  long payable() {
    long takenBack = // And not sealed yet.
        kept == Long.MAX_VALUE ? 0 : Math.max(0, postedToMain() - paidByMain());
    return Math.min(postedToMain(), Math.max(room(), paidBelow() + takenBack));
  }

  /**
   * What buckets have paid of all that was posted: of what was sealed since they last paid as much
   * as they have burned, and all of that where nothing is left to be sealed.
   */
  long drawnOfBuckets() {
    if (buckets == null) {
      return 0;
    }
    long sealed = Math.max(0, postedToMain() - drawn - overrun);
    long unsealed = buckets.burned - Math.max(0, totals.accrued);
    return Math.min(buckets.burned, Math.max(buckets.drawn + sealed, unsealed));
  }

  /** Gives what takes back all changes from here on. */
  Runnable saved() {
    WalletTerms savedTerms = terms;
    long savedDeposits = deposits;
    long savedDrawn = drawn;
    long savedOverrun = overrun;
    long savedKept = kept;
    long savedReserved = reserved;
    int savedOpen = open;
    MoneyBuckets savedBuckets = buckets == null ? null : buckets.copy();
    long savedLent = lent;
    long savedPledged = pledged;
    Pledges savedPledges = pledges.copy();
    UnitBuckets savedUnits = units == null ? null : units.copy();
    boolean savedLow = saidLow;
    boolean savedBlocked = saidBlocked;
    long savedChange = changedSeq;
    return () -> {
      terms = savedTerms;
      deposits = savedDeposits;
      drawn = savedDrawn;
      overrun = savedOverrun;
      kept = savedKept;
      reserved = savedReserved;
      open = savedOpen;
      buckets = savedBuckets;
      lent = savedLent;
      pledged = savedPledged;
      pledges = savedPledges;
      units = savedUnits;
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
    out.bool(kept != Long.MAX_VALUE);
    if (kept != Long.MAX_VALUE) {
      out.zigzag(kept);
    }
    out.varint(reserved);
    out.varint(open);
    out.bool(buckets != null);
    if (buckets != null) {
      buckets.encode(out);
    }
    out.varint(lent);
    out.varint(pledged);
    pledges.encode(out);
    out.bool(units != null);
    if (units != null) {
      units.encode(out);
    }
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
    wallet.kept = in.bool() ? in.zigzag() : Long.MAX_VALUE;
    wallet.reserved = in.varint();
    wallet.open = in.count(Integer.MAX_VALUE);
    wallet.buckets = in.bool() ? MoneyBuckets.decode(in) : null;
    wallet.lent = in.varint();
    wallet.pledged = in.varint();
    wallet.pledges = Pledges.decode(in);
    wallet.units = in.bool() ? UnitBuckets.decode(in) : null;
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
