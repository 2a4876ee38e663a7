package io.millrace.tests.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.tests.bench.Figures.Figure;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Conditions and figures as a table to read, and as JSON. */
final class Report {
  private static final MathContext FOUR_DIGITS = new MathContext(4);

  private final PrintWriter out;

  Report(PrintWriter out) {
    this.out = out;
  }

  /** Four digits that count; thousands in groups. */
  static String number(double value) {
    return Math.abs(value) >= 1_000
        ? String.format(Locale.ROOT, "%,.0f", value)
        : new BigDecimal(value, FOUR_DIGITS).stripTrailingZeros().toPlainString();
  }

  void conditions(Conditions conditions) {
    conditions.told().forEach((name, value) -> out.printf("%-11s %s%n", name, value));
  }

  void begin(Step step) {
    out.printf("%n%s: %s%n", step.name(), step.what());
    out.flush();
  }

  void figures(List<Figure> figures) {
    figures.forEach(this::figure);
    out.flush();
  }

  private void figure(Figure f) {
    String spread =
        f.values().size() == 1 ? "" : "[" + number(f.lowest()) + " … " + number(f.highest()) + "]";
    out.println(
        String.format(
                Locale.ROOT,
                "  %-46s %10s %-9s %-26s %s",
                f.what(),
                number(f.median()),
                f.unit(),
                spread,
                verdict(f))
            .stripTrailing());
  }

  private static String verdict(Figure f) {
    return f.hasGoal() ? goal(f) + (f.isMet() ? "  met" : "  MISSED") : "";
  }

  private static String goal(Figure f) {
    return switch (f.goal()) {
      case Goal.None none -> "";
      case Goal.AtLeast(double bound) -> "≥ " + number(bound);
      case Goal.AtMost(double bound) -> "≤ " + number(bound);
    };
  }

  /** How many goals are met, and which are not. */
  void end(Figures figures) {
    List<Figure> goals = figures.all().stream().filter(Figure::hasGoal).toList();
    List<Figure> missed = goals.stream().filter(f -> !f.isMet()).toList();
    out.printf(
        "%n%d of %d goals met; load %.1f at the end%n",
        goals.size() - missed.size(), goals.size(), Conditions.loadNow());
    missed.forEach(
        f ->
            out.printf(
                "  missed: %s, %s: %s %s, goal %s%n",
                f.step(), f.what(), number(f.median()), f.unit(), goal(f)));
  }

  /** Writes all of it, with the value of each run. */
  static void json(Path file, Conditions conditions, Figures figures) throws IOException {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Figure f : figures.all()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("step", f.step());
      one.put("what", f.what());
      one.put("unit", f.unit());
      one.put("median", f.median());
      one.put("runs", f.values());
      if (f.hasGoal()) {
        one.put("goal", goal(f));
        one.put("met", f.isMet());
      }
      all.add(one);
    }
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("conditions", conditions.told());
    root.put("figures", all);
    Files.write(file, new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
  }
}
