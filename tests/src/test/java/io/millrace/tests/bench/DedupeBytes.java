package io.millrace.tests.bench;

import com.hazelcast.map.IMap;
import io.millrace.connectors.dedupe.HazelcastNode;
import io.millrace.connectors.dedupe.WindowKey;
import io.millrace.connectors.dedupe.WindowPublisher;
import io.millrace.processors.dedupe.DedupeWindow;
import io.millrace.processors.dedupe.DedupeWindow.Verdict;
import java.lang.management.ManagementFactory;
import java.util.Random;

/**
 * Bytes of heap per remembered event, and what remembering one costs, against the map entry of
 * Camel's own Hazelcast repository.
 *
 * <p>35 days of minutes a device, of as many devices as a heap holds: an event costs what it costs
 * its device. Heap is what is used after a collection, before and after, headers included; {@code
 * layout} is what a window says of itself.
 */
final class DedupeBytes implements Step {
  private static final int DAYS = 35;
  private static final int EVENTS = DAYS * 1_440;
  private static final long MINUTE = 60_000;
  private static final int ENTRIES = 100_000;

  private enum Shape {
    IN_ORDER("in order", 1_500, 0.05),
    DISORDER("2 % disorder, 0.5 % gaps", 400, 0.5),
    RANDOM_IDS("random ids", 40, 12);

    final String told;
    final int devices;
    final Goal goal;

    Shape(String told, int devices, double most) {
      this.told = told;
      this.devices = devices;
      this.goal = Goal.atMost(most);
    }
  }

  @Override
  public String name() {
    return "dedupe";
  }

  @Override
  public String what() {
    return "a remembered event, heap and published copy, beside an entry of Hazelcast's map";
  }

  @Override
  public void measure(Site site, Figures figures) {
    try (HazelcastNode node = HazelcastNode.start(HazelcastNode.Settings.alone())) {
      measure(node, site, Shape.IN_ORDER, new Figures()); // Loads its classes; not told.
      for (int run = 0; run < site.scale().runs(); run++) {
        double entry = mapEntry(node, site.scale().atMost(ENTRIES));
        figures.note("an entry of the ordinary repository", "B/event", entry);
        for (Shape shape : Shape.values()) {
          double window = measure(node, site, shape, figures);
          figures.note(shape.told + ": ordinary entry to ours", "×", entry / window);
        }
      }
    }
  }

  /**
   * Bytes of an entry as the ordinary repository makes it: the message's key, and whether
   * confirmed.
   */
  private static double mapEntry(HazelcastNode node, int entries) {
    IMap<String, Boolean> map = node.instance().getMap("ordinary");
    long before = usedHeap();
    for (int i = 0; i < entries; i++) {
      map.set("/city/lamps|lamp-" + (100_000 + i % 2_000) + "|" + (100_000 + i / 2_000), true);
    }
    long bytes = usedHeap() - before;
    map.destroy();
    return (double) bytes / entries;
  }

  /** Bytes of an event. */
  private static double measure(HazelcastNode node, Site site, Shape shape, Figures figures) {
    DedupeWindow[] windows = new DedupeWindow[Math.min(shape.devices, site.scale().devices())];
    long empty = usedHeap();
    for (int i = 0; i < windows.length; i++) {
      windows[i] = new DedupeWindow();
    }
    long start = CpuClock.threadNanos();
    double marked = fill(windows, shape);
    double markNanos = (CpuClock.threadNanos() - start) / marked;
    long heap = usedHeap() - empty;
    long layout = 0;
    for (DedupeWindow window : windows) {
      layout += window.bytes();
    }
    long published = publish(node, windows);
    double all = (heap + published) / marked;
    figures.note(shape.told + ": heap and copy", "B/event", shape.goal, all);
    figures.note(shape.told + ": heap", "B/event", heap / marked);
    figures.note(shape.told + ": layout", "B/event", layout / marked);
    figures.note(shape.told + ": published copy", "B/event", published / marked);
    figures.note(shape.told + ": test and mark", "ns", markNanos);
    figures.note(shape.told + ": find a duplicate", "ns", again(windows, shape));
    return all;
  }

  /** The heap that the published copies take. */
  private static long publish(HazelcastNode node, DedupeWindow[] windows) {
    long before = usedHeap();
    WindowPublisher publisher = new WindowPublisher(node.instance(), all -> {});
    for (int i = 0; i < windows.length; i++) {
      publisher.offer(new WindowKey(1, i & 63, 1, 1_000_000 + i), 1, 1, windows[i].snapshot());
    }
    publisher.close();
    long bytes = usedHeap() - before;
    IMap<?, ?> map = node.instance().getMap(HazelcastNode.WINDOWS);
    if (map.size() != windows.length) {
      throw new IllegalStateException(map.size() + " of " + windows.length + " were published");
    }
    map.clear();
    return bytes;
  }

  /** Marks all devices' events, minute by minute; returns how many were new. */
  private static long fill(DedupeWindow[] windows, Shape shape) {
    long marked = 0;
    for (int minute = 0; minute < EVENTS; minute++) {
      for (int i = 0; i < windows.length; i++) {
        long number = shape == Shape.DISORDER ? disordered(minute, i) : minute;
        boolean numbered = shape != Shape.RANDOM_IDS;
        long id = numbered ? number : print(i, minute);
        if (number >= 0 && windows[i].test(id, numbered, number * MINUTE) == Verdict.NEW) {
          windows[i].mark(id, numbered, number * MINUTE);
          marked++;
        }
      }
    }
    return marked;
  }

  /** Nanoseconds of a test that finds a redelivery, over all devices at random. */
  private static double again(DedupeWindow[] windows, Shape shape) {
    Random random = new Random(7);
    boolean numbered = shape != Shape.RANDOM_IDS;
    int count = 500_000;
    int found = 0;
    long start = CpuClock.threadNanos();
    for (int k = 0; k < count; k++) {
      int i = random.nextInt(windows.length);
      int minute = random.nextInt(EVENTS);
      long id = numbered ? minute : print(i, minute);
      found += windows[i].test(id, numbered, minute * MINUTE) == Verdict.DUPLICATE ? 1 : 0;
    }
    double nanos = (double) (CpuClock.threadNanos() - start) / count;
    if (found < count * 0.99) {
      throw new IllegalStateException("only " + found + " of " + count + " were found again");
    }
    return nanos;
  }

  /**
   * The number that a device sends in a minute: every 50th changes places with one that is 1 to 8
   * later (2 % come late), and one of 200 is never sent (-1).
   */
  private static long disordered(int minute, int device) {
    int block = minute / 50;
    long draw = print(device, block);
    int late = (int) (draw & 31);
    int by = 1 + (int) (draw >>> 5 & 7);
    int place = minute % 50;
    int number = place == late ? minute + by : place == late + by ? minute - by : minute;
    return number >= EVENTS || lost(device, number) ? -1 : number;
  }

  private static boolean lost(int device, int number) {
    return Long.remainderUnsigned(print(~device, number), 200) == 0;
  }

  /** A fingerprint, as if keyed; SplitMix64. */
  private static long print(int device, int minute) {
    long z = ((long) device << 32 | minute) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static long usedHeap() {
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      used = Math.min(used, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return used;
  }
}
