package io.millrace.ops.cli;

import io.millrace.processors.shard.ChargeId;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace explain}. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Walks from a charge to its raw events and proves it by its hashes.",
      "Exits with 1 when something does not match."
    })
public final class ExplainCommand extends DeskCommand {
  @Parameters(paramLabel = "CHARGE", description = "a charge's id, tenant-shard-seq-n")
  private String charge;

  @Option(
      names = "--events",
      paramLabel = "N",
      description = "how many events are shown; all are checked (${DEFAULT-VALUE})")
  private int events = 100;

  @Option(
      names = "--whole-chain",
      description = {
        "follows the shard's chain through every journal row that holds an event,",
        "however many lie in between; else as far as a fraction of a second goes"
      })
  private boolean wholeChain;

  @Override
  Optional<Integer> tenant() {
    return ChargeId.parse(charge).map(ChargeId::tenant);
  }

  @Override
  Map<String, Object> ask(Desk desk) throws Exception {
    return desk.ask(
        "/v1/charges/" + Desk.escaped(charge),
        Desk.query("events", events, "wholeChain", wholeChain),
        null);
  }

  @Override
  int exitCode(Map<String, Object> tree) {
    return isProven(tree) ? 0 : 1;
  }

  private static boolean isProven(Map<String, Object> tree) {
    return Boolean.TRUE.equals(tree.get("proven"));
  }

  @Override
  void print(PrintWriter out, Map<String, Object> tree) {
    Map<String, Object> c = Text.object(tree, "charge");
    out.printf(
        "charge %s: %s %s for %s %s of %s/%s%n",
        Text.of(c, "id"),
        Text.of(c, "amount"),
        Text.of(c, "currency"),
        Text.of(c, "quantity"),
        Text.of(c, "unit"),
        Text.of(c, "offer"),
        Text.of(c, "name"));
    out.printf(
        "  device %s, account %s, period %s%s, %s to %s%n",
        Text.of(c, "subject"),
        Text.of(c, "account"),
        Text.of(c, "period"),
        Boolean.TRUE.equals(c.get("late")) ? " (late)" : "",
        Text.of(c, "windowStart"),
        Text.of(c, "windowEnd"));
    out.printf("  catalog %s%n", Text.of(c, "catalog"));
    if (!Text.list(tree, "lines").isEmpty()) {
      out.println();
      Text.table(out, Text.list(tree, "lines"), "what", "quantity", "unit", "price", "amount");
    }
    if (!Text.list(tree, "parts").isEmpty()) {
      out.println();
      Text.table(out, Text.list(tree, "parts"), "what", "since", "quantity", "unit", "counts");
    }
    if (!Text.list(tree, "events").isEmpty()) {
      out.println();
      Text.table(out, Text.list(tree, "events"), "time", "id", "quantity", "commit", "row", "raw");
    }
    int shown = Text.list(tree, "events").size();
    if (c.get("events") instanceof Long all && all > shown) {
      out.printf("... and %d more, checked like these (--events shows more)%n", all - shown);
    }
    out.println();
    for (Map<String, Object> v : Text.list(tree, "verdicts")) {
      out.printf(
          "  %-4s %-9s %s%n",
          Boolean.TRUE.equals(v.get("good")) ? "ok" : "NOT", Text.of(v, "check"), v.get("says"));
    }
    out.println(isProven(tree) ? "proven" : "NOT PROVEN: what is named above was changed or lost");
  }
}
