package io.millrace.ops.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace statement}. */
@Command(
    name = "statement",
    mixinStandardHelpOptions = true,
    description = "Prints the invoices and partner statements of a closed period.")
public final class StatementCommand extends DeskCommand {
  @Parameters(paramLabel = "PERIOD", description = "its number, from 0")
  private int period;

  @Option(names = "--lines", description = "each with its lines")
  private boolean lines;

  @Option(names = "--cursor", paramLabel = "CURSOR", description = "of the page before")
  private @Nullable String cursor;

  @Override
  Map<String, Object> ask(Desk desk) throws Exception {
    return desk.ask(
        "/ops/statements", Desk.query("period", period, "lines", lines, "cursor", cursor), null);
  }

  @Override
  void print(PrintWriter out, Map<String, Object> page) {
    List<Map<String, Object>> statements = Text.list(page, "statements");
    if (statements.isEmpty()) {
      out.println("period " + period + " has no statements: `close " + period + "` makes them");
    } else {
      Text.table(
          out, statements, "id", "account", "total", "currency", "delivery", "reference", "reason");
    }
    for (Map<String, Object> statement : statements) {
      if (lines) {
        out.println();
        out.println(Text.of(statement, "id"));
        Text.table(
            out, Text.list(statement, "lines"), "offer", "name", "late", "exact", "amount", "tax");
      }
    }
    printCursor(out, page);
  }
}
