package io.millrace.ops.cli;

import io.millrace.ops.Refusal;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace close}. */
@Command(
    name = "close",
    mixinStandardHelpOptions = true,
    description = {
      "Closes a settlement period: statements are made and queued for delivery.",
      "Asking again is safe. Exits with 3 while shards have still to close it."
    })
public final class CloseCommand extends DeskCommand {
  @Parameters(paramLabel = "PERIOD", description = "its number, from 0")
  private int period;

  @Override
  Map<String, Object> ask(Desk desk) throws Exception {
    return desk.ask("/ops/periods/" + period + "/close", "", Map.of());
  }

  @Override
  void print(PrintWriter out, Map<String, Object> answer) {
    if (isClosed(answer)) {
      out.printf(
          "period %d is closed: %s invoices, %s partner statements%n",
          period, Text.of(answer, "invoices"), Text.of(answer, "partnerStatements"));
    } else {
      out.printf(
          "period %d was asked to close: %s shards have still to close it; it ends at %s%n",
          period, Text.of(answer, "shards"), Text.of(answer, "ends"));
    }
  }

  @Override
  int exitCode(Map<String, Object> answer) {
    return isClosed(answer) ? 0 : Refusal.Kind.UNAVAILABLE.exitCode();
  }

  private static boolean isClosed(Map<String, Object> answer) {
    return "closed".equals(answer.get("state"));
  }
}
