package io.millrace.tests.bench;

import io.millrace.tests.house.Repository;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A process of its own that asks a node over HTTP, so that the garbage and the compiling of a
 * client are not the node's. It lives as long as a step, so that only its first runs are those of a
 * cold client: one line in, a {@link Run}, one line out, what was measured.
 */
final class LoadClient implements AutoCloseable {
  private static final int CLIENTS = 64;

  /** Each has a batch under way: more would be more than a source holds. */
  private static final int USAGE_CLIENTS = 8;

  private static final int END_SECONDS = 10;

  private final Process process;
  private final Writer toIt;
  private final BufferedReader fromIt;

  private LoadClient(Process process) {
    this.process = process;
    this.toIt = process.outputWriter(StandardCharsets.US_ASCII);
    this.fromIt = process.inputReader(StandardCharsets.US_ASCII);
  }

  /** What the clients ask for. */
  enum Asks {
    CONSTANT {
      @Override
      OpenLoop.Client client(Run run, int number) {
        return new Constant();
      }
    },
    CHARGING {
      @Override
      OpenLoop.Client client(Run run, int number) {
        return new ChargingClient(run.accounts(), run.name() + "-" + number);
      }
    },
    ENTITLEMENTS {
      @Override
      OpenLoop.Client client(Run run, int number) {
        return new EntitlementReads(run.accounts(), number);
      }
    },
    USAGE {
      @Override
      OpenLoop.Client client(Run run, int number) {
        return new Usage(run.accounts());
      }

      @Override
      int most() {
        return USAGE_CLIENTS;
      }
    };

    /** How many clients there are at most. */
    int most() {
      return CLIENTS;
    }

    /** A client; one of several. */
    abstract OpenLoop.Client client(Run run, int number);
  }

  /**
   * One run.
   *
   * @param name begins each idempotency key; letters, digits, hyphens
   * @param accounts whose; lamps where it is usage
   * @param requests how many in all
   * @param perSecond the rate; 0 for as fast as the clients can
   */
  record Run(Asks asks, String name, String url, int accounts, int requests, int perSecond) {
    private static Run of(String line) {
      String[] at = line.split(" ", -1);
      return new Run(
          Asks.valueOf(at[0]),
          at[1],
          at[2],
          Integer.parseInt(at[3]),
          Integer.parseInt(at[4]),
          Integer.parseInt(at[5]));
    }

    private String line() {
      return asks + " " + name + " " + url + " " + accounts + " " + requests + " " + perSecond;
    }
  }

  /** Starts the process. */
  static LoadClient start() throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "@" + Repository.root().resolve("ops/jvm.options"),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            LoadClient.class.getName());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return new LoadClient(builder.start());
  }

  /**
   * Has it run.
   *
   * @return how long the answers took, nanoseconds
   * @throws IOException where an answer was not a good one, or the process has ended; it says why
   */
  Histogram run(Run run) throws Exception {
    toIt.write(run.line() + "\n");
    toIt.flush();
    String answer = fromIt.readLine();
    if (answer == null) {
      throw new IOException("the client has ended; what it wrote to standard error says why");
    }
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(answer));
    return Histogram.decodeFromByteBuffer(bytes, 0);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  /** Runs what each line says until there are no more; ends with a stack trace where one fails. */
  public static void main(String[] none) throws Exception {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    String line;
    while ((line = in.readLine()) != null) {
      Run run = Run.of(line);
      Histogram took =
          OpenLoop.run(
              run.url(),
              Math.min(run.asks().most(), run.requests()),
              run.requests(),
              run.perSecond(),
              n -> run.asks().client(run, n));
      ByteBuffer bytes = ByteBuffer.allocate(took.getNeededByteBufferCapacity());
      took.encodeIntoByteBuffer(bytes);
      out.println(
          Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), bytes.position())));
      out.flush();
    }
  }

  /** Asks for what a server answers without any work. */
  private static final class Constant implements OpenLoop.Client {
    private static final byte[] GET = ChargingClient.request("GET", "/health/live", "", "");

    @Override
    public byte[] next() {
      return GET;
    }

    @Override
    public void answered(String answer) throws IOException {
      ChargingClient.good(answer);
    }
  }

  /** Sends usage of lamps, in batches, the clients of all runs one after the other. */
  private static final class Usage implements OpenLoop.Client {
    private static @Nullable LampEvents lamps;
    private static int from;

    private final LampEvents these;

    Usage(int devices) {
      LampEvents before = lamps;
      these = before == null ? new LampEvents(devices, ChargingBench.START, 13) : before;
      lamps = these;
    }

    @Override
    public byte[] next() {
      if (from == these.size()) {
        these.next(1);
        from = 0;
      }
      List<byte[]> some = new ArrayList<>();
      while (some.size() < ChargingBench.USAGE_BATCH && from < these.size()) {
        some.add(these.payload(from++));
      }
      return KeptConnection.request("/v1/usage", some);
    }

    @Override
    public void answered(String answer) throws IOException {
      ChargingClient.good(answer);
    }
  }
}
