package io.millrace.tests.bench;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.connectors.codec.CloudEventsCodec;
import io.millrace.connectors.codec.DecodedEvent;
import io.millrace.connectors.codec.EventType;
import io.millrace.connectors.files.FileLimits;
import io.millrace.connectors.files.TextBlock;
import io.millrace.connectors.files.TextBlocks;
import io.millrace.connectors.tenant.Device;
import io.millrace.connectors.trial.UsageRun;
import io.millrace.connectors.trial.UsageTrial;
import io.millrace.connectors.trial.UsageTrial.ChargeSink;
import io.millrace.connectors.trial.UsageTrial.Outcome;
import io.millrace.connectors.trial.Workers;
import io.millrace.processors.rating.MeterValue;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file of CloudEvents, JSON lines, rated as {@code millrace rate} does it, by all cores; beside
 * reading and parsing the same file with the same parser and doing nothing else, by one thread. And
 * a part of it with its devices on all offers of a catalog of 10, and of one of 1,000. A core is
 * CPU seconds of this JVM; compiling and collecting garbage count. The first run, whose JVM has
 * compiled nothing yet, is told by itself, and those that warm up after it are left out.
 */
final class RateBench implements Step {
  private static final int EVENTS = 10_000_000;
  private static final Instant START = Instant.parse("2026-11-02T10:00:00Z");
  private static final FileLimits LIMITS = new FileLimits(1L << 40, 1L << 40, 1_032, 1 << 20);
  private static final int PART = 4;
  private static final int WARM_UPS = 3;
  private static final int FEW_OFFERS = 10;
  private static final int MANY_OFFERS = 1_000;
  private static final Goal TENTH_MORE = Goal.atMost(1.1);
  private static final Goal MILLION = Goal.atLeast(1_000_000);

  @Override
  public String name() {
    return "rate";
  }

  @Override
  public String what() {
    return "a file of CloudEvents rated without a node, beside reading and parsing it alone";
  }

  @Override
  public void measure(Site site, Figures figures) throws Exception {
    Catalog catalog = read(CatalogFile.template("smart-city.yaml"));
    LampEvents lamps = new LampEvents(site.scale().devices(), START, 1);
    List<Device> devices = lamps.devices(1);
    Path file = site.folder("rate").resolve("usage.jsonl");
    int events = write(lamps, site.scale().atMost(EVENTS), file);
    int threads = Runtime.getRuntime().availableProcessors();
    try (Workers workers = new Workers(threads)) {
      double cold = rate(file, trial(catalog, devices), workers, events);
      figures.note("rated by a JVM that has just begun", "events/s a core", events / cold * 1e9);
      for (int run = 1; run < WARM_UPS; run++) {
        parse(file, events);
        rate(file, trial(catalog, devices), workers, events);
      }
      for (int run = 0; run < site.scale().runs(); run++) {
        long begun = CpuClock.threadNanos();
        parse(file, events);
        double parsed = CpuClock.threadNanos() - begun;
        UsageTrial trial = trial(catalog, devices);
        long wall = System.nanoTime();
        double rated = rate(file, trial, workers, events);
        wall = System.nanoTime() - wall;
        figures.note("rated", "events/s a core", MILLION, events / rated * 1e9);
        figures.note("rated by " + threads + " cores", "events/s", (double) events / wall * 1e9);
        figures.note("read and parsed alone", "events/s a core", events / parsed * 1e9);
        figures.note("rated to read and parsed alone", "×", parsed / rated);
      }
      figures.note("file", "B/event", (double) Files.size(file) / events);
      Files.delete(file);
      byOffers(site, file, workers, figures);
    }
  }

