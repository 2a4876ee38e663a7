package io.millrace.connectors.trial;

import io.millrace.catalog.CatalogTest.Use;
import io.millrace.connectors.codec.CloudEventsCodec;
import io.millrace.connectors.codec.DecodedEvent;
import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.directory.DirectoryView;
import io.millrace.connectors.files.FileRefused;
import io.millrace.connectors.files.TextBlock;
import io.millrace.connectors.files.TextBlocks;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.trial.TypedUse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The events of some lines, decoded and dealt out to the lanes. Its life: {@link #decode}, then
 * {@link #follow} once the block before it has been through that, then the lanes take it, each by a
 * thread of its own if need be. Reused; has one owner until the lanes do.
 */
final class UsageBlock {
  /** Stands for the clock of an event that is too far ahead of all before it. */
  static final long TOO_FAR = Long.MAX_VALUE;

  /** Devices that are looked for at once. */
  private static final int AT_ONCE = 32;

  private final CloudEventsCodec codec;
  private final DecodedEvent event = new DecodedEvent();
  private final Rules rules;
  private final ToIntFunction<String> sources;
  private final List<TrialLane> lanes;
  private final Supplier<@Nullable DirectoryView> devices;
  private final Dealing dealing;
  private final DealtRows[] dealt = new DealtRows[UsageTrial.LANES];

  /** When each event took place, in their order. */
  private long[] at = new long[64];

  /** Whether it makes the time go on: there is a device for it. */
  private boolean[] counts = new boolean[64];

  /** What time it is as the event comes: that of the latest one so far. */
  private long[] clock = new long[64];

  private final Unread unread = new Unread();
  private int size;
  private long farthest;
  private long firstLine;
  private int linesRead;
  private int line;
  private boolean tooLong;
  private int longest;
  private long latest;
  private byte[] lastSource = {};
  private int source;
  private final long[] hashes = new long[AT_ONCE];

  /** Nobody asks for it; it has the reads that it sums up done. */
  private long warmth;

  /** Parts of lines that are no events. */
  private static final class Unread {
    int[] line = new int[16];
    Reason[] why = new Reason[16];
    int size;
  }

  /**
   * An empty block.
   *
   * @param sources numbers the names of sources; asked by any thread
   * @param dealing to the lanes
   * @param devices of a list; null where whoever shows up is one
   */
  UsageBlock(
      Rules rules,
      CloudEventsCodec codec,
      ToIntFunction<String> sources,
      List<TrialLane> lanes,
      Dealing dealing,
      Supplier<@Nullable DirectoryView> devices) {
    this.rules = rules;
    this.codec = codec;
    this.sources = sources;
    this.lanes = lanes;
    this.devices = devices;
    this.dealing = dealing;
    Arrays.setAll(dealt, i -> new DealtRows());
  }

  /** Forgets what it had. */
  void clear() {
    for (DealtRows rows : dealt) {
      rows.clear();
    }
    unread.size = 0;
    size = 0;
    linesRead = 0;
    tooLong = false;
    farthest = Long.MIN_VALUE;
  }

  /** Takes all lines of a text. */
  void decode(TextBlock text) {
    clear();
    TextBlock.Walk lines = text.walk();
    while (lines.advance()) {
      line = lines.number();
      int from = lines.from();
      Reason unread =
          lines.length() > CloudEventsCodec.MAX_EVENT
              ? Reason.TOO_LARGE
              : codec.decode(lines.bytes(), from, lines.length(), event);
      if (unread == null) {
        take(lines.bytes(), from, lines.length());
      } else {
        refuse(unread);
      }
    }
    linesRead = lines.number();
    lookUp();
    tooLong = lines.isTooLong();
    longest = lines.longest();
  }

  /** Takes an event that a person wrote down; each is another one, and a line. */
  void use(Use use, String device) {
    line = ++linesRead;
    byte[] subject = device.getBytes(StandardCharsets.UTF_8);
    long when = use.at().toEpochMilli();
    DealtRows rows = deal(subject, 0, subject.length, when);
    TypedUse.add(use, rules, 0, line, rows.usage);
    counts[size - 1] = lanes.getFirst().devices.isSold(when);
  }

  /** Finds who there is a device for; whoever shows up gets one as the lane takes the event. */
  private void lookUp() {
    DirectoryView listed = devices.get();
    if (listed == null) {
      TrialDevices any = lanes.getFirst().devices;
      for (int i = 0; i < size; i++) {
        counts[i] = any.isSold(at[i]);
      }
    } else {
      for (DealtRows rows : dealt) {
        for (int i = 0; i < rows.usage.size(); i += AT_ONCE) {
          lookUp(listed, rows, i, Math.min(AT_ONCE, rows.usage.size() - i));
        }
      }
    }
  }

  private void lookUp(DirectoryView listed, DealtRows rows, int first, int count) {
    System.arraycopy(rows.hash, first, hashes, 0, count);
    warmth += listed.warm(hashes, count);
    for (int i = first; i < first + count; i++) {
      int start = rows.subjectTo[i];
      int length = rows.subjectTo[i + 1] - start;
      int place = listed.find(rows.subjects, start, length, rows.usage.occurredAt[i]);
      counts[rows.order(i)] = place >= 0;
      rows.usage.subscription[i] =
          place >= 0
              ? listed.subscription(place)
              : place == Directory.UNKNOWN ? TrialDevices.UNKNOWN : TrialDevices.NONE_THEN;
    }
  }

  private void take(byte[] bytes, int from, int length) {
    if (!event.source.is(lastSource)) {
      String name = event.source.toString();
      lastSource = name.getBytes(StandardCharsets.UTF_8);
      source = sources.applyAsInt(name);
    }
    DealtRows rows =
        deal(event.subject.bytes, event.subject.from, event.subject.length, event.occurredAt);
    rows.usage.addOver(
        0,
        0,
        source,
        event.eventId,
        event.numbered,
        event.occurredAt,
        event.occurredAt,
        event.typeIndex,
        event.values,
        event.valueCount,
        bytes,
        from,
        length);
  }

  /** Deals a row out to its lane; what is of the usage itself is to be added. */
  private DealtRows deal(byte[] subject, int from, int length, long when) {
    long hash = TrialDevices.hash(subject, from, length);
    int lane = laneOf(hash, subject, from, length, when);
    if (size == at.length) {
      at = Arrays.copyOf(at, size * 2);
      counts = Arrays.copyOf(counts, size * 2);
      clock = Arrays.copyOf(clock, size * 2);
    }
    at[size] = when;
    farthest = Math.max(farthest, when);
    dealt[lane].add(size, line, hash, subject, from, length);
    size++;
    return dealt[lane];
  }

  private int laneOf(long hash, byte[] subject, int from, int length, long when) {
    DirectoryView listed = dealing == Dealing.BY_ACCOUNT ? devices.get() : null;
    int place = listed == null ? Directory.UNKNOWN : listed.find(subject, from, length, when);
    return listed == null || place < 0 ? dealing.laneOf(hash) : listed.shard(place);
  }

  private void refuse(Reason reason) {
    if (unread.size == unread.line.length) {
      unread.line = Arrays.copyOf(unread.line, unread.size * 2);
      unread.why = Arrays.copyOf(unread.why, unread.size * 2);
    }
    unread.line[unread.size] = line;
    unread.why[unread.size++] = reason;
  }

  /**
   * Comes after another block, or after none.
   *
   * @param lines that were before
   * @param latestBefore the time of the latest event before
   * @param furthest how far ahead of all before it an event may be, in milliseconds
   * @throws FileRefused where a line is too long
   */
  void follow(long lines, long latestBefore, long furthest) throws FileRefused {
    if (tooLong) {
      throw TextBlocks.tooLong(lines + linesRead, longest);
    }
    firstLine = lines;
    latest = latestBefore;
    boolean isNear = farthest <= latestBefore + furthest;
    for (int i = 0; i < size; i++) {
      if (!isNear && at[i] > latest + furthest) {
        clock[i] = TOO_FAR;
      } else {
        latest = counts[i] ? Math.max(latest, at[i]) : latest;
        clock[i] = latest;
      }
    }
    for (DealtRows rows : dealt) {
      rows.clock(clock);
    }
  }

  /** Whether it has had any line. */
  boolean hasLines() {
    return linesRead > 0;
  }

  /** How many lines it and those before it have. */
  long lines() {
    return firstLine + linesRead;
  }

  /** The number of a line of this block. */
  long number(int lineHere) {
    return firstLine + lineHere;
  }

  /** The time of the latest event up to its end; milliseconds since 1970-01-01 UTC. */
  long latest() {
    return latest;
  }

  DealtRows rows(int lane) {
    return dealt[lane];
  }

  /** Adds what could not be read to what was not charged. */
  void tell(NotCharged told) {
    for (int i = 0; i < unread.size; i++) {
      told.add(number(unread.line[i]), unread.why[i]);
    }
  }
}
