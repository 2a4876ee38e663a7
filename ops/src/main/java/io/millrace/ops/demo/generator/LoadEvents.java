package io.millrace.ops.demo.generator;

import io.millrace.ops.demo.manifest.Manifest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A load's events one after the other, for who carries them by other means than MQTT: minute by
 * minute, with the duplicates, flaws and disorder that {@link Publisher} sends too. It tells the
 * manifest every event it gives out. Not thread-safe.
 */
public final class LoadEvents {
  private final Load load;
  private final ReportWriter writer;
  private final Feed[] feeds;
  private final byte[] buffer = new byte[ReportWriter.MAX_BYTES];
  private int turn;

  /** The events of a load from its first minute. */
  public LoadEvents(Load load, Manifest manifest) {
    this.load = load;
    Lamps lamps = new Lamps(load.seed(), Household.load());
    writer = new ReportWriter(load, lamps);
    feeds = new Feed[load.connections()];
    Arrays.setAll(feeds, i -> new Feed(load, lamps, i, manifest));
  }

  /** The next event's payload; null where all are given out. */
  public byte @Nullable [] next() {
    for (int ended = 0; ended < feeds.length; ) {
      Feed feed = feeds[turn];
      long key = feed.next();
      if (key != EventKey.NONE) {
        return Arrays.copyOf(buffer, writer.payload(key, buffer, 0));
      }
      ended = feed.minute() == load.minutes() ? ended + 1 : 0;
      turn = (turn + 1) % feeds.length;
    }
    return null;
  }
}
