package io.millrace.tests.bench;

import java.io.IOException;

/**
 * What something took.
 *
 * @param wallNanos on the wall
 * @param jvmNanos CPU of this JVM
 * @param postgresNanos CPU of PostgreSQL
 */
record Spent(long wallNanos, long jvmNanos, long postgresNanos) {
  static final Spent NOTHING = new Spent(0, 0, 0);

  /** Something that takes time. */
  interface Work {
    void run() throws Exception;
  }

  /** What it takes to run this. */
  static Spent on(CpuClock cpu, Work work) throws Exception {
    Spent before = now(cpu);
    work.run();
    Spent after = now(cpu);
    return new Spent(
        after.wallNanos - before.wallNanos,
        after.jvmNanos - before.jvmNanos,
        after.postgresNanos - before.postgresNanos);
  }

  private static Spent now(CpuClock cpu) throws IOException {
    return new Spent(System.nanoTime(), CpuClock.jvmNanos(), cpu.postgresNanos());
  }

  Spent plus(Spent more) {
    return new Spent(
        wallNanos + more.wallNanos, jvmNanos + more.jvmNanos, postgresNanos + more.postgresNanos);
  }

  /** Events a second of CPU. */
  double perCore(long events) {
    return events * 1e9 / (jvmNanos + postgresNanos);
  }

  /** Events a second on the wall. */
  double perSecond(long events) {
    return events * 1e9 / wallNanos;
  }
}
