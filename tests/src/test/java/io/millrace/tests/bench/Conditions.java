package io.millrace.tests.bench;

import io.millrace.connectors.store.Durability;
import io.millrace.tests.house.Repository;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the figures depend on, measured where it can be.
 *
 * @param durability as the server says it
 * @param postgres its version and memory
 * @param syncP50 nanoseconds of an fdatasync after a page is written, on the database's disk
 * @param load processes that wanted to run on this machine when it began, on average over a minute
 */
record Conditions(
    Instant when,
    Site.Scale scale,
    int cores,
    String processor,
    double load,
    String jvm,
    List<String> flags,
    Durability durability,
    String postgres,
    long syncP50,
    long syncP99) {
  private static final int SYNCS = 1_000;
  private static final int PAGE = 8_192;

  static Conditions of(Site.Scale scale, Durability durability, String postgres, Path folder)
      throws IOException {
    long[] syncs = syncs(folder);
    return new Conditions(
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        scale,
        Runtime.getRuntime().availableProcessors(),
        processorName(),
        loadNow(),
        System.getProperty("java.vm.name") + " " + Runtime.version(),
        jvmFlags(),
        durability,
        postgres,
        syncs[SYNCS / 2],
        syncs[SYNCS * 99 / 100]);
  }

  static double loadNow() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** Those beside the node's own, and what none says: the largest heap and the collectors. */
  private static List<String> jvmFlags() throws IOException {
    Set<String> node = Set.copyOf(Files.readAllLines(Repository.root().resolve("ops/jvm.options")));
    return Stream.of(
            Stream.of("@ops/jvm.options"),
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !node.contains(flag)),
            Stream.of("heap " + (Runtime.getRuntime().maxMemory() >> 20) + " MB"),
            ManagementFactory.getGarbageCollectorMXBeans().stream()
                .map(GarbageCollectorMXBean::getName))
        .flatMap(flags -> flags)
        .toList();
  }

  private static String processorName() throws IOException {
    Path file = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(file)) {
      return System.getProperty("os.arch");
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(l -> l.startsWith("model name"))
          .map(l -> l.substring(l.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    }
  }

  /** Whether Linux shares cores between sessions first, as it does by itself; where it says so. */
  private static String autogroup() {
    try {
      Path file = Path.of("/proc/sys/kernel/sched_autogroup_enabled");
      return ", autogroup " + (Files.readString(file).strip().equals("1") ? "on" : "off");
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * Sorted nanoseconds of each: page after page of a file that is as long as it will be, as WAL.
   */
  private static long[] syncs(Path folder) throws IOException {
    Path file = folder.resolve("fdatasync");
    long[] nanos = new long[SYNCS];
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(SYNCS * PAGE));
      channel.force(true);
      channel.position(0);
      ByteBuffer page = ByteBuffer.allocateDirect(PAGE);
      for (int i = 0; i < SYNCS; i++) {
        page.clear();
        long before = System.nanoTime();
        channel.write(page);
        channel.force(false);
        nanos[i] = System.nanoTime() - before;
      }
    }
    Files.delete(file);
    Arrays.sort(nanos);
    return nanos;
  }

  /** Names and values, to be read. */
  Map<String, String> told() {
    Map<String, String> told = new LinkedHashMap<>();
    told.put("when", when.toString());
    told.put(
        "machine", cores + " cores, " + processor + ", load " + Report.number(load) + autogroup());
    told.put("JVM", jvm + ", " + String.join(", ", flags));
    told.put("PostgreSQL", postgres + ", " + durability);
    told.put(
        "fdatasync",
        Report.number(syncP50 / 1e6)
            + " ms p50, "
            + Report.number(syncP99 / 1e6)
            + " ms p99, of "
            + Report.number(SYNCS)
            + " pages of 8 KiB on the database's disk");
    told.put(
        "city",
        Report.number(scale.devices())
            + " devices, "
            + scale.minutes()
            + " minutes a run, of 1 account and of "
            + Report.number(scale.devices())
            + " accounts");
    told.put(
        "runs",
        "median of "
            + scale.runs()
            + " [lowest … highest]"
            + (scale.isShrunk() ? "; shrunk: the goals are for the full size" : ""));
    return told;
  }
}
