package io.millrace.ops.erp;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The ERP as a process of its own; it prints {@code ready PORT} and serves until it is killed. */
@Command(
    name = "erp",
    mixinStandardHelpOptions = true,
    description = "A small ERP: stores journal entries durably and honours idempotency keys.")
public final class ErpMain implements Callable<Integer> {
  private static final int UNAVAILABLE = 3;

  @Option(names = "--port", defaultValue = "0", description = "to listen on; 0 takes a free one")
  private int port;

  @Option(names = "--file", required = true, description = "the journal; created if missing")
  private Path file = Path.of("erp.journal");

  @Option(
      names = "--faults",
      split = ",",
      description = "for the first requests, one each: ${COMPLETION-CANDIDATES}")
  private List<Fault> faults = List.of();

  @Option(names = "--delay", defaultValue = "PT5S", description = "how long the fault DELAY takes")
  private Duration delay = Duration.ZERO;

  public static void main(String[] args) {
    System.exit(new CommandLine(new ErpMain()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    try (ErpServer erp = ErpServer.start(port, file, faults, delay)) {
      System.out.println("ready " + erp.port());
      Thread.currentThread().join();
      return 0;
    } catch (IOException e) {
      System.err.println(
          "erp: can't serve port "
              + port
              + " from "
              + file
              + ": "
              + e.getMessage()
              + ". Choose another --port or --file.");
      return UNAVAILABLE;
    }
  }
}
