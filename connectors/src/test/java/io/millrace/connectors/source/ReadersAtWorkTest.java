package io.millrace.connectors.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which readers read, as the load goes and comes. */
class ReadersAtWorkTest {
  private final AtomicLong nanos = new AtomicLong();
  private final List<Reader> all = IntStream.range(0, 4).mapToObj(i -> new Reader()).toList();
  private OptionalLong waiting = OptionalLong.empty();
  private final ReadersAtWork readers =
      new ReadersAtWork(List.copyOf(all), new AdaptiveLimit(1, 4, 4, nanos::get), () -> waiting);

  private static final class Reader implements SourceReader {
    private boolean reads;
    private boolean pressed;
    private long acknowledged;

    @Override
    public void start() {
      reads = true;
    }

    @Override
    public void leave() {
      reads = false;
    }

    @Override
    public void awaitEnd() {}

    @Override
    public boolean isConnected() {
      return reads;
    }

    @Override
    public boolean isPressed() {
      return pressed;
    }

    @Override
    public SourceState.Slot state() {
      return new SourceState.Slot(0, reads, reads, 0, acknowledged, 0, 0, 0, 0, 0, 0, 0, 0);
    }
  }

  private String reading() {
    return all.stream().map(r -> r.reads ? "r" : "-").collect(Collectors.joining());
  }

  private void lookAfter(long seconds) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    readers.look();
  }

  @Test
  void thoseThatAreNotNeeded_leaveAndComeBack() throws Exception {
    readers.start(null);
    assertEquals("rrrr", reading());
    lookAfter(10);
    assertEquals("rr--", reading());
    lookAfter(10);
    lookAfter(10);
    assertEquals("r---", reading());

    waiting = OptionalLong.of(5);
    all.getFirst().pressed = true;
    lookAfter(1);
    assertEquals("rr--", reading());
    lookAfter(1);
    assertEquals("rr--", reading());
    all.get(1).pressed = true;
    all.getFirst().acknowledged++;
    lookAfter(1);
    assertEquals("rrrr", reading());

    readers.stop();
    assertEquals("----", reading());
    lookAfter(60);
    assertEquals("----", reading());
    readers.start(null);
    assertEquals("rrrr", reading());
  }
}
