package io.millrace.ops;

import io.millrace.ops.cli.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Exit codes: 0 done, 1 refused, 2 misuse, 3 unavailable. */
@Command(
    name = "millrace",
    description = "Turns device messages into money.",
    mixinStandardHelpOptions = true,
    version = "millrace 0.1.0",
    subcommands = {DemoCommand.class})
public final class Millrace implements Runnable {
  public static void main(String[] args) {
    System.exit(new CommandLine(new Millrace()).execute(args));
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
