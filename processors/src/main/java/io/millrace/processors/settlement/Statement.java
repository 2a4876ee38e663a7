package io.millrace.processors.settlement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an account owes or is owed for a period. Its lines are rounded once each, half up, to minor
 * units; the total adds lines; {@link #residue} is what is left to post so that the ledger agrees.
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
   * @param amount the same, rounded to minor units
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
   * Makes the statement of an account.
   *
   * @param posted what its postings of the period add up to, debit positive, ledger units; the
   *     order doesn't matter
   * @throws ArithmeticException where a sum leaves the ledger's range
   */
  public static Statement of(
      int period, Kind kind, int account, MinorUnit unit, Map<LineKey, Long> posted) {
    if (posted.isEmpty()) {
      throw new IllegalArgumentException("a statement has a line: account " + account);
    }
    List<Line> lines = new ArrayList<>(posted.size());
    long total = 0;
    long sum = 0;
    for (Map.Entry<LineKey, Long> each : new TreeMap<>(posted).entrySet()) {
      long exact = Math.multiplyExact(each.getValue(), (long) kind.side);
      long amount = unit.round(exact);
      lines.add(new Line(each.getKey(), exact, amount));
      total = Math.addExact(total, amount);
      sum = Math.addExact(sum, exact);
    }
    long residue = kind.side * Math.subtractExact(unit.exact(total), sum);
    return new Statement(period, kind, account, lines, total, residue);
  }
}
