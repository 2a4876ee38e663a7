package io.millrace.tests.bench;

import java.time.Instant;

/**
 * The shard core alone, from bytes in memory to durable rows, hour after hour of the city: with the
 * charges of each hour sealed, checkpoints taken and all of it on disk. A run is of consecutive
 * minutes; the devices' state is that of a city which has reported before.
 */
final class CoreBench implements Step {
  static final String NAME = "core";
  static final String ONE_ACCOUNT = "1 account";
  static final String PER_CORE = ": events per core-second";
  static final String PER_SECOND = ": events per second";

  private static final String CHARGES = "select count(*) from charge";
  private static final Instant START = Instant.parse("2026-11-01T23:00:00Z");
  private static final int WARM_MINUTES = 10;
  private static final Goal GOAL = Goal.atLeast(500_000);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String what() {
    return "the shard core alone: decode, dedupe, rate, journal, commit; "
        + Report.number(Engine.IN_FLIGHT)
        + " in flight";
  }

  @Override
  public void measure(Site site, Figures figures) throws Exception {
    int devices = site.scale().devices();
    measure(site, figures, 1, ONE_ACCOUNT);
    measure(site, figures, devices, Report.number(devices) + " accounts");
  }

  private static void measure(Site site, Figures figures, int accounts, String of)
      throws Exception {
    LampEvents lamps = new LampEvents(site.scale().devices(), START, 7);
    try (Site.Scratch database = site.scratch("core");
        Engine engine = Engine.start(database.url(), lamps, accounts)) {
      engine.feed(lamps, Math.min(WARM_MINUTES, site.scale().minutes()), site.cpu());
      for (int run = 0; run < site.scale().runs(); run++) {
        long commits = engine.commits();
        long journal = database.number(JournalBytes.SIZE);
        long charges = database.number(CHARGES);
        Spent spent = engine.feed(lamps, site.scale().minutes(), site.cpu());
        long events = (long) lamps.lamps() * site.scale().minutes();
        journal = database.number(JournalBytes.SIZE) - journal;
        commits = engine.commits() - commits;
        figures.note(of + PER_CORE, "/s", GOAL, spent.perCore(events));
        figures.note(of + PER_SECOND, "/s", spent.perSecond(events));
        figures.note(of + ": JVM", "ns/event", (double) spent.jvmNanos() / events);
        figures.note(of + ": PostgreSQL", "ns/event", (double) spent.postgresNanos() / events);
        figures.note(of + ": journal table", "B/event", (double) journal / events);
        charges = database.number(CHARGES) - charges;
        figures.note(of + ": charges sealed", "", charges);
        figures.note(of + ": events in a commit", "", (double) events / commits);
      }
      engine.checkAllCharged();
    }
  }
}
