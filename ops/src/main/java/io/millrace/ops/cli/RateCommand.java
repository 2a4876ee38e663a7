package io.millrace.ops.cli;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogChanges;
import io.millrace.catalog.CatalogChanges.Change;
import io.millrace.catalog.TakenAway;
import io.millrace.catalog.TopUp;
import io.millrace.catalog.UseText;
import io.millrace.connectors.codec.Rfc3339;
import io.millrace.connectors.devices.DeviceFormat;
import io.millrace.connectors.devices.DeviceLine;
import io.millrace.connectors.devices.DeviceLines;
import io.millrace.connectors.devices.DevicesUnreadable;
import io.millrace.connectors.files.FileLimits;
import io.millrace.connectors.files.FileRefused;
import io.millrace.connectors.files.TextBlocks;
import io.millrace.connectors.tenant.DeviceVerdict;
import io.millrace.connectors.trial.UsageRun;
import io.millrace.connectors.trial.UsageTrial;
import io.millrace.connectors.trial.Workers;
import io.millrace.ops.Refusal;
import java.io.BufferedInputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace rate}. */
@Command(
    name = "rate",
    mixinStandardHelpOptions = true,
    description = {
      "Says what usage comes to under a catalog, and why; needs no node and no database.",
      "Usage is a file of CloudEvents, or events in the words of a catalog's test:",
      "  millrace rate --catalog ev.yaml '{at: 2026-03-05T18:00, wh: 80000, seconds: 3600}'",
      "The engine is a node's: duplicates are found, late events priced, periods ended.",
      "--against another catalog shows who would pay how much more, before it goes live.",
      "Exits with 1 when an event could not be charged."
    })
public final class RateCommand implements Callable<Integer> {
  private static final String STDIN = "-";
  private static final int MOST_TOLD = 20;
  private static final int MOST_THREADS = 64;

  /** A file of 10 million events has a few GB. */
  private static final FileLimits LIMITS = new FileLimits(1L << 40, 1L << 40, 1_032, 1 << 20);

  @Spec private CommandSpec spec;

  @Option(
      names = "--catalog",
      required = true,
      paramLabel = "FILE",
      description = "the catalog that prices it")
  private Path catalog;

  @Option(
      names = "--against",
      paramLabel = "FILE",
      description = {
        "a catalog to compare with, as the one that rates now: tells what differs, and what each",
        "account, charge and party comes to before and after; without usage, what differs"
      })
  private @Nullable Path against;

  @Option(
      names = "--usage",
      paramLabel = "FILE",
      description = {
        "CloudEvents in JSON, one a line, as they came in; packed by gzip or not;",
        "- for the standard input"
      })
  private @Nullable String usage;

  @Parameters(
      paramLabel = "EVENT",
      arity = "0..*",
      description = "events of one device, as in a catalog's test")
  private List<String> events = new ArrayList<>();

  @Option(
      names = "--devices",
      paramLabel = "FILE",
      description = {
        "which device is on which offer for which account, and when: a list as `devices import`",
        "takes it. Without one, every subject is a device on --offer"
      })
  private @Nullable Path devices;

  @Option(
      names = "--accounts",
      paramLabel = "FILE",
      description = {
        "what accounts have bought and what sponsors have, one a line, as in a test's `given`:",
        "  {account: sim-1, allowance: extra, units: 500, at: 2026-11-02, expires: 2026-12-02}",
        "  {account: maker, balance: 2.00}",
        "  {account: maker, adjust: -0.50, at: 2026-11-05}",
        "A sponsor that it does not name has all that it takes"
      })
  private @Nullable Path accounts;

