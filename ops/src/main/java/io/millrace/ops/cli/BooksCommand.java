package io.millrace.ops.cli;

import io.millrace.ops.Refusal;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace books}. */
@Command(
    name = "books",
    mixinStandardHelpOptions = true,
    description = {
      "Adds the books up again, from their rows: entries, balances, charges, statements,"
          + " deliveries,",
      "and that no account was paid what no command asked for. Exits with 1 where one does not"
          + " hold."
    })
public final class BooksCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private final Target target = new Target();

  @Override
  public Integer call() throws Exception {
    try (Desk desk = target.desk()) {
      Map<String, Object> books = desk.ask("/ops/books", "", null);
      PrintWriter out = spec.commandLine().getOut();
      if (!target.printed(out, books)) {
        Text.table(out, Text.list(books, "checks"), "check", "holds", "violations", "example");
        out.flush();
      }
      return Boolean.TRUE.equals(books.get("holds")) ? 0 : Refusal.Kind.REFUSED.exitCode();
    }
  }
}
