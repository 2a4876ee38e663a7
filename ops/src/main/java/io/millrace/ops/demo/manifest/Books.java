package io.millrace.ops.demo.manifest;

import java.math.BigDecimal;
import java.util.List;

/**
 * What one settlement period ends in.
 *
 * @param period its number, from 0
 * @param invoice what the customer owes
 * @param partners what each partner gets, ascending by name
 */
public record Books(int period, Statement invoice, List<Statement> partners) {

  public Books {
    partners = List.copyOf(partners);
  }

  /**
   * An invoice or a partner's statement.
   *
   * @param account the customer's or partner's name
   * @param lines ascending by offer and name
   * @param total in the minor unit's scale; the sum of the lines
   */
  public record Statement(String account, List<Line> lines, BigDecimal total) {
    public Statement {
      lines = List.copyOf(lines);
    }

    /** The lines' exact amounts, added. */
    public BigDecimal exact() {
      return lines.stream().map(Line::exact).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
  }

  /**
   * A line of it.
   *
   * @param offer the offer's name
   * @param name the charge's name; empty where a line stands for all charges of an offer
   * @param exact in the ledger's scale
   * @param amount in the minor unit's scale: an invoice's is {@code exact} rounded once, half up; a
   *     partner's is its share of the invoice
   */
  public record Line(String offer, String name, BigDecimal exact, BigDecimal amount) {}
}
