package io.millrace.tests.bench;

import com.hazelcast.map.IMap;
import io.millrace.connectors.dedupe.HazelcastNode;
import io.millrace.connectors.dedupe.WindowKey;
import io.millrace.connectors.dedupe.WindowPublisher;
import io.millrace.processors.dedupe.DedupeWindow;
import io.millrace.processors.dedupe.DedupeWindow.Verdict;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Random;

/**
 * Bytes of heap per remembered event, and what remembering one costs, against the map entry of
 * Camel's own Hazelcast repository in the same run.
 *
 * <p>35 days of minutes a device. Goals (DESIGN §12), headers and published copy counted: 0.05 B in
 * order, 0.5 B with 2 % disorder and 0.5 % gaps, 12 B for random ids. Heap is what is used after a
 * collection, before and after; {@code layout} is what a window says of itself.
 */
public final class DedupeBytes {

  private static final PrintStream OUT = System.out;
  private static final int DAYS = 35;
  private static final int EVENTS = DAYS * 1_440;
  private static final long MINUTE = 60_000;

  private enum Shape {
    IN_ORDER(1_500, 0.05),
    DISORDER(400, 0.5),
    RANDOM_IDS(40, 12);

    final int devices;
    final double goal;

    Shape(int devices, double goal) {
      this.devices = devices;
      this.goal = goal;
    }
  }

  private DedupeBytes() {}

  /** Prints a line a shape, and the yardstick's. */
  public static void main(String[] arguments) {
    try (HazelcastNode node = HazelcastNode.start(HazelcastNode.Settings.alone())) {
      double yardstick = mapEntry(node);
      OUT.printf(
          Locale.ROOT,
          "%-12s %9s %9s %9s %9s %9s %6s %10s %9s %9s%n",
          "shape",
          "events",
          "heap",
          "layout",
          "published",
          "B/event",
          "goal",
          "map entry",
          "test+mark",
          "duplicate");
      measure(node, Shape.IN_ORDER, yardstick, false);
      for (Shape shape : Shape.values()) {
        measure(node, shape, yardstick, true);
      }
    }
  }

  /**
   * Bytes of an entry as the ordinary repository makes it: the message's key, and whether
   * confirmed.
   */
  private static double mapEntry(HazelcastNode node) {
    int entries = 100_000;
    IMap<String, Boolean> map = node.instance().getMap("ordinary");
    long before = usedHeap();
    for (int i = 0; i < entries; i++) {
      map.set("/city/lamps|lamp-" + (100_000 + i % 2_000) + "|" + (100_000 + i / 2_000), true);
    }
    long bytes = usedHeap() - before;
    map.destroy();
    return (double) bytes / entries;
  }

  private static void measure(HazelcastNode node, Shape shape, double yardstick, boolean print) {
    DedupeWindow[] windows = new DedupeWindow[shape.devices];
    long empty = usedHeap();
    for (int i = 0; i < windows.length; i++) {
      windows[i] = new DedupeWindow();
    }
    long start = CpuTime.nanos();
    long marked = fill(windows, shape);
    double markNanos = (double) (CpuTime.nanos() - start) / marked;
    long heap = usedHeap() - empty;
    long layout = 0;
    for (DedupeWindow window : windows) {
      layout += window.bytes();
    }
    long published = publish(node, windows);
    double duplicateNanos = again(windows, shape);
    double perEvent = (double) (heap + published) / marked;
    if (print) {
      OUT.printf(
          Locale.ROOT,
          "%-12s %9.1fM %9.4f %9.4f %9.4f %9.4f %6.2f %10.1f %6.0f ns %6.0f ns  %s%n",
          shape.name().toLowerCase(Locale.ROOT).replace('_', '-'),
          marked / 1e6,
          (double) heap / marked,
          (double) layout / marked,
          (double) published / marked,
          perEvent,
          shape.goal,
          yardstick,
          markNanos,
          duplicateNanos,
          perEvent <= shape.goal ? "kept" : "MISSED");
    }
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
    long start = CpuTime.nanos();
    for (int k = 0; k < count; k++) {
      int i = random.nextInt(windows.length);
      int minute = random.nextInt(EVENTS);
      long id = numbered ? minute : print(i, minute);
      found += windows[i].test(id, numbered, minute * MINUTE) == Verdict.DUPLICATE ? 1 : 0;
    }
    double nanos = (double) (CpuTime.nanos() - start) / count;
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