  @Option(
      names = "--offer",
      paramLabel = "NAME",
      description = "the offer of devices without a list; needed where the catalog has several")
  private @Nullable String offer;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = {
        "when devices without a list begin, like 2026-11-01T00:00:00Z; else with the settlement",
        "period of their first event"
      })
  private @Nullable String from;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = {
        "up to when time passes; what is open then is not charged. Else to the end of the last",
        "event's settlement period"
      })
  private @Nullable String until;

  @Option(
      names = "--charges",
      paramLabel = "FILE",
      description = "writes each charge with its lines, a JSON object a line")
  private @Nullable Path charges;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "how many rate at once; else one a core. It comes to the same with any")
  private int threads;

  @Option(names = "--json", description = "prints JSON, refusals too")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (usage == null && events.isEmpty() && against == null) {
      throw misuse(
          "what is to be rated is not told", "name a file with --usage, or write an event");
    }
    if (usage != null && !events.isEmpty()) {
      throw misuse("usage is told twice", "name a file with --usage, or write events, not both");
    }
    if (devices != null && (offer != null || from != null || !events.isEmpty())) {
      throw misuse(
          "a list of devices says itself who is on which offer, and since when",
          "leave out --devices, or give it with --usage alone");
    }
    Optional<Instant> end = time("--until", until);
    List<byte[]> texts = new ArrayList<>();
    List<Catalog> catalogs = catalogs(texts);
    List<Change> changes = CatalogChanges.between(texts.getLast(), texts.getFirst());
    warn(TakenAway.between(catalogs.getLast(), catalogs.getFirst()));
    if (usage == null && events.isEmpty()) {
      RateComparison.changes(spec.commandLine().getOut(), changes, json);
      return 0;
    }
    GivenAccounts accounted = accounts == null ? null : new GivenAccounts(accounts);
    List<List<TopUp>> given =
        accounted == null
            ? Collections.nCopies(catalogs.size(), List.of())
            : accounted.read(catalogs);
    try (RatedCharges each = new RatedCharges(charges);
        Workers workers = new Workers(threads())) {
      List<UsageTrial> trials = new ArrayList<>();
      for (int i = 0; i < catalogs.size(); i++) {
        boolean isWritten = charges != null && i == 0;
        UsageTrial.ChargeSink to = isWritten ? each : UsageTrial.ChargeSink.NOWHERE;
        trials.add(trial(catalogs.get(i), given.get(i), to));
      }
      if (usage == null) {
        for (int i = 0; i < trials.size(); i++) {
          events(catalogs.get(i), trials.get(i));
        }
      } else {
        usage(usage, trials, workers);
      }
      // Both for the same time: as long as the longer of their settlement periods.
      Optional<Instant> last = Optional.empty();
      for (UsageTrial trial : trials) {
        Instant ends = trial.periodEnd();
        last = Optional.of(last.filter(l -> l.isAfter(ends)).orElse(ends));
      }
      List<UsageTrial.Outcome> outcomes = new ArrayList<>();
      for (UsageTrial trial : trials) {
        outcomes.add(trial.finish(end.isPresent() ? end : last, workers));
        if (accounted != null) {
          accounted.check(outcomes.getLast().notGiven());
        }
      }
      if (accounted != null) {
        warn(accounted.warnings(given, outcomes));
      }
      PrintWriter out = spec.commandLine().getOut();
      if (against == null) {
        new RatedReport(catalogs.getFirst(), outcomes.getFirst()).print(out, json);
      } else {
        new RateComparison(catalogs, changes, outcomes).print(out, json);
      }
      return outcomes.stream().allMatch(o -> o.suspended() == 0)
          ? 0
          : Refusal.Kind.REFUSED.exitCode();
    }
  }

  private void warn(List<String> warnings) {
    warnings.forEach(warning -> spec.commandLine().getErr().println("WARNING " + warning));
  }

  /** What is to be tried, then what it is compared with; {@code texts} takes their files. */
  private List<Catalog> catalogs(List<byte[]> texts) throws Refusal {
    List<Catalog> catalogs = new ArrayList<>();
    texts.add(Checks.read(catalog, "catalog"));
    catalogs.add(Checks.catalog(catalog, texts.getFirst()));
    if (against != null) {
      texts.add(Checks.read(against, "catalog"));
      catalogs.add(Checks.catalog(against, texts.getLast()));
      if (!catalogs.getLast().currency().equals(catalogs.getFirst().currency())) {
        throw new Refusal(
            Refusal.Kind.REFUSED,
            "other-currency",
            against
                + " is in "
                + catalogs.getLast().currency()
                + ", "
                + catalog
                + " is in "
                + catalogs.getFirst().currency(),
            "compare catalogs of one currency");
      }
    }
    return catalogs;
  }

  private UsageTrial trial(Catalog rates, List<TopUp> given, UsageTrial.ChargeSink each)
      throws Refusal, IOException {
    if (devices == null) {
      return UsageTrial.ofAnyone(rates, offer(rates), time("--from", from), given, each);
    }
    UsageTrial trial = UsageTrial.ofList(rates, given, each);
    devices(devices, trial);
    return trial;
  }

  private String offer(Catalog rates) throws Refusal {
    if (offer != null && !rates.offers().containsKey(offer)) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "unknown-offer",
          "the catalog " + rates.name() + " has no offer `" + offer + "`",
          "name one of: " + String.join(", ", rates.offers().keySet()));
    }
    if (offer == null && rates.offers().size() > 1) {
      throw misuse(
          "the catalog " + rates.name() + " has " + rates.offers().size() + " offers",
          "name one with --offer: " + String.join(", ", rates.offers().keySet()));
    }
    return offer == null ? rates.offers().keySet().iterator().next() : offer;
  }

  private void devices(Path list, UsageTrial trial) throws Refusal, IOException {
    DeviceFormat format =
        DeviceFormat.ofFile(list.getFileName().toString())
            .orElseThrow(
                () ->
                    misuse(
                        list + " does not say how it is written",
                        "name it .csv, .ndjson, .jsonl or .json"));
    List<String> bad = new ArrayList<>();
    try (InputStream in = open(list, "list of devices")) {
      DeviceLines lines = format.read(in);
      DeviceLine line;
      while ((line = lines.next()) != null && bad.size() < MOST_TOLD) {
        DeviceVerdict verdict =
            switch (line) {
              case DeviceLine.Bad(int number, DeviceVerdict why) -> why;
              case DeviceLine.Good good -> trial.add(good.device());
            };
        if (verdict.isRefusal()) {
          bad.add(list + ":" + line.line() + ": " + verdict.code() + ": " + verdict.meaning());
        }
      }
    } catch (DevicesUnreadable e) {
      bad.add(list + ":" + e.line() + ": " + e.getMessage());
    }
    if (!bad.isEmpty()) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          "devices-refused",
          String.join("\n", bad),
          "mend the list; the header is subject,account,offer,from,to");
    }
  }

  private void events(Catalog rates, UsageTrial trial) throws Refusal {
    for (int i = 0; i < events.size(); i++) {
      byte[] text = events.get(i).getBytes(StandardCharsets.UTF_8);
      switch (UseText.read("event " + (i + 1), text, rates)) {
        case UseText.Result.Rejected rejected ->
            throw Checks.refused("event-refused", rejected.problems());
        case UseText.Result.Accepted accepted -> {
          for (var use : accepted.uses()) {
            trial.use(use);
          }
        }
      }
    }
  }

  private void usage(String file, List<UsageTrial> trials, Workers workers)
      throws Refusal, IOException {
    boolean typed = file.equals(STDIN);
    InputStream in = typed ? new BufferedInputStream(System.in) : open(Path.of(file), "usage");
    long size = typed ? 0 : Files.size(Path.of(file));
    try (ProgressLine progress = new ProgressLine(in, size, terminal(), System::nanoTime);
        TextBlocks text = new TextBlocks(progress, LIMITS)) {
      UsageRun.rate(trials, text, workers, progress::lines);
    } catch (FileRefused e) {
      throw new Refusal(
          Refusal.Kind.REFUSED,
          "usage-refused",
          "the usage of " + file + " can't be read: " + e.reason(),
          "write CloudEvents in JSON, one a line");
    }
  }

  private int threads() throws Refusal {
    if (threads < 0 || threads > MOST_THREADS) {
      throw misuse("--threads is " + threads, "give 1 to " + MOST_THREADS + ", or leave it out");
    }
    return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
  }

  /** Where a person watches; what is kept in a file or read by a program shows no progress. */
  private PrintWriter terminal() {
    Console console = System.console();
    return console != null && console.isTerminal()
        ? spec.commandLine().getErr()
        : new PrintWriter(Writer.nullWriter());
  }

  private static InputStream open(Path file, String what) throws Refusal {
    try {
      if (!Files.isDirectory(file)) {
        return Files.newInputStream(file);
      }
    } catch (IOException e) {
      // Falls through to the same words as a folder.
    }
    throw new Refusal(
        Refusal.Kind.REFUSED,
        "unreadable",
        "the " + what + " file " + file + " can't be read",
        "check that it is there and readable");
  }

  private static Optional<Instant> time(String option, @Nullable String text) throws Refusal {
    if (text == null) {
      return Optional.empty();
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    long millis = Rfc3339.millis(bytes, 0, bytes.length);
    if (millis == Rfc3339.NOT_A_TIME) {
      throw misuse(
          option + " is given a text that is no time", "write it like 2026-11-01T00:00:00Z");
    }
    return Optional.of(Instant.ofEpochMilli(millis));
  }

  private static Refusal misuse(String meaning, String next) {
    return new Refusal(Refusal.Kind.MISUSE, "misuse", meaning, next);
  }
}
