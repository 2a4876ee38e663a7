package io.millrace.connectors.clock;

import io.millrace.connectors.store.DatabaseUnavailable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A node's clock, the time that passes, and a database with a clock of its own. */
public final class FakeClocks implements ClockBook {
  /** What all clocks say at first. */
  public static final long START = 1_793_000_000_000L;

  private long wall = START;
  private long nanos = 7;
  private long database = START;
  private boolean down;
  private @Nullable ClockRecord written;

  /** Lets time pass by all of them. */
  public void pass(long millis) {
    wall += millis;
    database += millis;
    nanos += millis * 1_000_000;
  }

  /** Sets the node's clock forward or back. */
  public void jump(long millis) {
    wall += millis;
  }

  /** Sets the database's clock forward or back. */
  void jumpOfDatabase(long millis) {
    database += millis;
  }

  void down(boolean is) {
    down = is;
  }

  /** What the node's clock says. */
  public long wall() {
    return wall;
  }

  /** A process starts. */
  public ClockGuard start() {
    return ClockGuard.unscheduled(() -> wall, () -> nanos, this);
  }

  private void answer() {
    if (down) {
      throw new DatabaseUnavailable("it is down", "wait", null);
    }
  }

  @Override
  public long databaseTime() {
    answer();
    return database;
  }

  @Override
  public Optional<ClockRecord> load() {
    answer();
    return Optional.ofNullable(written);
  }

  @Override
  public void save(ClockRecord record) {
    answer();
    written = record;
  }
}
