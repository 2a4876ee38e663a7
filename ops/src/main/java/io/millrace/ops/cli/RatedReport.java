package io.millrace.ops.cli;

import io.millrace.catalog.Catalog;
import io.millrace.connectors.trial.UsageTrial.Outcome;
import io.millrace.connectors.trial.UsageTrial.Refused;
import io.millrace.ops.rest.Json;
import io.millrace.processors.explain.PriceLine;
import io.millrace.processors.trial.TrialTotals.Charged;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What usage came to, for a person or as JSON. */
final class RatedReport {
  /** Accounts that a person is shown. */
  static final int MOST_ACCOUNTS = 20;

  private final Catalog catalog;
  private final Outcome outcome;

  RatedReport(Catalog catalog, Outcome outcome) {
    this.catalog = catalog;
    this.outcome = outcome;
  }

  void print(PrintWriter out, boolean json) {
    if (json) {
      out.print(new String(Json.write(tree()), StandardCharsets.UTF_8));
    } else {
      text(out);
    }
    out.flush();
  }

  private Map<String, Object> tree() {
    return Json.object(
        "catalog", catalog.name(),
        "hash", catalog.hash(),
        "currency", catalog.currency().getCurrencyCode(),
        "until", outcome.until(),
        "devices", outcome.devices(),
        "events",
            Json.object(
                "charged", outcome.charged(),
                "duplicate", outcome.duplicates(),
                "suspended", outcome.suspended()),
        "suspended", outcome.refused().stream().map(RatedReport::tree).toList(),
        "charges", outcome.totals().charges().stream().map(RatedReport::tree).toList(),
        "accounts", amounts(outcome.accounts(), "account"),
        "parties", amounts(outcome.totals().parties(), "party"),
        "total", plain(outcome.totals().total()));
  }

  private static Map<String, Object> tree(Refused event) {
    return Json.object("line", event.line(), "reason", event.reason().code());
  }

  private static Map<String, Object> tree(Charged charge) {
    return Json.object(
        "offer", charge.offer(),
        "charge", charge.charge(),
        "charges", charge.charges(),
        "quantity", plain(charge.quantity()),
        "unit", charge.unit(),
        "amount", plain(charge.amount()),
        "tax", code(charge.tax()),
        "lines", charge.lines().stream().map(RatedReport::line).toList());
  }

  /** A tax code; null where there is none. */
  static @Nullable String code(String tax) {
    return tax.isEmpty() ? null : tax;
  }

  /** A line as the REST API tells it. */
  static Map<String, Object> line(PriceLine line) {
    return Json.object(
        "what", line.what(),
        "quantity", line.quantity().toPlainString(),
        "unit", line.unit(),
        "price", line.price().toPlainString(),
        "amount", line.amount().toPlainString());
  }

  private static List<Map<String, Object>> amounts(Map<String, BigDecimal> of, String who) {
    List<Map<String, Object>> rows = new ArrayList<>();
    of.forEach((name, amount) -> rows.add(Json.object(who, name, "amount", plain(amount))));
    return rows;
  }

  private void text(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s, %,d devices until %s: %,d events charged, %,d duplicates, %,d not charged%n",
        catalog.name(),
        outcome.devices(),
        outcome.until(),
        outcome.charged(),
        outcome.duplicates(),
        outcome.suspended());
    for (Refused event : outcome.refused()) {
      out.printf("  line %d: %s%n", event.line(), event.reason().code());
    }
    if (outcome.suspended() > outcome.refused().size()) {
      out.printf(Locale.ROOT, "  and %,d more%n", outcome.suspended() - outcome.refused().size());
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Charged charge : outcome.totals().charges()) {
      rows.add(
          Json.object(
              "charge", charge.offer() + " " + charge.charge(),
              "quantity", plain(charge.quantity()),
              "unit", charge.unit(),
              "amount", plain(charge.amount()),
              "tax", code(charge.tax())));
      for (PriceLine line : charge.lines()) {
        rows.add(
            Json.object(
                "charge", "  " + line.what(),
                "quantity", plain(line.quantity()),
                "unit", line.unit(),
                "price", plain(line.price()),
                "amount", plain(line.amount())));
      }
    }
    out.println();
    Text.table(out, rows, "charge", "quantity", "unit", "price", "amount", "tax");
    owed(out);
  }

  private void owed(PrintWriter out) {
    String currency = catalog.currency().getCurrencyCode();
    List<Map<String, Object>> accounts = amounts(outcome.accounts(), "account");
    if (accounts.size() > 1) {
      out.println();
      Text.table(
          out, accounts.subList(0, Math.min(accounts.size(), MOST_ACCOUNTS)), "account", "amount");
      if (accounts.size() > MOST_ACCOUNTS) {
        out.printf("and %d more; --json has all%n", accounts.size() - MOST_ACCOUNTS);
      }
    }
    List<Map<String, Object>> parties = amounts(outcome.totals().parties(), "party");
    if (!parties.isEmpty()) {
      out.println();
      Text.table(out, parties, "party", "amount");
    }
    out.println();
    out.printf("total %s %s%n", currency, plain(outcome.totals().total()));
  }

  /** Without an exponent, and without zeros that say nothing. */
  static String plain(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return (stripped.scale() < 0 ? stripped.setScale(0) : stripped).toPlainString();
  }
}
