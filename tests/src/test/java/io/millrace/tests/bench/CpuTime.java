package io.millrace.tests.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** The processor time of the current thread: what a busy machine doesn't stretch. */
final class CpuTime {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private CpuTime() {}

  /** Nanoseconds this thread has run. */
  static long nanos() {
    return THREADS.getCurrentThreadCpuTime();
  }
}
