package io.millrace.ops.cli;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.Problem;
import io.millrace.catalog.TopUp;
import io.millrace.catalog.TopUpText;
import io.millrace.connectors.trial.UsageTrial.NotGiven;
import io.millrace.connectors.trial.UsageTrial.Outcome;
import io.millrace.ops.Refusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** What accounts have and get while usage is rated: a file with one of it a line. */
final class GivenAccounts {
  private static final int MOST_TOLD = 20;
  private static final String UNKNOWN = "unknown-allowance";

  private final Path file;
  private final List<Problem> problems = new ArrayList<>();

  GivenAccounts(Path file) {
    this.file = file;
  }

  /**
   * What the file says under each of these catalogs. What one of them does not sell is had under
   * the others alone.
   */
  List<List<TopUp>> read(List<Catalog> catalogs) throws Refusal {
    List<List<TopUp>> given = new ArrayList<>();
    catalogs.forEach(c -> given.add(new ArrayList<>()));
    String[] lines =
        new String(Checks.read(file, "accounts"), StandardCharsets.UTF_8).split("\n", -1);
    for (int i = 0; i < lines.length && problems.size() < MOST_TOLD; i++) {
      if (!lines[i].isBlank()) {
        read(i + 1, lines[i].getBytes(StandardCharsets.UTF_8), catalogs, given);
      }
    }
    if (!problems.isEmpty()) {
      throw refused(problems.stream().map(Problem::toString).toList());
    }
    return given;
  }

  private void read(int line, byte[] text, List<Catalog> catalogs, List<List<TopUp>> given) {
    List<Problem> unknown = new ArrayList<>();
    List<Problem> bad = new ArrayList<>();
    boolean isKnown = false;
    for (int i = 0; i < catalogs.size(); i++) {
      switch (TopUpText.read(file.toString(), line, text, catalogs.get(i))) {
        case TopUpText.Result.Accepted(TopUp topUp) -> isKnown = given.get(i).add(topUp);
        case TopUpText.Result.Rejected(List<Problem> why) ->
            (why.stream().allMatch(p -> p.code().equals(UNKNOWN)) ? unknown : bad).addAll(why);
      }
    }
    if (!bad.isEmpty()) {
      problems.addAll(bad);
    } else if (!isKnown) {
      problems.addAll(unknown);
    }
  }

  /** Refuses where a node would have refused some of it. */
  void check(List<NotGiven> notGiven) throws Refusal {
    if (!notGiven.isEmpty()) {
      throw refused(
          notGiven.stream()
              .limit(MOST_TOLD)
              .map(n -> file + ":" + n.topUp().place().line() + ": " + n.why().code())
              .toList());
    }
  }

  /**
   * Warnings of what went to accounts that no device was on under any of the catalogs: most often a
   * name is written otherwise than in the list of devices.
   *
   * @param given what {@link #read} gave
   * @param outcomes what came of each
   */
  List<String> warnings(List<List<TopUp>> given, List<Outcome> outcomes) {
    TreeMap<Integer, TopUp> idle = new TreeMap<>();
    Set<Integer> used = new HashSet<>();
    for (int i = 0; i < outcomes.size(); i++) {
      Set<TopUp> of = new HashSet<>(outcomes.get(i).idle());
      for (TopUp topUp : given.get(i)) {
        int line = topUp.place().line();
        if (of.contains(topUp)) {
          idle.put(line, topUp);
        } else {
          used.add(line);
        }
      }
    }
    idle.keySet().removeAll(used);
    List<String> warnings = new ArrayList<>();
    idle.values().stream().limit(MOST_TOLD).map(this::warning).forEach(warnings::add);
    if (idle.size() > MOST_TOLD) {
      warnings.add(
          file + ": no-device: so it is with " + (idle.size() - MOST_TOLD) + " more lines");
    }
    return warnings;
  }

  private String warning(TopUp topUp) {
    String meaning = "no device is on the account " + topUp.account() + ", so nobody used this";
    String fix =
        "Name it as the list of devices does, or without one as a subject; or remove the line";
    int column = topUp.place().column();
    return new Problem(file.toString(), topUp.place().line(), column, "no-device", meaning, fix)
        .toString();
  }

  private static Refusal refused(List<String> lines) {
    return new Refusal(
        Refusal.Kind.REFUSED,
        "accounts-refused",
        String.join("\n", lines),
        "write a line for each, like {account: sim-1, allowance: extra, units: 500} or"
            + " {account: maker, balance: 2.00}");
  }
}
