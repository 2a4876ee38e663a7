package io.millrace.ops.cli;

import io.millrace.ops.Refusal;
import io.millrace.ops.rest.Json;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace clock}. */
@Command(
    name = "clock",
    mixinStandardHelpOptions = true,
    description = {
      "Shows a node's clock, and whether it is believed: while it is not, nothing falls due.",
      "Exits with 1 where an operator has to agree to it. Needs a running node."
    },
    subcommands = ClockCommand.AgreeCommand.class)
public final class ClockCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private final Target target = new Target();

  @Override
  public Integer call() throws Exception {
    try (Desk desk = target.desk()) {
      return print(desk.ask("/ops/clock", "", null), target, spec);
    }
  }

  private static int print(Map<String, Object> clock, Target target, CommandSpec spec) {
    boolean ticks = Boolean.TRUE.equals(clock.get("ticks"));
    PrintWriter out = spec.commandLine().getOut();
    if (!target.printed(out, clock)) {
      line(out, "node's clock", Text.of(clock, "nodeTime"));
      line(out, "commits at", Text.of(clock, "commitTime"));
      if (clock.get("differenceMillis") != null) {
        line(out, "off database", Text.of(clock, "differenceMillis") + " ms");
      }
      if (clock.get("agreedBy") != null) {
        line(out, "agreed by", Text.of(clock, "agreedBy") + " at " + Text.of(clock, "agreedAt"));
      }
      if (ticks) {
        out.println(
            Boolean.TRUE.equals(clock.get("checked"))
                ? "It is believed: what is due runs."
                : "It is simulated, and so not checked.");
      } else {
        Map<String, Object> stop = Text.object(clock, "stopped");
        line(out, "stopped", Text.of(stop, "cause") + " seen at " + Text.of(stop, "since"));
        line(out, "it said", Text.of(stop, "nodeTime"));
        line(out, "believed was", Text.of(stop, "heldTime"));
        out.println(
            "Usage is taken, but nothing falls due until an operator agrees: set the clocks"
                + " right,");
        out.println("then `millrace clock agree --by NAME`.");
      }
      out.flush();
    }
    return ticks ? 0 : Refusal.Kind.REFUSED.exitCode();
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf("%-12s  %s%n", name, value);
  }

  /** {@code millrace clock agree}. */
  @Command(
      name = "agree",
      mixinStandardHelpOptions = true,
      description = {
        "Says that the clock is right as it is: what is due by then runs, and can't be taken back.",
        "Look at it with `millrace clock` before. Needs a running node."
      })
  static final class AgreeCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private final Target target = new Target();

    @Option(names = "--by", required = true, paramLabel = "NAME", description = "who says so")
    private String by;

    @Override
    public Integer call() throws Exception {
      try (Desk desk = target.desk()) {
        return print(desk.ask("/ops/clock/agree", "", Json.object("by", by)), target, spec);
      }
    }
  }
}
