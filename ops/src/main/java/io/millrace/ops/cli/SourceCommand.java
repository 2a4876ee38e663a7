package io.millrace.ops.cli;

import io.millrace.ops.Refusal;
import io.millrace.ops.rest.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace source}. All of it asks a running node. */
@Command(
    name = "source",
    mixinStandardHelpOptions = true,
    description = "Shows the sources of a running node, tries, suspends and resumes them.",
    subcommands = {
      SourceCommand.ListCommand.class,
      SourceCommand.TestCommand.class,
      SourceCommand.SuspendCommand.class,
      SourceCommand.ResumeCommand.class,
      SourceCommand.RebirthsCommand.class
    })
public final class SourceCommand implements Runnable {
  /** Counters of a slot that a source's line adds up. */
  private static final List<String> SUMS =
      List.of("received", "acknowledged", "inFlight", "limit", "failures", "reconnects");

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing required subcommand");
  }

  /** {@code millrace source list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {
        "Lists them: what they read from, their phase, and their counters since they started here.",
        "lag: what waits there and is not acknowledged, where the broker tells (MQTT, AMQP and"
            + " Pulsar have no word for it).",
        "limit: how many may be in flight now; it follows the load between the route's"
            + " leastInFlight and inFlight, and readers rest that are not needed.",
        "oldest: milliseconds that the oldest unacknowledged event has waited."
      })
  static final class ListCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private final Target target = new Target();

    @Override
    public Integer call() throws Exception {
      Map<String, Object> tree;
      try (Desk desk = target.desk()) {
        tree = desk.ask("/ops/sources", "", null);
      }
      PrintWriter out = spec.commandLine().getOut();
      if (!target.printed(out, tree)) {
        List<Map<String, Object>> rows = new ArrayList<>();
        Text.list(tree, "sources").forEach(s -> rows.add(row(s)));
        if (rows.isEmpty()) {
          out.println("this node runs no source");
        } else {
          Text.table(
              out,
              rows,
              "name",
              "kind",
              "phase",
              "slots",
              "received",
              "acknowledged",
              "inFlight",
              "limit",
              "lag",
              "oldest",
              "failures",
              "reconnects");
        }
        if (tree.get("notLoaded") instanceof List<?> all) {
          all.forEach(why -> out.println("not loaded: " + why));
        }
        out.flush();
      }
      return 0;
    }
  }

  private static Map<String, Object> row(Map<String, Object> source) {
    List<Map<String, Object>> slots = Text.list(source, "slots");
    Map<String, Object> row =
        Json.object(
            "name", source.get("name"), "kind", source.get("kind"), "phase", source.get("state"));
    if (!slots.isEmpty()) {
      long connected = slots.stream().filter(s -> Boolean.TRUE.equals(s.get("connected"))).count();
      row.put("slots", connected + " of " + slots.size());
      SUMS.forEach(c -> row.put(c, slots.stream().mapToLong(s -> number(s, c)).sum()));
      if (source.get("lag") instanceof Map<?, ?> lag) {
        row.put("lag", lag.get("count") + " " + lag.get("unit"));
      }
      row.put("oldest", slots.stream().mapToLong(s -> number(s, "oldestMillis")).max().orElse(0));
    }
    return row;
  }

  private static long number(Map<String, Object> slot, String counter) {
    return slot.get(counter) instanceof Long n ? n : 0;
  }

  /** {@code millrace source test}. */
  @Command(
      name = "test",
      mixinStandardHelpOptions = true,
      description = {
        "Tries host, login and topic or queue one after the other; consumes nothing.",
        "Exits with 3 when one is not as it should be."
      })
  static final class TestCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private final Target target = new Target();

    @Parameters(paramLabel = "NAME", description = "the source's")
    private String name;

    @Override
    public Integer call() throws Exception {
      Map<String, Object> tree = verb(target, name, "test");
      PrintWriter out = spec.commandLine().getOut();
      if (!target.printed(out, tree)) {
        for (Map<String, Object> check : Text.list(tree, "checks")) {
          out.printf(
              "  %-4s %-6s %s%n",
              Boolean.TRUE.equals(check.get("good")) ? "ok" : "NOT",
              Text.of(check, "name"),
              Text.of(check, "says"));
        }
        out.flush();
      }
      return Boolean.TRUE.equals(tree.get("good")) ? 0 : Refusal.Kind.UNAVAILABLE.exitCode();
    }
  }

  /** {@code millrace source suspend}. */
  @Command(
      name = "suspend",
      mixinStandardHelpOptions = true,
      description = "Has a source take nothing more in; what is in flight is finished.")
  static final class SuspendCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private final Target target = new Target();

    @Parameters(paramLabel = "NAME", description = "the source's")
    private String name;

    @Override
    public Integer call() throws Exception {
      return told(spec, target, verb(target, name, "suspend"));
    }
  }

  /** {@code millrace source resume}. */
  @Command(name = "resume", mixinStandardHelpOptions = true, description = "Has a source go on.")
  static final class ResumeCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private final Target target = new Target();

    @Parameters(paramLabel = "NAME", description = "the source's")
    private String name;

    @Override
    public Integer call() throws Exception {
      return told(spec, target, verb(target, name, "resume"));
    }
  }

  /** {@code millrace source rebirths}. */
  @Command(
      name = "rebirths",
      mixinStandardHelpOptions = true,
      description = {
        "Lists edge nodes of Sparkplug B of which something came that no birth explains.",
        "Have their host application ask each for a rebirth at its topic; then"
            + " `suspense recycle --reason unknown-alias` charges what waits."
      })
  static final class RebirthsCommand extends DeskCommand {
    @Override
    Map<String, Object> ask(Desk desk) throws Exception {
      return desk.ask("/ops/rebirths", "", null);
    }

    @Override
    void print(PrintWriter out, Map<String, Object> tree) {
      List<Map<String, Object>> edges = Text.list(tree, "edges");
      if (edges.isEmpty()) {
        out.println("no edge node has to be asked for its births");
      } else {
        Text.table(out, edges, "edge", "askedAt", "topic");
      }
    }
  }

  private static Map<String, Object> verb(Target target, String name, String verb) throws Refusal {
    try (Desk desk = target.desk()) {
      return desk.ask("/ops/sources/" + Desk.escaped(name) + "/" + verb, "", Map.of());
    }
  }

  private static int told(CommandSpec spec, Target target, Map<String, Object> source) {
    PrintWriter out = spec.commandLine().getOut();
    if (!target.printed(out, source)) {
      out.println(Text.of(source, "name") + " is " + Text.of(source, "state"));
      out.flush();
    }
    return 0;
  }
}
