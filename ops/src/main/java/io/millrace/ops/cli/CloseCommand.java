package io.millrace.ops.cli;

import io.millrace.ops.Refusal;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace close}. */
@Command(
    name = "close",
    mixinStandardHelpOptions = true,
    description = {
      "Closes a settlement period: statements are made and queued for delivery.",
      "Asking again is safe. Exits with 3 while shards have still to close it."
    })
public final class CloseCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private final Target target = new Target();

  @Parameters(paramLabel = "PERIOD", description = "its number, from 0")
  private int period;

  @Override
  public Integer call() throws Exception {
    Map<String, Object> tree;
    try (Desk desk = target.desk()) {
      tree = desk.ask("/ops/periods/" + period + "/close", "", Map.of());
    }
    boolean closed = "closed".equals(tree.get("state"));
    PrintWriter out = spec.commandLine().getOut();
    if (!target.printed(out, tree)) {
      if (closed) {
        out.printf(
            "period %d is closed: %s invoices, %s partner statements%n",
            period, Text.of(tree, "invoices"), Text.of(tree, "partnerStatements"));
      } else {
        out.printf(
            "period %d was asked to close: %s shards have still to close it; it ends at %s%n",
            period, Text.of(tree, "shards"), Text.of(tree, "ends"));
      }
      out.flush();
    }
    return closed ? 0 : Refusal.Kind.UNAVAILABLE.exitCode();
  }
}
