package io.millrace.processors.journal;

import static io.millrace.processors.journal.Commits.assertSame;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class JournalCodecTest {

  private static Commit back(JournalCodec codec, Commit commit, boolean withEvidence) {
    Encoded encoded = codec.encode(commit);
    return codec.decode(
        commit.tenant(),
        commit.number(),
        commit.rules(),
        encoded.rating(),
        withEvidence ? encoded.evidence() : null);
  }

  @Test
  void a_minute_of_lamps_comes_back_with_and_without_evidence() {
    try (JournalCodec codec = new JournalCodec()) {
      for (int rows : new int[] {0, 1, 2, 330, 5_000}) {
        Commit commit = Commits.lamps(rows, Math.min(64, Math.max(rows, 1)), rows);
        assertSame(commit, back(codec, commit, true), true);
        assertSame(commit, back(codec, commit, false), false);
      }
    }
  }

  @Test
  void each_kind_of_command_comes_back_and_its_evidence_is_kept_apart() {
    UsageBatch usage = new UsageBatch(1);
    Commit commit =
        new Commit(
            2,
            1,
            1,
            List.of(new Section(0, 1, 1, Commits.MINUTE, 0, Commits.oneOfEach(), 0, 0)),
            usage);
    try (JournalCodec codec = new JournalCodec()) {
      assertSame(commit, back(codec, commit, true), true);
      assertSame(commit, back(codec, commit, false), false);
      String rating = new String(codec.encode(commit).rating(), StandardCharsets.ISO_8859_1);
      assertFalse(rating.contains("lamp-"), "the rating names a device");
    }
  }

  @Test
  void the_rating_of_lamps_holds_none_of_their_names() {
    try (JournalCodec codec = new JournalCodec()) {
      Encoded encoded = codec.encode(Commits.lamps(1, 1, 4));
      assertFalse(new String(encoded.rating(), StandardCharsets.ISO_8859_1).contains("lamp"));
    }
  }

  /** Any bytes, any numbers: random pieces of digits, zeros, text, binary and whole lamp events. */
  @Property(tries = 300)
  void any_commit_comes_back(@ForAll long seed, @ForAll @LongRange(min = 0, max = 120) long size) {
    Commit commit = anyCommit(new Random(seed), (int) size);
    try (JournalCodec codec = new JournalCodec()) {
      codec.encode(Commits.lamps(3, 1, seed)); // leaves skeletons and scratch behind
      assertSame(commit, back(codec, commit, true), true);
      assertSame(commit, back(codec, commit, false), false);
    }
  }

  /** What was written before leaves no trace: a re-run of a commit makes the same digest. */
  @Property(tries = 60)
  void the_same_commit_makes_the_same_bytes_whatever_came_before(@ForAll long seed) {
    Commit commit = anyCommit(new Random(seed), 90);
    try (JournalCodec fresh = new JournalCodec();
        JournalCodec used = new JournalCodec()) {
      used.encode(anyCommit(new Random(~seed), 200));
      used.encode(Commits.lamps(70, 2, seed));
      assertArrayEquals(fresh.encode(commit).digest(), used.encode(commit).digest());
    }
  }

  /**
   * A flipped, cut or lengthened row is refused, or (flipped) reads as another commit: never more.
   */
  @Property(tries = 400)
  void damaged_bytes_are_refused_or_differ(@ForAll long seed) {
    Random random = new Random(seed);
    Commit commit = anyCommit(random, 40);
    try (JournalCodec codec = new JournalCodec()) {
      Encoded encoded = codec.encode(commit);
      byte[] rating = random.nextBoolean() ? damage(encoded.rating(), random) : encoded.rating();
      byte[] evidence = damage(encoded.evidence(), random);
      try {
        Commit read = codec.decode(1, 1, 1, rating, evidence);
        assertTrue(read.usage().size() <= JournalCodec.MAX_ROWS);
      } catch (JournalDamaged e) {
        assertTrue(e.getMessage().startsWith("journal row 1: "));
      }
      // The codec itself is unharmed.
      assertSame(commit, back(codec, commit, true), true);
    }
  }

  @Test
  void a_row_cut_at_any_byte_is_refused() {
    try (JournalCodec codec = new JournalCodec()) {
      Encoded encoded = codec.encode(Commits.lamps(40, 4, 8));
      for (int n = 0; n < encoded.rating().length; n++) {
        byte[] cut = Arrays.copyOf(encoded.rating(), n);
        assertThrows(JournalDamaged.class, () -> codec.decode(1, 1, 1, cut, null), "at " + n);
      }
      for (int n = 0; n < encoded.evidence().length; n++) {
        byte[] cut = Arrays.copyOf(encoded.evidence(), n);
        assertThrows(
            JournalDamaged.class, () -> codec.decode(1, 1, 1, encoded.rating(), cut), "at " + n);
      }
    }
  }

  @Test
  void a_later_version_is_refused_by_its_number() {
    try (JournalCodec codec = new JournalCodec()) {
      Encoded encoded = codec.encode(Commits.lamps(2, 1, 8));
      encoded.rating()[0] = 2;
      JournalDamaged damaged =
          assertThrows(JournalDamaged.class, () -> codec.decode(1, 44, 1, encoded.rating(), null));
      assertEquals("journal row 44: format 2 is not known, 1 is", damaged.getMessage());
    }
  }

  @Test
  void one_row_is_read_without_the_others() {
    Commit commit = Commits.lamps(500, 8, 21);
    try (JournalCodec codec = new JournalCodec()) {
      Encoded encoded = codec.encode(commit);
      assertEquals(500, codec.open(99, encoded.rating(), encoded.evidence()));
      for (int row : new int[] {0, 499, 63}) {
        UsageBatch picked = codec.pick(99, row);
        assertEquals(1, picked.size());
        assertArrayEquals(commit.usage().rawOf(row), picked.rawOf(0));
        assertEquals(commit.usage().subscription[row], picked.subscription[0]);
        assertEquals(commit.usage().eventId[row], picked.eventId[0]);
        assertEquals(commit.usage().values[commit.usage().valueFrom[row]], picked.values[0]);
      }
      for (Section section : commit.sections()) {
        assertEquals(section.time(), codec.timeOf(99, section.usageFrom()));
        assertEquals(section.time(), codec.timeOf(99, section.usageTo() - 1));
      }
      assertThrows(JournalDamaged.class, () -> codec.timeOf(99, 500));
      assertThrows(JournalDamaged.class, () -> codec.pick(99, 500));
      codec.open(99, encoded.rating(), null);
      assertEquals(0, codec.pick(99, 63).rawOf(0).length);
    }
  }

  @Test
  void shards_are_told_without_what_they_did() {
    Commit commit = Commits.lamps(500, 8, 21);
    try (JournalCodec codec = new JournalCodec()) {
      Encoded encoded = codec.encode(commit);
      assertEquals(
          commit.sections().stream().map(s -> new JournalCodec.Link(s.shard(), s.seq())).toList(),
          codec.links(99, encoded.rating()));
      assertThrows(JournalDamaged.class, () -> codec.links(99, new byte[] {1, 9}));
    }
  }

  @Test
  void more_shapes_than_are_kept_come_back_as_plain_events() {
    UsageBatch usage = new UsageBatch(300);
    for (int i = 0; i < 300; i++) {
      byte[] raw = ("x".repeat(i) + i).getBytes(StandardCharsets.UTF_8);
      usage.add(0, i, 1, i, true, 0, 0, 0, new long[0], 0, raw, 0, raw.length);
    }
    Commit commit =
        new Commit(1, 1, 1, List.of(new Section(0, 1, 1, 0, 0, List.of(), 0, 300)), usage);
    try (JournalCodec codec = new JournalCodec()) {
      assertSame(commit, back(codec, commit, true), true);
      assertSame(commit, back(codec, commit, true), true);
    }
  }

  @Test
  void digest_and_chain_tell_every_part() {
    try (JournalCodec codec = new JournalCodec()) {
      Encoded e = codec.encode(Commits.lamps(9, 3, 1));
      assertArrayEquals(
          e.digest(), JournalCodec.digest(99, 1, 2, e.rating(), JournalCodec.hash(e.evidence())));
      List<byte[]> all = new ArrayList<>();
      all.add(e.digest());
      all.add(JournalCodec.digest(98, 1, 2, e.rating(), e.evidenceHash()));
      all.add(JournalCodec.digest(99, 2, 2, e.rating(), e.evidenceHash()));
      all.add(JournalCodec.digest(99, 1, 3, e.rating(), e.evidenceHash()));
      all.add(JournalCodec.digest(99, 1, 2, e.evidence(), e.evidenceHash()));
      all.add(JournalCodec.digest(99, 1, 2, e.rating(), e.digest()));
      all.add(JournalCodec.chain(new byte[32], 0, 1, e.digest()));
      all.add(JournalCodec.chain(new byte[32], 1, 1, e.digest()));
      all.add(JournalCodec.chain(new byte[32], 0, 2, e.digest()));
      all.add(JournalCodec.chain(new byte[32], 0, 1, e.evidenceHash()));
      all.add(JournalCodec.chain(e.digest(), 0, 1, e.digest()));
      assertEquals(all.size(), all.stream().map(Arrays::toString).distinct().count());
    }
  }

  private static byte[] damage(byte[] bytes, Random random) {
    if (random.nextInt(10) == 0) {
      return Arrays.copyOf(bytes, bytes.length + 1);
    }
    byte[] damaged = bytes.clone();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return damaged;
  }

  private static Commit anyCommit(Random random, int rows) {
    UsageBatch usage = new UsageBatch(0);
    boolean even = random.nextBoolean();
    boolean wild = random.nextBoolean();
    int spread = 1 + random.nextInt(3);
    for (int i = 0; i < rows; i++) {
      byte[] raw = anyRaw(random, i);
      int count = even ? 2 : random.nextInt(20);
      usage.add(
          wild ? random.nextInt() : i / 10,
          anyLong(random, spread),
          random.nextInt(spread),
          anyLong(random, spread),
          random.nextInt(4) > 0,
          wild ? random.nextLong() : Commits.MINUTE + random.nextInt(60) * 1_000L,
          Commits.MINUTE + i / 3,
          random.nextInt(spread),
          random.longs(20).map(v -> v >> random.nextInt(64)).toArray(),
          count,
          raw,
          0,
          raw.length);
    }
    List<Section> sections = new ArrayList<>();
    int at = 0;
    for (int s = 0; at < rows; s++) {
      int from = wild ? Math.min(rows, at + random.nextInt(3)) : at;
      at = wild ? Math.min(rows, from + random.nextInt(20)) : Math.min(rows, at + 10);
      sections.add(
          new Section(
              wild ? random.nextInt() : s,
              random.nextInt(9),
              1 + random.nextInt(1 << 20),
              Commits.MINUTE,
              random.nextInt(1_001),
              random.nextInt(3) == 0 ? Commits.oneOfEach() : List.of(),
              from,
              at));
    }
    return new Commit(5, 77, 6, sections, usage);
  }

  private static long anyLong(Random random, int spread) {
    return switch (spread) {
      case 1 -> random.nextInt(200_000);
      case 2 -> random.nextLong();
      default -> random.nextInt(50) == 0 ? Long.MIN_VALUE : 1_000_000 + random.nextInt(90);
    };
  }

  private static byte[] anyRaw(Random random, int i) {
    byte[] raw;
    switch (random.nextInt(5)) {
      case 0 -> {
        raw = new byte[random.nextInt(300)];
        random.nextBytes(raw);
      }
      case 1 -> {
        raw = new byte[random.nextInt(60)];
        for (int k = 0; k < raw.length; k++) {
          raw[k] = (byte) "0000123456789..,x".charAt(random.nextInt(17));
        }
      }
      case 2 -> raw = "9".repeat(random.nextInt(70)).getBytes(StandardCharsets.UTF_8);
      default ->
          raw =
              Commits.lamp(
                  random.nextInt(200_000),
                  i,
                  random.nextInt(60),
                  random.nextInt(1_000),
                  random.nextInt(400));
    }
    return raw;
  }
}
