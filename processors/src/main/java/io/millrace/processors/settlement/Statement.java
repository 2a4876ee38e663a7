package io.millrace.processors.settlement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an account owes or is owed for a period. An invoice's lines are rounded once each, half up,
 * to minor units; a partner's are its shares of the invoices ({@link InvoicedShares}). The total
 * adds lines; {@link #residue} is what is left to post so that the ledger agrees.
 *
 * @param period the settlement period
 * @param kind invoice or partner statement
 * @param account the ledger account
 * @param lines ascending by key, at least one
 * @param total the sum of the lines' amounts, minor units
 * @param residue ledger units to post to the account (debit positive), and against {@code
 *     rounding}, so that its postings of the period are the total
 */
public record Statement(
    int period, Kind kind, int account, List<Line> lines, long total, long residue) {

  /** Who a statement is for. */
  public enum Kind {
    /** What a customer owes: its account's debit side. */
    INVOICE("invoice", "customer", 1),
    /** What a partner is owed: its account's credit side. */
    PARTNER_STATEMENT("partner-statement", "partner", -1);

    private final String code;
    private final String accountKind;
    private final int side;

    Kind(String code, String accountKind, int side) {
      this.code = code;
      this.accountKind = accountKind;
      this.side = side;
    }

    /** As stored and sent. */
    public String code() {
      return code;
    }

    /** The kind of ledger account that gets it. */
    public String accountKind() {
      return accountKind;
    }
  }

  /**
   * One line.
   *
   * @param key what it is for
   * @param exact ledger units; positive is what the statement is about, owed or due
   * @param amount what is stated for it, minor units
   */
  public record Line(LineKey key, long exact, long amount) {}

  public Statement {
    lines = List.copyOf(lines);
  }

  /** Unique in its tenant: {@code 0-customer-12}. */
  public String id() {
    return period + "-" + kind.accountKind + "-" + account;
  }

  /**
   * Makes the invoice of a customer.
   *
   * @param posted what its postings of the period add up to, debit positive, ledger units; the
   *     order doesn't matter
   * @throws ArithmeticException where a sum leaves the ledger's range
   */
  public static Statement invoice(
      int period, int account, MinorUnit unit, Map<LineKey, Long> posted) {
    List<Line> lines = new ArrayList<>(posted.size());
    new TreeMap<>(posted)
        .forEach((key, exact) -> lines.add(new Line(key, exact, unit.round(exact))));
    return of(period, Kind.INVOICE, account, unit, lines);
  }

  /**
   * Makes the statement of a partner.
   *
   * @param posted what its postings of the period add up to, debit positive, ledger units
   * @param shares what it gets of the invoices, minor units; a line may be in one of the two only
   * @throws ArithmeticException where a sum leaves the ledger's range
   * @throws IllegalStateException where it was posted a share of what nobody was invoiced for
   */
  public static Statement partner(
      int period,
      int account,
      MinorUnit unit,
      Map<LineKey, Long> posted,
      Map<LineKey, Long> shares) {
    TreeSet<LineKey> keys = new TreeSet<>(posted.keySet());
    keys.addAll(shares.keySet());
    List<Line> lines = new ArrayList<>(keys.size());
    for (LineKey key : keys) {
      long exact = Math.negateExact(posted.getOrDefault(key, 0L));
      Long share = shares.get(key);
      if (share == null && exact != 0) {
        throw new IllegalStateException(
            "account "
                + account
                + " was posted "
                + exact
                + " ledger units of "
                + key.text()
                + ", which nobody was invoiced for");
      }
      lines.add(new Line(key, exact, share == null ? 0 : share));
    }
    return of(period, Kind.PARTNER_STATEMENT, account, unit, lines);
  }

  private static Statement of(
      int period, Kind kind, int account, MinorUnit unit, List<Line> lines) {
    if (lines.isEmpty()) {
      throw new IllegalArgumentException("a statement has a line: account " + account);
    }
    long total = 0;
    long sum = 0;
    for (Line line : lines) {
      total = Math.addExact(total, line.amount);
      sum = Math.addExact(sum, line.exact);
    }
    long residue = kind.side * Math.subtractExact(unit.exact(total), sum);
    return new Statement(period, kind, account, lines, total, residue);
  }
}
