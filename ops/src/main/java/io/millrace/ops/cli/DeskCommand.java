package io.millrace.ops.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that asks a node or its database one thing and prints the answer. */
abstract class DeskCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private final Target target = new Target();

  /** Asks. */
  abstract Map<String, Object> ask(Desk desk) throws Exception;

  /** Prints the answer for a person; with {@code --json} it is printed as it came instead. */
  abstract void print(PrintWriter out, Map<String, Object> answer);

  /** Whose books, where what is asked for says it itself. */
  Optional<Integer> tenant() {
    return Optional.empty();
  }

  /** What the process ends with. */
  int exitCode(Map<String, Object> answer) {
    return 0;
  }

  @Override
  public final Integer call() throws Exception {
    Map<String, Object> answer;
    try (Desk desk = target.desk(tenant())) {
      answer = ask(desk);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (!target.printed(out, answer)) {
      print(out, answer);
      out.flush();
    }
    return exitCode(answer);
  }

  /** Says how to go on, where the answer is a page and there are more. */
  static void printCursor(PrintWriter out, Map<String, Object> page) {
    if (page.get("next") != null) {
      out.println("more: --cursor " + Text.of(page, "next"));
    }
  }
}
