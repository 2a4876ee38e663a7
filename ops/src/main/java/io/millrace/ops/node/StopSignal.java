package io.millrace.ops.node;

import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;

/**
 * Waits for SIGTERM or Ctrl-C. The first one ends the wait, so that the program closes what it has
 * opened in its own order and leaves with its own exit code; the second one ends the process.
 */
public final class StopSignal {
  private static final int KILLED = 130;

  private StopSignal() {}

  /** Waits; leaves the signals as they were where the thread is interrupted first. */
  public static void await() throws InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    for (String name : new String[] {"TERM", "INT"}) {
      Signal.handle(
          new Signal(name),
          signal -> {
            if (told.getCount() == 0) {
              Runtime.getRuntime().halt(KILLED);
            }
            told.countDown();
          });
    }
    told.await();
  }
}
