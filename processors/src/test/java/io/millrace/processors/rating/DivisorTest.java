package io.millrace.processors.rating;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DivisorTest {

  @Test
  void quotients_areThoseOfAPlainDivision() {
    SplittableRandom random = new SplittableRandom(1);
    for (int n = 0; n < 20_000; n++) {
      long by = 1 + (random.nextLong() >>> (1 + random.nextInt(63)));
      if (by < 1) {
        continue; // one past the largest long
      }
      Divisor divisor = new Divisor(by);
      for (int i = 0; i < 20; i++) {
        check(divisor, by, random.nextLong() >>> (1 + random.nextInt(63)));
        // around whole multiples, and around halves
        long multiple = by * random.nextLong(Long.MAX_VALUE / by);
        check(divisor, by, Math.abs(multiple + random.nextInt(3) - 1));
        check(divisor, by, Math.abs(by / 2 + random.nextInt(3) - 1));
      }
      check(divisor, by, Long.MAX_VALUE);
      check(divisor, by, 0);
    }
  }

  private static void check(Divisor divisor, long by, long numerator) {
    if (numerator >= 0) {
      assertEquals(
          Rounding.halfUp(numerator, by), divisor.halfUp(numerator), numerator + " / " + by);
    }
  }
}
