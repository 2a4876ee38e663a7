package io.millrace.ops.node;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * SIGTERM and Ctrl-C. The first one is the program's to hear, so that it closes what it has opened
 * in its own order and leaves with its own exit code; the second one ends the process.
 */
public final class StopSignal {
  /** Of a program that was stopped before it had done what it was asked for. */
  public static final int EXIT_CODE = 130;

  private static final String[] NAMES = {"TERM", "INT"};

  private StopSignal() {}

  /** Waits for the first one. */
  public static void await() throws InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    handle(told::countDown);
    told.await();
  }

  /** Has the first one interrupt a thread, until the answer is closed. */
  public static Interrupts interrupts(Thread thread) {
    return new Interrupts(handle(thread::interrupt));
  }

  /** Hears signals until it is closed. */
  public static final class Interrupts implements AutoCloseable {
    private final Map<Signal, SignalHandler> before;

    private Interrupts(Map<Signal, SignalHandler> before) {
      this.before = before;
    }

    @Override
    public void close() {
      before.forEach(Signal::handle);
    }
  }

  private static Map<Signal, SignalHandler> handle(Runnable first) {
    AtomicBoolean told = new AtomicBoolean();
    Map<Signal, SignalHandler> before = new LinkedHashMap<>();
    for (String name : NAMES) {
      Signal signal = new Signal(name);
      before.put(
          signal,
          Signal.handle(
              signal,
              s -> {
                if (told.getAndSet(true)) {
                  Runtime.getRuntime().halt(EXIT_CODE);
                }
                first.run();
              }));
    }
    return before;
  }
}
