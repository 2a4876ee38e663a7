package io.millrace.ops.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace statement}. */
@Command(
    name = "statement",
    mixinStandardHelpOptions = true,
    description = "Prints the invoices and partner statements of a closed period.")
public final class StatementCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private final Target target = new Target();

  @Parameters(paramLabel = "PERIOD", description = "its number, from 0")
  private int period;

  @Option(names = "--lines", description = "each with its lines")
  private boolean lines;

  @Option(names = "--cursor", paramLabel = "CURSOR", description = "of the page before")
  private @Nullable String cursor;

  @Override
  public Integer call() throws Exception {
    Map<String, Object> tree;
    try (Desk desk = target.desk()) {
      tree =
          desk.ask(
              "/ops/statements",
              Desk.query("period", period, "lines", lines, "cursor", cursor),
              null);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (!target.printed(out, tree)) {
      if (Text.list(tree, "statements").isEmpty()) {
        out.println("period " + period + " has no statements: `close " + period + "` makes them");
      } else {
        Text.table(
            out,
            Text.list(tree, "statements"),
            "id",
            "account",
            "total",
            "currency",
            "delivery",
            "reference",
            "reason");
      }
      for (Map<String, Object> statement : Text.list(tree, "statements")) {
        if (lines) {
          out.println();
          out.println(Text.of(statement, "id"));
          Text.table(
              out, Text.list(statement, "lines"), "offer", "name", "late", "exact", "amount");
        }
      }
      if (tree.get("next") != null) {
        out.println("more: --cursor " + Text.of(tree, "next"));
      }
      out.flush();
    }
    return 0;
  }
}
