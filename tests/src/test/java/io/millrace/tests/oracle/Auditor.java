package io.millrace.tests.oracle;

import io.millrace.tests.oracle.Book.Section;
import java.util.List;
import java.util.TreeMap;

/** Holds what is in the books against what must be there. Each check names what is wrong. */
public final class Auditor {
  private Auditor() {}

  /** What is wrong with a run's books, as {@code check: what}; nothing where all is well. */
  public static List<String> audit(Tariff tariff, Book book) {
    Findings findings = new Findings();
    TreeMap<Integer, Expected> shards = new TreeMap<>();
    for (Section s : book.sections()) {
      shards.computeIfAbsent(s.shard(), n -> new Expected(tariff, n)).walk(s);
    }
    shards.values().forEach(e -> e.faults.forEach(f -> findings.add("journal", f)));
    new ChargeChecks(tariff, book, shards, findings).check();
    new LedgerChecks(tariff, book, shards, findings).check();
    new EventChecks(book, shards, findings).check();
    return findings.all;
  }
}
