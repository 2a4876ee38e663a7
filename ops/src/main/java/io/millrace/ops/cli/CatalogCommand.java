package io.millrace.ops.cli;

import io.millrace.ops.Refusal;
import io.millrace.ops.rest.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace catalog}. */
@Command(
    name = "catalog",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the versions of the catalog: which holds, which come, and what each changes.",
      "Needs a running node."
    },
    subcommands = {
      CatalogCommand.ShowCommand.class,
      CatalogCommand.ActivateCommand.class,
      CatalogCommand.WithdrawCommand.class
    })
public final class CatalogCommand implements Callable<Integer> {
  private static final int HASH = 12;

  @Spec private CommandSpec spec;
  @Mixin private final Target target = new Target();

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "past, current, coming or withdrawn only")
  private @Nullable String state;

  @Override
  public Integer call() throws Exception {
    Map<String, Object> tree;
    try (Desk desk = target.desk()) {
      tree = desk.ask("/v1/catalogs", Desk.query("state", state), null);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (!target.printed(out, tree)) {
      for (Map<String, Object> each : Text.list(tree, "catalogs")) {
        out.printf(
            "%s  from %s  %s%n",
            shortened(each), Text.of(each, "effective"), Text.of(each, "state"));
        print(out, each);
      }
      out.flush();
    }
    return 0;
  }

  private static String shortened(Map<String, Object> version) {
    return Text.of(version, "hash").substring(0, HASH);
  }

  private static void print(PrintWriter out, Map<String, Object> version) {
    if (version.get("changes") instanceof List<?> changes) {
      changes.forEach(change -> out.println("    " + change));
    }
    if (version.get("warnings") instanceof List<?> warnings) {
      warnings.forEach(warning -> out.println("    WARNING " + warning));
    }
  }

  /** {@code millrace catalog show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = {
        "Prints a version's file; with --against, what leads to it from another version instead.",
        "Needs a running node."
      })
  static final class ShowCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private final Target target = new Target();

    @Parameters(paramLabel = "HASH", description = "of the version, or how it begins")
    private String hash;

    @Option(
        names = "--against",
        paramLabel = "HASH",
        description = "of the version that it is compared with, or how it begins")
    private @Nullable String against;

    @Override
    public Integer call() throws Exception {
      Map<String, Object> tree;
      try (Desk desk = target.desk()) {
        tree = desk.ask("/v1/catalogs/" + Desk.escaped(hash), Desk.query("against", against), null);
      }
      PrintWriter out = spec.commandLine().getOut();
      if (!target.printed(out, tree)) {
        if (against == null) {
          // Whole, to be kept as a file; no catalog holds what could steer a terminal.
          out.print(tree.get("source"));
        } else if (Text.of(tree, "changes").equals("[]")) {
          out.println("They say the same.");
        } else {
          print(out, tree);
        }
        out.flush();
      }
      return 0;
    }
  }

  /** {@code millrace catalog activate}. */
  @Command(
      name = "activate",
      mixinStandardHelpOptions = true,
      description = {
        "Activates a version for all shards at once; it holds from its effective date on, two hours"
            + " ahead at least.",
        "Without --yes it only says what would change. `millrace rate --against` says what that"
            + " would cost whom. Needs a running node."
      })
  static final class ActivateCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private final Target target = new Target();

    @Parameters(paramLabel = "FILE", description = "the catalog")
    private Path file;

    @Option(names = "--yes", description = "do it")
    private boolean yes;

    @Override
    public Integer call() throws Exception {
      CatalogCheck check = new CatalogCheck(file);
      if (!check.errors.isEmpty()) {
        PrintWriter err = spec.commandLine().getErr();
        check.errors.forEach(err::println);
        throw new Refusal(
            Refusal.Kind.REFUSED,
            "bad-catalog",
            file + " has " + check.errors.size() + " problem(s)",
            "mend it, and check it with `millrace check`");
      }
      Map<String, Object> tree;
      try (Desk desk = target.desk()) {
        tree = desk.upload("/v1/catalogs?dryRun=" + !yes, "application/yaml", file);
      }
      PrintWriter out = spec.commandLine().getOut();
      if (!target.printed(out, tree)) {
        print(out, tree);
        out.println(
            switch (Text.of(tree, "outcome")) {
              case "already" -> "It is activated already.";
              case "could" ->
                  "This would hold from "
                      + Text.of(tree, "effective")
                      + " on. Nothing is changed yet: add --yes.";
              default ->
                  "It holds from "
                      + Text.of(tree, "effective")
                      + " on; until two hours before, `millrace catalog withdraw "
                      + shortened(tree)
                      + "` takes it back.";
            });
        out.flush();
      }
      return 0;
    }
  }

  /** {@code millrace catalog withdraw}. */
  @Command(
      name = "withdraw",
      mixinStandardHelpOptions = true,
      description = {
        "Takes a version back that has not begun; what was activated beside it stays.",
        "It can be activated again. Needs a running node."
      })
  static final class WithdrawCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private final Target target = new Target();

    @Parameters(paramLabel = "HASH", description = "of the version, or how it begins")
    private String hash;

    @Override
    public Integer call() throws Exception {
      Map<String, Object> tree;
      try (Desk desk = target.desk()) {
        tree = desk.ask("/v1/catalogs/" + Desk.escaped(hash) + "/withdraw", "", Json.object());
      }
      PrintWriter out = spec.commandLine().getOut();
      if (!target.printed(out, tree)) {
        out.println(
            Text.of(tree, "outcome").equals("already")
                ? "It was taken back already."
                : "It is taken back; it would have begun on " + Text.of(tree, "effective") + ".");
        out.flush();
      }
      return 0;
    }
  }
}
