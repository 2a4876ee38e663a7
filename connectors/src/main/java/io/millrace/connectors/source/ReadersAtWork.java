package io.millrace.connectors.source;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which of a source's readers read. All do at the start; those that are not needed leave, the last
 * first, and come back when the others do all that they may while more waits. What one that leaves
 * has not acknowledged its broker gives to another.
 */
final class ReadersAtWork {
  private static final long LOOK_MILLIS = 500;

  private final List<SourceReader> all;
  private final AdaptiveLimit limit;
  private final Supplier<OptionalLong> waiting;
  private int atWork;
  private @Nullable ScheduledFuture<?> looks;

  /**
   * Readers none of which has started.
   *
   * @param limit of how many read; how many there are where it begins
   * @param waiting what none of them has read
   */
  ReadersAtWork(List<SourceReader> all, AdaptiveLimit limit, Supplier<OptionalLong> waiting) {
    this.all = List.copyOf(all);
    this.limit = limit;
    this.waiting = waiting;
  }

  /** All begin. */
  synchronized void start(@Nullable ScheduledExecutorService timer) {
    adjust();
    if (timer != null) {
      looks =
          timer.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /**
   * All leave. All at once first: one after the other, the rest would take over what each lets go.
   */
  void stop() throws InterruptedException {
    synchronized (this) {
      if (looks != null) {
        looks.cancel(false);
        looks = null;
      }
      all.forEach(SourceReader::leave);
      atWork = 0;
    }
    for (SourceReader reader : all) {
      reader.awaitEnd();
    }
  }

  /** Has their number follow what there is to do; not once they have been told to stop. */
  synchronized void look() {
    if (atWork == 0) {
      return;
    }
    List<SourceReader> now = all.subList(0, atWork);
    limit.look(
        now.stream().filter(SourceReader::isPressed).count(),
        now.stream().mapToLong(r -> r.state().acknowledged()).sum(),
        waiting.get());
    adjust();
  }

  private void adjust() {
    int wanted = limit.now();
    for (int i = atWork; i < wanted; i++) {
      all.get(i).start();
    }
    for (int i = wanted; i < atWork; i++) {
      all.get(i).leave();
    }
    atWork = wanted;
  }

  /** Those that read. */
  synchronized List<SourceReader> atWork() {
    return all.subList(0, atWork);
  }

  List<SourceReader> all() {
    return all;
  }
}
