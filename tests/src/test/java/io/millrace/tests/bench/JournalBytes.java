package io.millrace.tests.bench;

import io.millrace.processors.journal.Commit;
import io.millrace.processors.journal.Encoded;
import io.millrace.processors.journal.JournalCodec;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Bytes of journal per event as PostgreSQL stores them: the table with its TOAST, its indexes and
 * its half-filled pages, after the shard core wrote it. The rating column's part is the size of the
 * same rows without their evidence, as after its retention; the evidence's is the difference.
 */
final class JournalBytes implements Step {
  static final String SIZE = "select pg_total_relation_size('journal')";

  private static final Instant START = Instant.parse("2026-11-01T23:00:00Z");
  private static final int FULL = 2_000_000;
  private static final int SLOW = 50_000;
  private static final int SLOW_PER_SECOND = 3_300;
  private static final Goal EVIDENCE = Goal.atMost(16);

  /** Rows of the journal that are read back to see what that costs. */
  private static final int ROWS = 50;

  @Override
  public String name() {
    return "journal";
  }

  @Override
  public String what() {
    return "bytes of journal per event, and what its codec costs";
  }

  @Override
  public void measure(Site site, Figures figures) throws Exception {
    LampEvents lamps = new LampEvents(site.scale().devices(), START, 11);
    try (Site.Scratch database = site.scratch("journal");
        Engine engine = Engine.start(database.url(), lamps, 1)) {
      database.execute("create table rated (like journal including all)");
      engine.feed(lamps, 1, site.cpu());
      for (int run = 0; run < site.scale().runs(); run++) {
        measure(
            database,
            figures,
            "full rate",
            Goal.atMost(8),
            () -> {
              int minutes = Math.max(1, site.scale().atMost(FULL) / lamps.lamps());
              engine.feed(lamps, minutes, site.cpu());
              return minutes * lamps.lamps();
            });
        codec(database, figures);
        measure(
            database,
            figures,
            Report.number(SLOW_PER_SECOND) + "/s",
            Goal.atMost(16),
            () -> {
              lamps.next(1);
              int most = Math.min(SLOW, lamps.size());
              engine.feedAtRate(lamps, most, SLOW_PER_SECOND);
              return most;
            });
      }
      figures.note("an event as it came", "B", (double) lamps.sizeInBytes() / lamps.size());
      engine.checkAllCharged();
    }
  }

  /** Feeds, and says how many events. */
  private interface Feed {
    int run() throws Exception;
  }

  private static void measure(
      Site.Scratch database, Figures figures, String rate, Goal goal, Feed feed) throws Exception {
    String ratedSize = "select pg_total_relation_size('rated')";
    long last = database.number("select coalesce(max(number), 0) from journal");
    long before = database.number(SIZE);
    long ratedBefore = database.number(ratedSize);
    double events = feed.run();
    database.execute(
        "insert into rated select tenant, number, rules, rating, null, evidence_hash, digest,"
            + " committed_at from journal where number > "
            + last);
    long whole = database.number(SIZE) - before;
    long rated = database.number(ratedSize) - ratedBefore;
    long commits = database.number("select count(*) from journal where number > " + last);
    figures.note(rate + ": rating, its part of the table", "B/event", goal, rated / events);
    figures.note(
        rate + ": evidence, its part of the table", "B/event", EVIDENCE, (whole - rated) / events);
    figures.note(rate + ": rating column", "B/event", column(database, "rating", last) / events);
    figures.note(
        rate + ": evidence column", "B/event", column(database, "evidence", last) / events);
    figures.note(rate + ": events in a commit", "", events / commits);
  }

  private static long column(Site.Scratch database, String name, long after) throws SQLException {
    return database.number(
        "select sum(octet_length(" + name + "))::bigint from journal where number > " + after);
  }

  /** A row as it is stored. */
  private record Row(int tenant, long number, int rules, byte[] rating, byte[] evidence) {}

  private static void codec(Site.Scratch database, Figures figures) throws SQLException {
    List<Row> rows = rows(database);
    try (JournalCodec codec = new JournalCodec()) {
      long events = 0;
      long replay = 0;
      long read = 0;
      long write = 0;
      for (Row r : rows) {
        long begun = CpuClock.threadNanos();
        codec.decode(r.tenant, r.number, r.rules, r.rating, null);
        long replayed = CpuClock.threadNanos();
        Commit commit = codec.decode(r.tenant, r.number, r.rules, r.rating, r.evidence);
        long whole = CpuClock.threadNanos();
        Encoded again = codec.encode(commit);
        write += CpuClock.threadNanos() - whole;
        replay += replayed - begun;
        read += whole - replayed;
        events += commit.usage().size();
        if (!Arrays.equals(r.rating, again.rating())
            || !Arrays.equals(r.evidence, again.evidence())) {
          throw new IllegalStateException("row " + r.number + " is written otherwise");
        }
      }
      figures.note("read for a replay", "ns/event", (double) replay / events);
      figures.note("read with its evidence", "ns/event", (double) read / events);
      figures.note("write", "ns/event", (double) write / events);
    }
  }

  private static List<Row> rows(Site.Scratch database) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (Connection c = database.connect();
        Statement statement = c.createStatement();
        ResultSet rs =
            statement.executeQuery(
                "select tenant, number, rules, rating, evidence from journal"
                    + " order by number desc limit "
                    + ROWS)) {
      while (rs.next()) {
        rows.add(
            new Row(rs.getInt(1), rs.getLong(2), rs.getInt(3), rs.getBytes(4), rs.getBytes(5)));
      }
    }
    return rows;
  }
}
