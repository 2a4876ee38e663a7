package io.millrace.processors.shard;

/**
 * What use that has accrued, and is paid by an account of another shard, has to do with slices of
 * that account's balance.
 *
 * @param lent what slices pay of it, ledger units, 0 at least: no more than the sponsor pays now
 * @param awaited what the next slice is going to pay, if there is enough
 * @param period that is of
 */
record Borrowed(long lent, long awaited, int period) {
  static final Borrowed NOTHING = new Borrowed(0, 0, 0);

  Borrowed lent(long now) {
    return new Borrowed(now, awaited, period);
  }

  Borrowed awaiting(long now, int ofPeriod) {
    return new Borrowed(lent, now, ofPeriod);
  }

  /** Whether more of a period can be awaited beside what is. */
  boolean mayAwait(int ofPeriod) {
    return awaited == 0 || period == ofPeriod;
  }
}
