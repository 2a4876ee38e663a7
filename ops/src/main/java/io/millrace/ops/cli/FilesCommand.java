package io.millrace.ops.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace files}. */
@Command(
    name = "files",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the files that sources have found, newest first, and what became of each.",
      "replayed: its bytes had been read before, as file sameAs; nothing was charged again.",
      "failed: none of its lines was used; mend it and send it again."
    })
public final class FilesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private final Target target = new Target();

  @Option(names = "--source", paramLabel = "NAME", description = "of this source only")
  private @Nullable String source;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "claimed, reading, done, replayed or failed")
  private @Nullable String state;

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
              "/ops/files",
              Desk.query("source", source, "state", state, "limit", limit, "cursor", cursor),
              null);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (!target.printed(out, tree)) {
      if (Text.list(tree, "files").isEmpty()) {
        out.println("no files");
      } else {
        Text.table(
            out,
            Text.list(tree, "files"),
            "id",
            "source",
            "state",
            "nextLine",
            "lines",
            "charged",
            "duplicate",
            "suspended",
            "foundAt",
            "path",
            "sameAs",
            "reason");
      }
      if (tree.get("next") != null) {
        out.println("more: --cursor " + Text.of(tree, "next"));
      }
      out.flush();
    }
    return 0;
  }
}
