package io.millrace.ops;

import io.millrace.ops.cli.AccountCommand;
import io.millrace.ops.cli.BooksCommand;
import io.millrace.ops.cli.CatalogCommand;
import io.millrace.ops.cli.CheckCommand;
import io.millrace.ops.cli.ClockCommand;
import io.millrace.ops.cli.CloseCommand;
import io.millrace.ops.cli.CommandErrors;
import io.millrace.ops.cli.CommitCommand;
import io.millrace.ops.cli.DemoCommand;
import io.millrace.ops.cli.DevicesCommand;
import io.millrace.ops.cli.ExplainCommand;
import io.millrace.ops.cli.FilesCommand;
import io.millrace.ops.cli.RateCommand;
import io.millrace.ops.cli.ReleaseCommand;
import io.millrace.ops.cli.ReserveCommand;
import io.millrace.ops.cli.RunCommand;
import io.millrace.ops.cli.SourceCommand;
import io.millrace.ops.cli.StatementCommand;
import io.millrace.ops.cli.SuspenseCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Exit codes: 0 done, 1 refused, 2 misuse, 3 unavailable, 130 stopped. */
@Command(
    name = "millrace",
    description = "Turns device messages into money.",
    mixinStandardHelpOptions = true,
    version = "millrace 0.1.0",
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      CheckCommand.class,
      RateCommand.class,
      DevicesCommand.class,
      AccountCommand.class,
      ReserveCommand.class,
      CommitCommand.class,
      ReleaseCommand.class,
      ExplainCommand.class,
      SourceCommand.class,
      SuspenseCommand.class,
      FilesCommand.class,
      StatementCommand.class,
      CloseCommand.class,
      BooksCommand.class,
      CatalogCommand.class,
      ClockCommand.class
    })
public final class Millrace implements Runnable {
  /** Runs a command and ends the process with its code. */
  public static void main(String[] args) {
    System.exit(
        commandLine(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8))
            .execute(args));
  }

  /** The command line, printing to these. */
  public static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(new Millrace()).setOut(out).setErr(err);
    line.setUsageHelpAutoWidth(true);
    CommandErrors errors = new CommandErrors();
    line.setParameterExceptionHandler(errors);
    line.setExecutionExceptionHandler(errors);
    return line;
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
