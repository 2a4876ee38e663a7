package io.millrace.tests.bench;

import io.millrace.connectors.dedupe.HazelcastNode;
import io.millrace.connectors.dedupe.PublishedWindows;
import io.millrace.connectors.dedupe.WindowKey;
import io.millrace.connectors.dedupe.WindowPublisher;
import io.millrace.processors.dedupe.DedupeWindow;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * A storm of duplicates: everything is sent ten times more. What the owner's windows take to say
 * so, commit and all, beside what a collector would have to do before it could cut one short:
 * decode it, find its subscription, ask the published window (decision 0021).
 */
final class StormBench implements Step {
  private static final Instant START = Instant.parse("2026-11-01T23:00:00Z");
  private static final int TIMES = 10;
  private static final int MOST_LAMPS = 20_000;
  private static final int MOST_EVENTS = 400_000;
  private static final int DAY_OF_MINUTES = 1_440;

  @Override
  public String name() {
    return "storm";
  }

  @Override
  public String what() {
    return "duplicates, each event "
        + TIMES
        + " times more: the owner's answer and the collector's";
  }

  @Override
  public void measure(Site site, Figures figures) throws Exception {
    int devices = Math.min(MOST_LAMPS, site.scale().devices());
    int minutes = Math.max(1, site.scale().atMost(MOST_EVENTS) / devices);
    LampEvents lamps = new LampEvents(devices, START, 7);
    try (Site.Scratch database = site.scratch("storm");
        Engine engine = Engine.start(database.url(), lamps, devices)) {
      for (int run = 0; run < site.scale().runs(); run++) {
        lamps.next(minutes);
        int events = lamps.size();
        note(figures, "first time", events, database, site, () -> feed(engine, lamps, 1));
        note(
            figures,
            "duplicate",
            (long) TIMES * events,
            database,
            site,
            () -> feed(engine, lamps, TIMES));
        Spent decoded = Spent.on(site.cpu(), () -> engine.decode(lamps));
        figures.note(
            "collector: decode and find", "ns/event", (double) decoded.jvmNanos() / events);
      }
      engine.checkDuplicates(TIMES);
    }
    try (HazelcastNode node = HazelcastNode.start(HazelcastNode.Settings.alone())) {
      publish(node, devices);
      PublishedWindows published = new PublishedWindows(node.instance());
      for (int run = 0; run <= site.scale().runs(); run++) {
        int questions = site.scale().atMost(MOST_EVENTS);
        long begun = CpuClock.threadNanos();
        for (int i = 0; i < questions; i++) {
          WindowKey key = key((int) (i * 7_919L % devices));
          int minute = i % DAY_OF_MINUTES;
          if (!published.isDuplicate(key, minute, true, at(minute))) {
            throw new IllegalStateException("minute " + minute + " of " + key + " is not there");
          }
        }
        if (run > 0) { // The first one warms up.
          double nanos = (double) (CpuClock.threadNanos() - begun) / questions;
          figures.note("collector: ask the published window", "ns/event", nanos);
        }
      }
    }
  }

  private static void feed(Engine engine, LampEvents lamps, int times) {
    for (int i = 0; i < times; i++) {
      engine.feedAtRate(lamps, lamps.size(), Long.MAX_VALUE);
    }
  }

  private static void note(
      Figures figures, String of, long events, Site.Scratch database, Site site, Spent.Work work)
      throws Exception {
    long journal = database.number(JournalBytes.SIZE);
    Spent spent = Spent.on(site.cpu(), work);
    journal = database.number(JournalBytes.SIZE) - journal;
    figures.note(of + ": JVM", "ns/event", (double) spent.jvmNanos() / events);
    figures.note(of + ": PostgreSQL", "ns/event", (double) spent.postgresNanos() / events);
    figures.note(of + ": events per second", "/s", spent.perSecond(events));
    figures.note(of + ": journal table", "B/event", (double) journal / events);
  }

  /** A day of minutes in the window of each lamp. */
  private static void publish(HazelcastNode node, int devices) {
    AtomicBoolean offered = new AtomicBoolean();
    try (WindowPublisher publisher =
        new WindowPublisher(
            node.instance(),
            to -> {
              for (int lamp = 0; lamp < devices && !offered.get(); lamp++) {
                DedupeWindow window = new DedupeWindow();
                for (int minute = 0; minute < DAY_OF_MINUTES; minute++) {
                  window.mark(minute, true, at(minute));
                }
                to.offer(key(lamp), 1, 1, window.snapshot());
              }
              offered.set(true);
            })) {
      publisher.start();
      while (publisher.published() < devices) {
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private static WindowKey key(int lamp) {
    return new WindowKey(1, lamp % 64, 1, lamp);
  }

  private static long at(int minute) {
    return START.toEpochMilli() + minute * LampEvents.MINUTE_MILLIS;
  }
}
