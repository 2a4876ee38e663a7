package io.millrace.tests.oracle;

import io.millrace.tests.oracle.Book.Charge;
import io.millrace.tests.oracle.Book.Section;
import io.millrace.tests.oracle.Book.Step;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Holds what is in the books against what must be there. Each check names what is wrong. */
public final class Auditor {
  private Auditor() {}

  /** What is wrong with a run's books, as {@code check: what}; nothing where all is well. */
  public static List<String> audit(Tariff tariff, Book whole) {
    Book book = SponsorChecks.without(whole);
    Findings findings = new Findings();
    TreeMap<Integer, Expected> shards = walked(tariff, book, findings);
    shards.values().forEach(e -> e.faults.forEach(f -> findings.add("journal", f)));
    new ChargeChecks(tariff, book, shards, findings).check();
    new LedgerChecks(tariff, book, whole, shards, findings).check();
    new SponsorChecks(tariff, whole, shards, findings).check();
    new FundsChecks(tariff, whole, shards, findings).check();
    new EventChecks(book, shards, findings).check();
    return findings.all;
  }

  /**
   * Each shard in its order; what receives comes after what sends, whatever the commits' numbers.
   */
  private static TreeMap<Integer, Expected> walked(Tariff tariff, Book book, Findings findings) {
    Post post = new Post();
    TreeMap<Integer, Expected> shards = new TreeMap<>();
    TreeMap<Integer, ArrayDeque<Section>> left = new TreeMap<>();
    Map<Integer, List<Charge>> ofTime =
        book.charges().stream()
            .filter(c -> !tariff.offer(c.offer()).uses(c.name()))
            .collect(Collectors.groupingBy(Charge::shard));
    for (Section s : book.sections()) {
      shards.computeIfAbsent(
          s.shard(), n -> new Expected(tariff, n, post, ofTime.getOrDefault(n, List.of())));
      left.computeIfAbsent(s.shard(), n -> new ArrayDeque<>()).add(s);
    }
    boolean goesOn = true;
    while (goesOn) {
      goesOn = false;
      for (ArrayDeque<Section> sections : left.values()) {
        while (!sections.isEmpty() && isReady(sections.getFirst(), post)) {
          Section next = sections.removeFirst();
          Objects.requireNonNull(shards.get(next.shard())).walk(next);
          goesOn = true;
        }
      }
    }
    for (ArrayDeque<Section> sections : left.values()) {
      if (!sections.isEmpty()) {
        Section s = sections.getFirst();
        findings.add(
            "message", "shard " + s.shard() + "/" + s.seq() + " received what nobody has sent");
      }
    }
    post.early().forEach(address -> findings.add("message", "received too early: " + address));
    post.lost().forEach(address -> findings.add("message", "never received: " + address));
    return shards;
  }

  private static boolean isReady(Section s, Post post) {
    return s.steps().stream()
        .allMatch(
            step ->
                !(step instanceof Step.Receive r)
                    || post.knows(new Post.Address(r.from(), r.seq(), r.n())));
  }
}
