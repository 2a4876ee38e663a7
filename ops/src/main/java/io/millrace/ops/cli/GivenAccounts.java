package io.millrace.ops.cli;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.Problem;
import io.millrace.catalog.TopUp;
import io.millrace.catalog.TopUpText;
import io.millrace.connectors.trial.UsageTrial.NotGiven;
import io.millrace.ops.Refusal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

  private static Refusal refused(List<String> lines) {
    return new Refusal(
        Refusal.Kind.REFUSED,
        "accounts-refused",
        String.join("\n", lines),
        "write a line for each, like {account: sim-1, allowance: extra, units: 500} or"
            + " {account: maker, balance: 2.00}");
  }
}
