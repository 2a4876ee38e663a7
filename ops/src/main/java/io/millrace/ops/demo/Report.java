package io.millrace.ops.demo;

import io.millrace.ops.demo.manifest.Books;
import io.millrace.ops.demo.manifest.Digits;
import io.millrace.ops.demo.manifest.Figures;
import io.millrace.ops.demo.manifest.Proof;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the demo prints at its end: the books, the proof and what to do next. */
public final class Report {
  private static final int NAME = 26;
  private static final int AMOUNT = 14;

  private final Outcome outcome;
  private final Face face;
  private final StringBuilder text = new StringBuilder();

  private Report(Outcome outcome, Face face) {
    this.outcome = outcome;
    this.face = face;
  }

  /**
   * The report as lines, the last one ended too.
   *
   * @param stays whether the node goes on running
   */
  public static String of(Outcome outcome, Face face, boolean stays) {
    Report report = new Report(outcome, face);
    report.head();
    outcome.actual().books().forEach(report::books);
    report.deliveries();
    report.proof();
    report.next(stays);
    return report.text.toString();
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private void head() {
    Figures f = outcome.actual();
    line("");
    line(
        Digits.of(outcome.load().lamps())
            + " lamps for "
            + outcome.load().hours()
            + " h: "
            + Digits.of(f.received())
            + " events in "
            + LiveTable.clock(outcome.took())
            + " ("
            + Digits.of(outcome.eventsPerSecond())
            + "/s)");
    line(
        Digits.of(f.charged())
            + " charged, "
            + Digits.of(f.duplicates())
            + " duplicates, "
            + Digits.of(f.suspendedInAll())
            + " in suspense"
            + f.suspended().entrySet().stream()
                .map(e -> e.getKey() + " " + Digits.of(e.getValue()))
                .collect(Collectors.joining(", ", " (", ")")));
  }

  private void books(Books b) {
    line("");
    String period = outcome.actual().books().size() == 1 ? "" : "Period " + b.period() + ": ";
    statement(period + b.invoice().account() + " owes", b.invoice());
    b.partners().forEach(p -> statement(period + p.account() + " gets", p));
  }

  private void statement(String what, Books.Statement s) {
    line(left(what, NAME) + right(outcome.currency() + " " + Digits.of(s.total()), AMOUNT));
    for (Books.Line l : s.lines()) {
      line(
          left("  " + (l.offer() + " " + l.name()).strip(), NAME)
              + right(Digits.of(l.amount()), AMOUNT)
              + "   exactly "
              + Digits.of(l.exact()));
    }
  }

  private void deliveries() {
    List<Outcome.Delivery> all = outcome.deliveries();
    line("");
    long acknowledged = all.stream().filter(Outcome.Delivery::acknowledged).count();
    line("The ERP acknowledged " + acknowledged + " of " + all.size() + " journal entries");
    for (Outcome.Delivery d : all) {
      line("  " + left(d.document(), NAME) + (d.acknowledged() ? d.reference() : d.state()));
    }
  }

  private void proof() {
    List<Proof.Row> rows = outcome.proof().rows();
    int what = width(rows, Proof.Row::what, "");
    int expected = width(rows, Proof.Row::expected, "manifest");
    int actual = width(rows, Proof.Row::actual, "books");
    line("");
    line("The proof: the generator's own manifest against the gateway's books and the ERP");
    String blank = " ".repeat(face.tick(true).length());
    line(row(blank, left("", what), right("manifest", expected), right("books", actual)));
    for (Proof.Row r : rows) {
      line(
          row(
              face.tick(r.equal()),
              left(r.what(), what),
              right(r.expected(), expected),
              right(r.actual(), actual)));
    }
    long wrong = rows.stream().filter(r -> !r.equal()).count();
    line(
        wrong == 0
            ? "Every number matches, to the last unit."
            : wrong + " of " + rows.size() + " numbers do not match.");
  }

  private static int width(List<Proof.Row> rows, Function<Proof.Row, String> of, String head) {
    return rows.stream().map(of).mapToInt(String::length).reduce(head.length(), Math::max);
  }

  private static String row(String tick, String what, String expected, String actual) {
    return "  " + tick + " " + what + "  " + expected + "  " + actual;
  }

  private void next(boolean stays) {
    line("");
    line(stays ? "Next, in another terminal" : "Next");
    if (!outcome.charge().isEmpty()) {
      next("explain " + outcome.charge(), "why that charge is what it is");
    }
    next("suspense list", "what could not be charged, and why");
    next("statement 0 --lines", "what the city owes and the partners get");
    if (!stays) {
      next("demo --stay", "keeps everything running afterwards");
    }
  }

  private void next(String command, String why) {
    line("  ./millrace " + left(command, NAME) + "  " + why);
  }

  private static String left(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }

  private static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }
}
