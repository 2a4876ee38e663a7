package io.millrace.tests.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * CPU seconds of this JVM and of the PostgreSQL it uses, together: what "a core" means (DESIGN
 * §12).
 */
final class CpuClock {
  private static final long TICKS_PER_SECOND = 100;

  private final long postmaster;

  /** With the process id of the server, 0 where there is none. */
  CpuClock(long postmaster) {
    this.postmaster = postmaster;
  }

  /** Nanoseconds of CPU so far. */
  long nanos() throws IOException {
    return jvmNanos() + postgresNanos();
  }

  long jvmNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  long postgresNanos() throws IOException {
    if (postmaster == 0) {
      return 0;
    }
    long ticks = 0;
    try (Stream<ProcessHandle> children =
        ProcessHandle.of(postmaster).map(ProcessHandle::children).orElse(Stream.empty())) {
      for (ProcessHandle child : children.toList()) {
        ticks += ticks(child.pid(), false);
      }
    }
    return (ticks + ticks(postmaster, true)) * (1_000_000_000L / TICKS_PER_SECOND);
  }

  private static long ticks(long pid, boolean withEnded) throws IOException {
    Path stat = Path.of("/proc/" + pid + "/stat");
    if (!Files.exists(stat)) {
      return 0;
    }
    String text = Files.readString(stat);
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
    long own = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    return withEnded ? own + Long.parseLong(fields[13]) + Long.parseLong(fields[14]) : own;
  }
}
