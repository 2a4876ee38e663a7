package io.millrace.tests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.tests.bench.Figures.Figure;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the benchmark says of its runs. */
class FiguresTest {
  private final Figures figures = new Figures();

  private Figure noted(Goal goal, double... values) {
    figures.begin("step");
    for (double value : values) {
      figures.note("rate", "/s", goal, value);
    }
    return figures.of("step").getFirst();
  }

  @Test
  void oddRuns_medianIsTheMiddleOne() {
    Figure figure = noted(Goal.NONE, 9, 1, 5);
    assertEquals(5, figure.median());
    assertEquals(1, figure.lowest());
    assertEquals(9, figure.highest());
    assertFalse(figure.hasGoal());
  }

  @Test
  void evenRuns_medianIsBetweenTheTwoInTheMiddle() {
    assertEquals(4, noted(Goal.NONE, 1, 3, 5, 100).median());
  }

  @Test
  void goal_isForTheMedian() {
    assertTrue(noted(Goal.atLeast(5), 5, 9, 1).isMet());
    figures.note("rate", "/s", 1);
    assertFalse(figures.of("step").getFirst().isMet());
  }

  @Test
  void bound_isMet_andOneBeyondIsNot() {
    assertTrue(Goal.atMost(8).isMet(8));
    assertFalse(Goal.atMost(8).isMet(8.01));
    assertTrue(Goal.atLeast(50).isMet(50));
    assertFalse(Goal.atLeast(50).isMet(49.9));
  }

  @Test
  void anotherStep_isAskedForItsMedian() {
    noted(Goal.NONE, 7);
    assertEquals(7, figures.median("step", "rate").orElseThrow());
    assertTrue(figures.median("step", "other").isEmpty());
    assertTrue(figures.median("other", "rate").isEmpty());
  }

  @Test
  void valueThatIsNoNumber_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> noted(Goal.NONE, Double.NaN));
    assertEquals(List.of(), figures.of("step"));
  }

  @Test
  void numbers_showFourDigitsThatCount() {
    assertEquals("1,234,568", Report.number(1_234_567.8));
    assertEquals("0.02661", Report.number(0.026612));
    assertEquals("0.05", Report.number(0.05));
    assertEquals("195.4", Report.number(195.44));
    assertEquals("20", Report.number(20));
  }
}
