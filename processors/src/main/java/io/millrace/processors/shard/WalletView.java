package io.millrace.processors.shard;

/**
 * An account's balance between two commits; amounts in ledger units.
 *
 * @param balance what is left of what was paid in, sealed usage taken off
 * @param accrued priced and not sealed yet
 * @param reserved held by open reservations
 * @param available what can be granted; less than 0 where usage went beyond the floor
 * @param overrun what was used beyond the floor, sealed or not
 * @param blocked whether nothing that has a price can be granted until something is paid in
 * @param open how many reservations are open
 */
public record WalletView(
    WalletTerms terms,
    long balance,
    long accrued,
    long reserved,
    long available,
    long overrun,
    boolean blocked,
    int open) {

  static WalletView of(Wallet w) {
    return new WalletView(
        w.terms,
        w.balance(),
        w.totals.accrued,
        w.reserved,
        w.available(),
        w.beyond(),
        w.isBlocked(),
        w.open);
  }
}
