package io.millrace.ops.cli;

import io.millrace.ops.Refusal;
import io.millrace.ops.demo.DemoOptions;
import io.millrace.ops.demo.DemoRun;
import io.millrace.ops.demo.generator.Load;
import io.millrace.ops.node.StopSignal;
import java.io.IOException;
import java.nio.file.Files;
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
      "Exits with 1 when a number does not match. While it runs, the other commands ask it."
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
      description = "folder of database, broker and ERP (data)")
  Path data = Target.defaultData();

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
    if (port < 0 || port > 65_535) {
      throw new ParameterException(spec.commandLine(), "ports are 0 to 65535: " + port);
    }
    canBeWritten(summary);
    Checks.portIsFree("127.0.0.1", port, "end what listens there, or take another with --port");
    DemoOptions options = new DemoOptions(load, data, port, Optional.ofNullable(summary), stay);
    try (StopSignal.Interrupts stops = StopSignal.interrupts(Thread.currentThread())) {
      return new DemoRun(options, System.out).run().good() ? 0 : 1;
    } catch (InterruptedException e) {
      spec.commandLine().getErr().println("millrace: stopped before the end");
      return StopSignal.EXIT_CODE;
    }
  }

  /** Asked first: to find out after the run would cost the run. */
  private static void canBeWritten(@Nullable Path file) throws Refusal {
    try {
      if (file != null) {
        Files.newOutputStream(file).close();
      }
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          "summary-unwritable",
          "the file " + file + " can't be written",
          "name one with --summary in a folder that is there and that this user may write to");
    }
  }
}
