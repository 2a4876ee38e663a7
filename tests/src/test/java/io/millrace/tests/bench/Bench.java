package io.millrace.tests.bench;

import io.millrace.tests.house.Repository;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The numbers of DESIGN §12 and their yardsticks, measured in one run on one machine. Exits with 0
 * once it has measured, whether goals are met or not: a machine is not a bug.
 */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures against yardsticks, with fsync on, and says which goals are met.")
public final class Bench implements Callable<Integer> {
  /** The folder's part that is emptied before and removed after. */
  private static final String OWN = "millrace-bench";

  @Spec private CommandSpec spec;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "STEP",
      description =
          "some of journal, dedupe, decode, rating, rate, core, storm, hand-built, mqtt, kafka,"
              + " streams, amqp, pulsar, sftp, http, charging, start, explain, with commas (all)")
  private Set<String> only = new LinkedHashSet<>();

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "runs of each measurement, of which the median counts (${DEFAULT-VALUE})")
  private int runs = Site.Scale.RUNS;

  @Option(
      names = "--devices",
      paramLabel = "N",
      description = "devices of the city, up to 1,000,000 (${DEFAULT-VALUE})")
  private int devices = Site.Scale.DEVICES;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description =
          "minutes of reports in a run of the core; fewer leave an hour's end out"
              + " (${DEFAULT-VALUE})")
  private int minutes = Site.Scale.MINUTES;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "on whose disk the database is meanwhile, some GB (tests/target)")
  private Path folder = Repository.root().resolve("tests/target");

  @Option(names = "--json", paramLabel = "FILE", description = "writes all figures there as well")
  private @Nullable Path json;

  /** Runs it and ends the process. */
  public static void main(String[] arguments) {
    System.exit(run(new PrintWriter(System.out, true, StandardCharsets.UTF_8), arguments));
  }

  /** Runs it, printing there, what fails too; gives the exit code. */
  static int run(PrintWriter out, String... arguments) {
    return new CommandLine(new Bench()).setOut(out).setErr(out).execute(arguments);
  }

  @Override
  public Integer call() throws Exception {
    if (runs < 1 || devices < 1 || devices > 1_000_000 || minutes < 1) {
      throw new ParameterException(
          spec.commandLine(), "--runs, --devices and --minutes are 1 or more");
    }
    List<Step> steps = chosen();
    Report report = new Report(spec.commandLine().getOut());
    Figures figures = new Figures();
    try (Site site = Site.open(folder.resolve(OWN), new Site.Scale(runs, devices, minutes))) {
      report.conditions(site.conditions());
      for (Step step : steps) {
        report.begin(step);
        figures.begin(step.name());
        step.measure(site, figures);
        report.figures(figures.of(step.name()));
      }
      report.end(figures);
      if (json != null) {
        Report.json(json, site.conditions(), figures);
      }
    }
    return 0;
  }

  private List<Step> chosen() {
    List<Step> all = all();
    Set<String> names = all.stream().map(Step::name).collect(Collectors.toSet());
    if (!names.containsAll(only)) {
      throw new ParameterException(spec.commandLine(), "--only takes some of " + names);
    }
    return all.stream().filter(s -> only.isEmpty() || only.contains(s.name())).toList();
  }

  private static List<Step> all() {
    return List.of(
        new JournalBytes(),
        new DedupeBytes(),
        new DecodeBench(),
        new RatingBench(),
        new RateBench(),
        new CoreBench(),
        new StormBench(),
        new HandBuiltBench(),
        new MqttBench(),
        new KafkaBench(),
        new StreamsBench(),
        new AmqpBench(),
        new PulsarBench(),
        new SftpBench(),
        new HttpBench(),
        new ChargingBench(),
        new StartBench(),
        new ExplainBench());
  }
}
