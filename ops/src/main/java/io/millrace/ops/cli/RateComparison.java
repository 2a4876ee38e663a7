package io.millrace.ops.cli;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogChanges;
import io.millrace.connectors.trial.UsageTrial.Outcome;
import io.millrace.ops.rest.Json;
import io.millrace.processors.trial.TrialTotals.Charged;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the same usage comes to under two catalogs, and whom the change costs or saves what. */
final class RateComparison {
  private final List<Catalog> catalogs;
  private final List<CatalogChanges.Change> changes;
  private final List<Outcome> outcomes;

  /** What something comes to under both. */
  private record Change(String of, BigDecimal before, BigDecimal after) {
    BigDecimal difference() {
      return after.subtract(before);
    }

    /** In percent of what it was, to a tenth; empty where that was nothing. */
    String percent() {
      return before.signum() == 0
          ? ""
          : difference()
              .movePointRight(2)
              .divide(before.abs(), 1, RoundingMode.HALF_UP)
              .toPlainString();
    }

    Map<String, Object> tree(String what) {
      return Json.object(
          what,
          of,
          "before",
          RatedReport.plain(before),
          "after",
          RatedReport.plain(after),
          "difference",
          RatedReport.plain(difference()),
          "percent",
          percent());
    }
  }

  /**
   * Compares outcomes of the same usage.
   *
   * @param catalogs what is tried, then what it is compared with
   * @param changes what leads from the second to the first
   * @param outcomes theirs
   */
  RateComparison(
      List<Catalog> catalogs, List<CatalogChanges.Change> changes, List<Outcome> outcomes) {
    this.catalogs = List.copyOf(catalogs);
    this.changes = List.copyOf(changes);
    this.outcomes = List.copyOf(outcomes);
  }

  void print(PrintWriter out, boolean json) {
    if (json) {
      out.print(new String(Json.write(tree()), StandardCharsets.UTF_8));
    } else {
      text(out);
    }
    out.flush();
  }

  /** Prints what differs, and no more. */
  static void changes(PrintWriter out, List<CatalogChanges.Change> changes, boolean json) {
    if (json) {
      Map<String, Object> tree =
          Json.object("changes", changes.stream().map(RateComparison::tree).toList());
      out.print(new String(Json.write(tree), StandardCharsets.UTF_8));
    } else if (changes.isEmpty()) {
      out.println("both say the same");
    } else {
      changes.forEach(out::println);
    }
    out.flush();
  }

  private static Map<String, Object> tree(CatalogChanges.Change change) {
    return Json.object("where", change.where(), "before", change.before(), "after", change.after());
  }

  private Outcome after() {
    return outcomes.getFirst();
  }

  private Outcome before() {
    return outcomes.getLast();
  }

  /** Those whom it changes most first. */
  private List<Change> accounts() {
    return changes(before().accounts(), after().accounts()).stream()
        .sorted(
            Comparator.comparing((Change c) -> c.difference().abs())
                .reversed()
                .thenComparing(Change::of))
        .toList();
  }

  private List<Change> charges() {
    return changes(byCharge(before()), byCharge(after()));
  }

  private List<Change> parties() {
    return changes(before().totals().parties(), after().totals().parties());
  }

  private Change total() {
    return new Change("", before().totals().total(), after().totals().total());
  }

  private static Map<String, BigDecimal> byCharge(Outcome outcome) {
    Map<String, BigDecimal> amounts = new LinkedHashMap<>();
    for (Charged charge : outcome.totals().charges()) {
      amounts.put(charge.offer() + " " + charge.charge(), charge.amount());
    }
    return amounts;
  }

  /** Of all that either has; what one hasn't comes to nothing there. */
  private static List<Change> changes(
      Map<String, BigDecimal> before, Map<String, BigDecimal> after) {
    Map<String, BigDecimal> all = new LinkedHashMap<>(after);
    before.forEach(all::putIfAbsent);
    return all.keySet().stream()
        .map(
            of ->
                new Change(
                    of,
                    before.getOrDefault(of, BigDecimal.ZERO),
                    after.getOrDefault(of, BigDecimal.ZERO)))
        .toList();
  }

  private static long count(List<Change> changes, int sign) {
    return changes.stream().filter(c -> c.difference().signum() == sign).count();
  }

  private static Map<String, Object> events(Catalog catalog, Outcome outcome) {
    return Json.object(
        "catalog", catalog.name(),
        "hash", catalog.hash(),
        "charged", outcome.charged(),
        "duplicate", outcome.duplicates(),
        "suspended", outcome.suspended());
  }

  private static List<Map<String, Object>> rows(List<Change> changes, String what) {
    return changes.stream().map(c -> c.tree(what)).toList();
  }

  private Map<String, Object> tree() {
    List<Change> accounts = accounts();
    Map<String, Object> total = new LinkedHashMap<>(total().tree("of"));
    total.remove("of");
    return Json.object(
        "before",
        events(catalogs.getLast(), before()),
        "after",
        events(catalogs.getFirst(), after()),
        "changes",
        changes.stream().map(RateComparison::tree).toList(),
        "currency",
        catalogs.getFirst().currency().getCurrencyCode(),
        "until",
        after().until(),
        "devices",
        after().devices(),
        "dearer",
        count(accounts, 1),
        "cheaper",
        count(accounts, -1),
        "same",
        count(accounts, 0),
        "accounts",
        rows(accounts, "account"),
        "charges",
        rows(charges(), "charge"),
        "parties",
        rows(parties(), "party"),
        "total",
        total);
  }

  private void text(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%s against %s, %,d devices until %s%n",
        catalogs.getFirst().name(),
        catalogs.getLast().name(),
        after().devices(),
        after().until());
    changes.forEach(change -> out.println("  " + change));
    events(out, "before", before());
    events(out, "after", after());
    List<Change> accounts = accounts();
    out.printf(
        Locale.ROOT,
        "%,d accounts pay more, %,d less, %,d the same%n%n",
        count(accounts, 1),
        count(accounts, -1),
        count(accounts, 0));
    table(
        out, accounts.subList(0, Math.min(accounts.size(), RatedReport.MOST_ACCOUNTS)), "account");
    if (accounts.size() > RatedReport.MOST_ACCOUNTS) {
      out.printf(
          Locale.ROOT,
          "and %,d more; --json has all%n",
          accounts.size() - RatedReport.MOST_ACCOUNTS);
    }
    out.println();
    table(out, charges(), "charge");
    List<Change> parties = parties();
    if (!parties.isEmpty()) {
      out.println();
      table(out, parties, "party");
    }
    Change total = total();
    out.printf(
        "%ntotal %s %s before, %s after: %s%s%n",
        catalogs.getFirst().currency().getCurrencyCode(),
        RatedReport.plain(total.before()),
        RatedReport.plain(total.after()),
        RatedReport.plain(total.difference()),
        total.percent().isEmpty() ? "" : " (" + total.percent() + " %)");
  }

  private static void events(PrintWriter out, String when, Outcome outcome) {
    out.printf(
        Locale.ROOT,
        "  %s: %,d events charged, %,d duplicates, %,d not charged%n",
        when,
        outcome.charged(),
        outcome.duplicates(),
        outcome.suspended());
  }

  private static void table(PrintWriter out, List<Change> changes, String what) {
    List<Map<String, Object>> rows = new ArrayList<>(rows(changes, what));
    Text.table(out, rows, what, "before", "after", "difference", "percent");
  }
}
