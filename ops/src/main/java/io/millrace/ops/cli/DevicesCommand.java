package io.millrace.ops.cli;

import io.millrace.connectors.devices.DeviceFormat;
import io.millrace.ops.Refusal;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace devices}. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    description = "Looks at the device directory, and adds to it.",
    subcommands = {
      DevicesCommand.ImportCommand.class,
      DevicesCommand.ListCommand.class,
      DevicesCommand.ShowCommand.class
    })
public final class DevicesCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing required subcommand");
  }

  /** {@code millrace devices import}. */
  @Command(
      name = "import",
      mixinStandardHelpOptions = true,
      description = {
        "Adds a list of devices to the directory; needs a running node.",
        "CSV with the header subject,account,offer,from,to, or JSON objects with these members.",
        "Those that are known are left as they are: a list can be imported again."
      })
  static final class ImportCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private final Target target = new Target();

    @Parameters(paramLabel = "FILE", description = "named .csv, .ndjson, .jsonl or .json")
    private Path file;

    @Override
    public Integer call() throws Exception {
      DeviceFormat format =
          DeviceFormat.ofFile(file.getFileName().toString())
              .orElseThrow(
                  () ->
                      new Refusal(
                          Refusal.Kind.MISUSE,
                          "unknown-format",
                          file + " does not say how it is written",
                          "name it .csv, .ndjson, .jsonl or .json"));
      if (!Files.isReadable(file) || Files.isDirectory(file)) {
        throw new Refusal(
            Refusal.Kind.MISUSE, "unreadable", file + " can't be read", "check its name");
      }
      Map<String, Object> tree;
      try (Desk desk = target.desk()) {
        tree = desk.upload("/v1/devices", format.mediaType(), file);
      }
      PrintWriter out = spec.commandLine().getOut();
      if (!target.printed(out, tree)) {
        refusals(tree).forEach((line, why) -> out.printf("%s:%d: %s%n", file, line, why));
        out.printf(
            Locale.ROOT,
            "%,d devices: %,d new, %,d known, %,d refused%n",
            (Long) tree.get("devices"),
            (Long) tree.get("created"),
            (Long) tree.get("known"),
            (Long) tree.get("refused"));
        out.flush();
      }
      return Long.valueOf(0).equals(tree.get("refused")) ? 0 : 1;
    }

    private static Map<Long, String> refusals(Map<String, Object> tree) {
      Map<Long, String> byLine = new TreeMap<>();
      for (Map<String, Object> refusal : Text.list(tree, "refusals")) {
        String why =
            Text.of(refusal, "code")
                + ": "
                + Text.of(refusal, "title")
                + ". Next: "
                + Text.of(refusal, "detail");
        if (refusal.get("lines") instanceof List<?> lines) {
          lines.forEach(line -> byLine.put((Long) line, why));
        }
      }
      return byLine;
    }
  }

  /** {@code millrace devices list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists subscriptions: which device is on which offer for which account, when.")
  static final class ListCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private final Target target = new Target();

    @Option(names = "--account", paramLabel = "NAME", description = "of this account only")
    private @Nullable String account;

    @Option(names = "--offer", paramLabel = "NAME", description = "on this offer only")
    private @Nullable String offer;

    @Option(
        names = "--at",
        paramLabel = "TIME",
        description = "valid then, like 2026-11-02T00:00:00Z")
    private @Nullable String at;

    @Option(names = "--limit", paramLabel = "N", description = "1 to 1000 (${DEFAULT-VALUE})")
    private int limit = 20;

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "of the page before")
    private @Nullable String cursor;

    @Override
    public Integer call() throws Exception {
      Map<String, Object> tree;
      try (Desk desk = target.desk()) {
        tree =
            desk.ask(
                "/v1/devices",
                Desk.query(
                    "account", account,
                    "offer", offer,
                    "at", at,
                    "limit", limit,
                    "cursor", cursor),
                null);
      }
      PrintWriter out = spec.commandLine().getOut();
      if (!target.printed(out, tree)) {
        table(out, Text.list(tree, "devices"));
        if (tree.get("next") != null) {
          out.println("more: --cursor " + Text.of(tree, "next"));
        }
        out.flush();
      }
      return 0;
    }
  }

  /** {@code millrace devices show}. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows all subscriptions of a device, the earliest first.")
  static final class ShowCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private final Target target = new Target();

    @Parameters(paramLabel = "SUBJECT", description = "its name, as in its events")
    private String subject;

    @Override
    public Integer call() throws Exception {
      Map<String, Object> tree;
      try (Desk desk = target.desk()) {
        tree = desk.ask("/v1/devices/" + Desk.escaped(subject), "", null);
      }
      PrintWriter out = spec.commandLine().getOut();
      if (!target.printed(out, tree)) {
        table(out, Text.list(tree, "subscriptions"));
        out.flush();
      }
      return 0;
    }
  }

  private static void table(PrintWriter out, List<Map<String, Object>> rows) {
    if (rows.isEmpty()) {
      out.println("there are none");
    } else {
      Text.table(out, rows, "subject", "account", "offer", "from", "to", "subscription", "shard");
    }
  }
}
