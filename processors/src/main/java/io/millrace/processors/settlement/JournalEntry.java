package io.millrace.processors.settlement;

import java.util.ArrayList;
import java.util.List;

/**
 * A statement as an ERP books it: debit and credit lines that add up to the same.
 *
 * @param statement what it books
 * @param lines the account's line first, then one a statement line
 */
public record JournalEntry(Statement statement, List<Line> lines) {

  /**
   * One side of one account; exactly one of the two is set unless the amount is zero.
   *
   * @param account the ERP's account: {@code customer:city}, {@code revenue}
   * @param text what for
   * @param debit minor units, not negative
   * @param credit minor units, not negative
   * @param tax the code by which the ERP works the line's tax out; empty where it has none
   */
  public record Line(String account, String text, long debit, long credit, String tax) {

    private static Line of(String account, String text, long debit, String tax) {
      return new Line(account, text, Math.max(debit, 0), Math.max(Math.negateExact(debit), 0), tax);
    }
  }

  public JournalEntry {
    lines = List.copyOf(lines);
  }

  /**
   * The entry of a statement: a customer's receivable against revenue, or a partner's share against
   * what we owe it.
   *
   * @param name the account's name
   * @param taxes the lines' codes
   */
  public static JournalEntry of(Statement statement, String name, TaxCodes taxes) {
    boolean invoice = statement.kind() == Statement.Kind.INVOICE;
    int side = invoice ? 1 : -1;
    String other = invoice ? "revenue" : "shared";
    String text = statement.kind().code() + " of period " + statement.period();
    List<Line> lines = new ArrayList<>(statement.lines().size() + 1);
    String account = statement.kind().accountKind() + ":" + name;
    lines.add(Line.of(account, text, side * statement.total(), ""));
    for (Statement.Line each : statement.lines()) {
      String tax = taxes.of(statement.kind(), each.key());
      lines.add(Line.of(other, each.key().text(), -side * each.amount(), tax));
    }
    return new JournalEntry(statement, lines);
  }
}
