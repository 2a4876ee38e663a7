package io.millrace.ops.cli;

import io.millrace.ops.rest.Json;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace suspense}. */
@Command(
    name = "suspense",
    mixinStandardHelpOptions = true,
    description = "Looks at events that could not be charged, and tries them again.",
    subcommands = {
      SuspenseCommand.ListCommand.class,
      SuspenseCommand.ShowCommand.class,
      SuspenseCommand.RecycleCommand.class
    })
public final class SuspenseCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing required subcommand");
  }

  /** {@code millrace suspense list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists them, oldest first.")
  static final class ListCommand extends DeskCommand {
    @Option(names = "--reason", paramLabel = "CODE", description = "like unknown-device")
    private @Nullable String reason;

    @Option(names = "--source", paramLabel = "NAME", description = "of this source only")
    private @Nullable String source;

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "open, charged, duplicate, discarded or any (${DEFAULT-VALUE})")
    private String state = "open";

    @Option(names = "--since", paramLabel = "TIME", description = "like 2026-11-02T00:00:00Z")
    private @Nullable String since;

    @Option(names = "--limit", paramLabel = "N", description = "1 to 1000 (${DEFAULT-VALUE})")
    private int limit = 20;

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "of the page before")
    private @Nullable String cursor;

    @Override
    Map<String, Object> ask(Desk desk) throws Exception {
      return desk.ask(
          "/ops/suspense",
          Desk.query(
              "reason", reason,
              "source", source,
              "state", state,
              "since", since,
              "limit", limit,
              "cursor", cursor),
          null);
    }

    @Override
    void print(PrintWriter out, Map<String, Object> page) {
      for (Map<String, Object> alarm : Text.list(page, "alarms")) {
        out.printf(
            "ALARM: source %s has %s events here, and %s are kept; beyond that they are"
                + " discarded%n",
            Text.of(alarm, "source"), Text.of(alarm, "open"), Text.of(alarm, "most"));
      }
      Map<String, Object> open = Text.object(page, "open");
      if (open.isEmpty()) {
        out.println("nothing is open");
      }
      open.forEach((code, count) -> out.printf("%8s open  %s%n", count, code));
      List<Map<String, Object>> events = Text.list(page, "events");
      if (!events.isEmpty()) {
        out.println();
        Text.table(out, events, "hash", "reason", "state", "source", "receivedAt", "size", "text");
      }
      printCursor(out, page);
    }
  }

  /** {@code millrace suspense show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows one with all its bytes.")
  static final class ShowCommand extends DeskCommand {
    @Parameters(paramLabel = "HASH", description = "its hash, or the first 8 digits or more")
    private String hash;

    @Override
    Map<String, Object> ask(Desk desk) throws Exception {
      return desk.ask("/ops/suspense/" + Desk.escaped(hash), "", null);
    }

    @Override
    void print(PrintWriter out, Map<String, Object> tree) {
      tree.forEach(
          (member, value) -> {
            if (!member.equals("raw") && !member.equals("text")) {
              out.printf("%-11s %s%n", member, Text.of(tree, member));
            }
          });
      out.println();
      out.println(tree.get("text"));
    }
  }

  /** {@code millrace suspense recycle}. */
  @Command(
      name = "recycle",
      mixinStandardHelpOptions = true,
      description = "Tries all open events of a reason again. Needs a running node.")
  static final class RecycleCommand extends DeskCommand {
    @Option(
        names = "--reason",
        required = true,
        paramLabel = "CODE",
        description = "like unknown-device")
    private String reason;

    @Option(
        names = "--override",
        paramLabel = "WHO",
        description = "who allows them to be older than the horizon")
    private @Nullable String override;

    @Override
    Map<String, Object> ask(Desk desk) throws Exception {
      return desk.ask(
          "/ops/suspense/recycle", "", Json.object("reason", reason, "override", override));
    }

    @Override
    void print(PrintWriter out, Map<String, Object> tree) {
      out.printf(
          "%s tried, %s of them are charged or duplicates now%n",
          Text.of(tree, "tried"), Text.of(tree, "ended"));
    }
  }
}