  private static void byOffers(Site site, Path file, Workers workers, Figures figures)
      throws IOException {
    // Each reports as often as those of the whole file.
    LampEvents lamps = new LampEvents(site.scale().devices() / PART, START, 2);
    int events = write(lamps, site.scale().atMost(EVENTS) / PART, file);
    List<Device> onFew = spread(lamps.devices(1), FEW_OFFERS);
    List<Device> onMany = spread(lamps.devices(1), MANY_OFFERS);
    Catalog few = offers(FEW_OFFERS);
    Catalog many = offers(MANY_OFFERS);
    for (int run = 0; run < site.scale().runs(); run++) {
      // Few, many, many, few: neither comes after the other more often than the other way round.
      double byFew = rate(file, trial(few, onFew), workers, events);
      double byMany = rate(file, trial(many, onMany), workers, events);
      byMany += rate(file, trial(many, onMany), workers, events);
      byFew += rate(file, trial(few, onFew), workers, events);
      figures.note("an event by 1,000 offers to one by 10", "×", TENTH_MORE, byMany / byFew);
    }
    Files.delete(file);
  }

  private static UsageTrial trial(Catalog catalog, List<Device> devices) {
    UsageTrial trial = UsageTrial.ofList(catalog, List.of(), ChargeSink.NOWHERE);
    devices.forEach(trial::add);
    return trial;
  }

  private static List<Device> spread(List<Device> devices, int offers) {
    List<Device> spread = new ArrayList<>(devices.size());
    for (Device d : devices) {
      String offer = "lamp-" + spread.size() % offers;
      spread.add(new Device(d.subject(), d.account(), offer, d.from(), d.to()));
    }
    return spread;
  }

  private static int write(LampEvents lamps, int least, Path file) throws IOException {
    int events = 0;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      while (events < least) {
        lamps.next(1);
        for (int i = 0; i < lamps.size() && events < least; i++) {
          out.write(lamps.payload(i));
          out.write('\n');
          events++;
        }
      }
    }
    return events;
  }

  /** How many nanoseconds of a core it takes. */
  private static double rate(Path file, UsageTrial trial, Workers workers, int events)
      throws IOException {
    long begun = CpuClock.jvmNanos();
    try (InputStream in = Files.newInputStream(file);
        TextBlocks text = new TextBlocks(in, LIMITS)) {
      UsageRun.rate(List.of(trial), text, workers, lines -> {});
    }
    Outcome outcome = trial.finish(Optional.empty(), workers);
    double spent = CpuClock.jvmNanosSince(begun);
    check(outcome.charged() == events && outcome.totals().total().signum() > 0);
    return spent;
  }

  private static void parse(Path file, int events) throws IOException {
    CloudEventsCodec codec =
        new CloudEventsCodec(
            List.of(
                new EventType("lamp.report", List.of(new EventType.Reading("data.wh", 3, false)))),
            new byte[16],
            MeterValue::parse);
    DecodedEvent event = new DecodedEvent();
    TextBlock block = new TextBlock();
    int parsed = 0;
    try (InputStream in = Files.newInputStream(file);
        TextBlocks text = new TextBlocks(in, LIMITS)) {
      while (text.read(block)) {
        TextBlock.Walk lines = block.walk();
        while (lines.advance()) {
          check(codec.decode(lines.bytes(), lines.from(), lines.length(), event) == null);
          parsed++;
        }
      }
    }
    check(parsed == events);
  }

  /** The lamps' tariff as so many offers, no two at one price. */
  private static Catalog offers(int number) {
    StringBuilder text =
        new StringBuilder(
            """
            catalog: many
            effective: 2026-11-02
            currency: EUR
            zone: Europe/Madrid
            period: 24h
            meters:
              energy: {event: lamp.report, value: data.wh, unit: Wh, scale: 3, aggregate: sum}
            offers:
            """);
    for (int i = 0; i < number; i++) {
      text.append("  lamp-").append(i).append(":\n    scope: device\n    window: 1h\n");
      text.append("    charges:\n      energy: {meter: energy, per-unit: 0.");
      text.append(1_000 + i).append(", unit: kWh}\n");
    }
    return read(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static Catalog read(byte[] text) {
    return switch (CatalogFile.read("bench", text)) {
      case CatalogFile.Result.Accepted(Catalog catalog) -> catalog;
      case CatalogFile.Result.Rejected rejected ->
          throw new IllegalStateException(rejected.problems().toString());
    };
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new AssertionError("the bench does not do what it measures");
    }
  }
}
