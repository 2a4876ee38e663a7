package io.millrace.connectors.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The rule by which limits follow the load, on a clock of the test's. */
class AdaptiveLimitTest {
  private static final OptionalLong NOBODY_TELLS = OptionalLong.empty();
  private static final OptionalLong NONE = OptionalLong.of(0);
  private static final OptionalLong MANY = OptionalLong.of(1_000_000);

  private final AtomicLong nanos = new AtomicLong();

  /**
   * A look.
   *
   * @param millis since the last one
   * @param percent of the limit that is used
   * @param commits since the last one
   */
  record Look(int millis, int percent, int commits, OptionalLong waiting) {}

  @Provide
  Arbitrary<List<Look>> looks() {
    Arbitrary<OptionalLong> waiting =
        Arbitraries.of(NOBODY_TELLS, NONE, OptionalLong.of(1), OptionalLong.of(50), MANY);
    return Combinators.combine(
            Arbitraries.of(1, 20, 500, 4_000, 11_000),
            Arbitraries.of(0, 10, 25, 40, 50, 60, 75, 90, 100, 130),
            Arbitraries.integers().between(0, 2),
            waiting)
        .as(Look::new)
        .list()
        .ofMaxSize(60);
  }

  private AdaptiveLimit limit(int least, int most, int start) {
    return new AdaptiveLimit(least, most, start, nanos::get);
  }

  private void pass(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  @Property(tries = 500)
  void whateverIsSeen_theLimitMovesByOneStepWithinItsBoundsAndForAReason(
      @ForAll("looks") List<Look> looks,
      @ForAll @IntRange(min = 1, max = 40) int least,
      @ForAll @IntRange(min = 0, max = 5_000) int more,
      @ForAll @IntRange(min = 0, max = 100) int from) {
    int most = least + more;
    AdaptiveLimit limit = limit(least, most, least + more * from / 100);
    long commits = 0;
    long grownAt = -1;
    long fullAt = Long.MAX_VALUE;
    long quiet = 0;
    for (Look look : looks) {
      int before = limit.now();
      long used = (long) before * look.percent() / 100;
      pass(look.millis());
      commits += look.commits();
      quiet += look.millis();
      boolean busy = used > before / 4 || look.waiting().orElse(0) > before;
      quiet = busy ? 0 : quiet;
      limit.look(used, commits, look.waiting());
      int now = limit.now();
      assertTrue(least <= now && now <= most, () -> now + " is out of bounds");
      if (now > before) {
        assertEquals(Math.min(most, 2 * before), now);
        assertTrue(used >= before - before / 4, "it was not full");
        assertTrue(look.waiting().orElse(0) > 0 || commits > fullAt, "none waited");
        assertTrue(commits > grownAt, "twice in a commit");
        grownAt = commits;
        fullAt = Long.MAX_VALUE;
      } else if (now < before) {
        assertEquals(Math.max(least, before / 2), now);
        assertTrue(quiet >= 10_000, "it was needed");
        quiet = 0;
      } else if (quiet >= 10_000) {
        assertEquals(least, now, "it was not needed");
        quiet = 0;
      }
      if (now <= before && used >= before - before / 4) {
        fullAt = Math.min(fullAt, commits);
      }
    }
  }

  @Property(tries = 200)
  void underLoad_theMostIsReachedWithinAsManyCommitsAsDoublingsTake(
      @ForAll @IntRange(min = 1, max = 64) int least,
      @ForAll @IntRange(min = 1, max = 1_000) int times) {
    int most = least * times;
    for (OptionalLong waiting : List.of(MANY, NOBODY_TELLS)) {
      AdaptiveLimit limit = limit(least, most, least);
      int doublings = 32 - Integer.numberOfLeadingZeros(times - 1);
      for (int commit = 0; commit <= doublings; commit++) {
        limit.look(limit.now(), commit, waiting);
        pass(1);
        limit.look(limit.now(), commit, waiting);
      }
      assertEquals(most, limit.now(), waiting.toString());
      assertTrue(limit.isMost());
    }
  }

  @Test
  void oneThatBegins_isAtItsMostAfterTwoCommits() {
    AdaptiveLimit limit = new AdaptiveLimit(2_048, 32_768);
    List<Integer> seen = new ArrayList<>(List.of(limit.now()));
    for (int commit = 1; commit <= 2; commit++) {
      limit.look(limit.now(), commit, MANY);
      seen.add(limit.now());
    }
    assertEquals(List.of(8_192, 16_384, 32_768), seen);
  }

  @Test
  void fullWithoutACommit_doesNotGrow() {
    AdaptiveLimit limit = limit(1, 1_024, 16);
    for (int i = 0; i < 100; i++) {
      pass(1_000);
      limit.look(limit.now(), 7, NOBODY_TELLS);
    }
    assertEquals(16, limit.now());
    for (int i = 0; i < 100; i++) {
      pass(1_000);
      limit.look(limit.now(), 7, MANY);
    }
    assertEquals(32, limit.now());
  }

  @Test
  void fullAgainAfterACommitThatTookItAll_growsWhereItIsSoon() {
    AdaptiveLimit limit = limit(1, 1_024, 16);
    limit.look(16, 1, NOBODY_TELLS);
    pass(1_001);
    limit.look(0, 2, NOBODY_TELLS);
    limit.look(16, 2, NOBODY_TELLS);
    assertEquals(16, limit.now());
    pass(999);
    limit.look(0, 3, NOBODY_TELLS);
    limit.look(16, 3, NOBODY_TELLS);
    assertEquals(32, limit.now());
  }

  @Test
  void fullAgain_growsThoughAnOldLookSawNothingWait() {
    AdaptiveLimit limit = limit(1, 1_024, 16);
    limit.look(16, 1, NONE);
    assertEquals(16, limit.now());
    limit.look(16, 2, NONE);
    assertEquals(32, limit.now());
  }

  @Test
  void littleUsed_halvesEveryTenSecondsDownToTheLeast() {
    AdaptiveLimit limit = limit(100, 1_000, 1_000);
    List<Integer> seen = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      pass(9_999);
      limit.look(25, 0, NONE);
      seen.add(limit.now());
      pass(1);
      limit.look(25, 0, NONE);
      seen.add(limit.now());
    }
    assertEquals(List.of(1_000, 500, 500, 250, 250, 125, 125, 100, 100, 100), seen);
  }

  @Test
  void manyThatWait_keepItUpHoweverLittleIsUsed() {
    AdaptiveLimit limit = limit(1, 1_000, 1_000);
    for (int i = 0; i < 100; i++) {
      pass(1_000);
      limit.look(0, i, OptionalLong.of(1_001));
    }
    assertEquals(1_000, limit.now());
  }

  @Test
  void boundsThatMakeNoSense_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> limit(0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> limit(2, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> limit(1, 2, 3));
    assertThrows(
        IllegalArgumentException.class,
        () -> OptionRange.checkLeast("leastInFlight", 11, "inFlight", 10));
    assertEquals(
        List.of(1, 1, 2_048),
        List.of(1, 16, 32_768).stream().map(OptionRange::leastInFlight).toList());
  }
}
