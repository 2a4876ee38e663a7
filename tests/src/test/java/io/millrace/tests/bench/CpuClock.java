package io.millrace.tests.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * CPU time, which a busy machine stretches less than the time on the wall. What "a core" means
 * (DESIGN §12) is that of this JVM and of the PostgreSQL it uses, together.
 *
 * @param postmaster the process id of the server
 */
record CpuClock(long postmaster) {
  private static final long NANOS_PER_TICK = 10_000_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** Nanoseconds that the current thread has run. */
  static long threadNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  /** Nanoseconds that all threads of this JVM have run, in steps of 10 ms. */
  static long jvmNanos() {
    return PROCESS.getProcessCpuTime();
  }

  /** The same since it was read; one step at the least, for what divides by it. */
  static long jvmNanosSince(long begun) {
    return Math.max(NANOS_PER_TICK, jvmNanos() - begun);
  }

  /** Nanoseconds that the server and its children have run, in steps of 10 ms. */
  long postgresNanos() throws IOException {
    long ticks = ticks(postmaster, true);
    try (Stream<ProcessHandle> children =
        ProcessHandle.of(postmaster).map(ProcessHandle::children).orElse(Stream.empty())) {
      for (ProcessHandle child : children.toList()) {
        ticks += ticks(child.pid(), false);
      }
    }
    return ticks * NANOS_PER_TICK;
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
