package io.millrace.tests.bench;

import io.millrace.processors.journal.Commit;
import io.millrace.processors.journal.Section;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Commits of a city's lamps with noise where a codec could cheat: lamps in random order and not
 * numbered as their subscriptions are, a random second of the minute, readings of three random
 * digits, sequence numbers that differ from lamp to lamp, 0.1 % faults.
 */
final class LampCommits {

  static final int LAMPS = 200_000;
  static final int SHARDS = 64;
  static final long START = 1_793_613_600_000L; // 2026-11-02T10:00:00Z

  private final Random random;
  private final int[] lampOf = new int[LAMPS];
  private final int[] skew = new int[LAMPS];
  private final int[] order = new int[LAMPS];
  private int next = LAMPS;
  private int minute;
  private long number;

  LampCommits(long seed) {
    random = new Random(seed);
    for (int i = 0; i < LAMPS; i++) {
      lampOf[i] = i;
      order[i] = i;
      skew[i] = random.nextInt(16);
    }
    shuffle(lampOf);
  }

  /**
   * The next rows of the city.
   *
   * @param rows how many
   * @param perSecond the rate at which they were received
   */
  Commit next(int rows, int perSecond) {
    UsageBatch arrived = new UsageBatch(rows);
    long[] value = new long[1];
    for (int i = 0; i < rows; i++) {
      if (next == LAMPS) {
        next = 0;
        minute++;
        shuffle(order);
      }
      int subscription = order[next++];
      int second = random.nextInt(60);
      long id = 1_000L + minute + skew[subscription];
      value[0] = random.nextInt(1_000);
      byte[] raw =
          event(lampOf[subscription], id, second, value[0]).getBytes(StandardCharsets.UTF_8);
      arrived.add(
          ShardKey.of(subscription, SHARDS),
          subscription,
          1,
          id,
          true,
          START + minute * 60_000L + second * 1_000L,
          START + minute * 60_000L + 61_000 + i * 1_000L / perSecond,
          0,
          value,
          1,
          raw,
          0,
          raw.length);
    }
    return sorted(arrived);
  }

  private Commit sorted(UsageBatch arrived) {
    UsageBatch usage = new UsageBatch(arrived.size());
    List<Section> sections = new ArrayList<>();
    number++;
    long time = arrived.receivedAt[arrived.size() - 1] + 5;
    for (int shard = 0; shard < SHARDS; shard++) {
      int from = usage.size();
      for (int i = 0; i < arrived.size(); i++) {
        if (arrived.shard[i] == shard) {
          usage.addRow(arrived, i);
        }
      }
      if (usage.size() > from) {
        long seq = 40_000 + number + shard * 37L % 11;
        sections.add(new Section(shard, 3, seq, time, 1_000, List.of(), from, usage.size()));
      }
    }
    return new Commit(1, number, 1, sections, usage);
  }

  private String event(int lamp, long id, int second, long wh) {
    String reading = wh == 0 ? "0" : "0." + trimmed(String.format(Locale.ROOT, "%03d", wh));
    return String.format(
        Locale.ROOT,
        "{\"specversion\":\"1.0\",\"id\":\"%d\",\"source\":\"/city/lamps\","
            + "\"type\":\"lamp.report\",\"subject\":\"lamp-%06d\","
            + "\"time\":\"2026-11-02T10:%02d:%02dZ\","
            + "\"datacontenttype\":\"application/json\","
            + "\"data\":{\"wh\":%s,\"lux\":%d,\"fault\":%d}}",
        id,
        lamp,
        minute % 60,
        second,
        reading,
        random.nextInt(400),
        random.nextInt(1_000) == 0 ? 1 : 0);
  }

  private static String trimmed(String digits) {
    int end = digits.length();
    while (end > 1 && digits.charAt(end - 1) == '0') {
      end--;
    }
    return digits.substring(0, end);
  }

  private void shuffle(int[] all) {
    for (int i = all.length - 1; i > 0; i--) {
      int k = random.nextInt(i + 1);
      int swap = all[i];
      all[i] = all[k];
      all[k] = swap;
    }
  }
}
