package io.millrace.ops.cli;

import io.millrace.connectors.store.DatabaseUnavailable;
import io.millrace.ops.demo.DemoOptions;
import io.millrace.ops.demo.DemoRun;
import io.millrace.ops.demo.Outcome;
import io.millrace.ops.demo.generator.Load;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Bills a smart city's day from lamp to ledger, everything embedded, and proves the books.",
      "Exits with 1 when a number does not match."
    })
public final class DemoCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Option(
      names = "--lamps",
      paramLabel = "N",
      description = "street lamps, 1 to 200000 (${DEFAULT-VALUE})")
  int lamps = 500;

  @Option(
      names = "--hours",
      paramLabel = "N",
      description = "hours of simulated time (${DEFAULT-VALUE})")
  int hours = 24;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "what the lamps do follows from it (${DEFAULT-VALUE})")
  long seed = 1;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "folder of database, broker and ERP (${DEFAULT-VALUE})")
  Path data = Path.of("data");

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "of REST; 0 takes a free one (${DEFAULT-VALUE})")
  int port = 8080;

  @Option(names = "--summary", paramLabel = "FILE", description = "write the outcome as JSON")
  @Nullable Path summary;

  @Option(names = "--stay", description = "keep running when the books are closed")
  boolean stay;

  @Override
  public Integer call() throws Exception {
    Load load;
    try {
      load = new Load(lamps, hours, seed, Load.SMART_CITY_DAY);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    try {
      Outcome outcome =
          new DemoRun(
                  new DemoOptions(load, data, port, Optional.ofNullable(summary), stay), System.out)
              .run();
      return outcome.good() ? 0 : 1;
    } catch (DatabaseUnavailable | IOException e) {
      spec.commandLine().getErr().println("unavailable: " + e.getMessage());
      return 3;
    }
  }
}
