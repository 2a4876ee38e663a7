package io.millrace.tests.oracle;

import io.millrace.tests.oracle.Book.Message;
import io.millrace.tests.oracle.Book.Row;
import io.millrace.tests.oracle.Book.Section;
import io.millrace.tests.oracle.Book.Step;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What became of each event: suspense, counts, subscriptions, and what its source was told. */
final class EventChecks {
  private final Book book;
  private final Map<Integer, Expected> shards;
  private final Findings findings;

  EventChecks(Book book, Map<Integer, Expected> shards, Findings findings) {
    this.book = book;
    this.shards = shards;
    this.findings = findings;
  }

  void check() {
    suspense();
    counts();
    subscriptions();
    messages();
  }

  private void suspense() {
    Map<String, String> expected = new TreeMap<>();
    Map<String, String> ended = new HashMap<>();
    shards.values().forEach(e -> e.suspended.forEach((h, r) -> expected.merge(h, r, (a, b) -> a)));
    shards.values().forEach(e -> ended.putAll(e.ended));
    expected.replaceAll((h, reason) -> reason + " " + ended.getOrDefault(h, "open"));
    Map<String, String> actual = new TreeMap<>();
    for (Book.Suspense s : book.suspense()) {
      // Where it waits in two shards, since its device has moved, the first to say so gave the
      // reason.
      if (shards.values().stream().anyMatch(e -> s.reason().equals(e.suspended.get(s.hash())))) {
        expected.put(s.hash(), s.reason() + " " + ended.getOrDefault(s.hash(), "open"));
      }
      if (!Expected.hash(s.source(), s.raw()).equals(s.hash())) {
        findings.add("suspense", "the bytes are not those of the hash: " + s);
      }
      if (actual.put(s.hash(), s.reason() + " " + s.state()) != null) {
        findings.add("suspense", "twice: " + s);
      }
    }
    findings.same("suspense", expected, actual);
  }

  private void counts() {
    Map<List<Integer>, String> expected = new HashMap<>();
    for (Expected e : shards.values()) {
      e.counts.forEach((source, c) -> expected.put(List.of(e.shard, source), Arrays.toString(c)));
    }
    Map<List<Integer>, String> actual = new HashMap<>();
    Map<Integer, Long> waiting = new TreeMap<>();
    for (Book.Suspense s : book.suspense()) {
      waiting.merge(s.source(), s.state().equals("open") ? 1L : 0L, Long::sum);
    }
    // What a flood has had forgotten counts as suspended again; its row stays the only one.
    shards
        .values()
        .forEach(e -> e.suspendedAgain.forEach((s, n) -> waiting.merge(s, n, Long::sum)));
    suspendedElsewhere().forEach((s, n) -> waiting.merge(s, n, Long::sum));
    Map<Integer, Long> counted = new TreeMap<>();
    book.counts().forEach(c -> counted.merge(c.source(), c.suspended(), Long::sum));
    counted.keySet().forEach(source -> waiting.putIfAbsent(source, 0L));
    findings.same("count", waiting, counted);
    for (Book.Counts c : book.counts()) {
      long[] all = {c.received(), c.charged(), c.duplicate(), c.suspended()};
      actual.put(List.of(c.shard(), c.source()), Arrays.toString(all));
      if (c.received() != c.charged() + c.duplicate() + c.suspended()) {
        findings.add("count", "does not add up: " + c);
      }
    }
    findings.same("count", expected, actual);
  }

  /** So does what comes again in the shard that its device has moved to. */
  private Map<Integer, Long> suspendedElsewhere() {
    Map<String, Integer> times = new HashMap<>();
    shards
        .values()
        .forEach(e -> e.suspended.keySet().forEach(h -> times.merge(h, 1, Integer::sum)));
    Map<Integer, Long> again = new TreeMap<>();
    for (Book.Suspense s : book.suspense()) {
      again.merge(s.source(), times.getOrDefault(s.hash(), 1) - 1L, Long::sum);
    }
    return again;
  }

  private void subscriptions() {
    Map<Long, String> expected = new TreeMap<>();
    shards.values().forEach(e -> expected.putAll(e.subscribed));
    Map<Long, String> actual = new TreeMap<>();
    for (Book.Subscribed d : book.subscriptions()) {
      String text =
          List.of(d.shard(), d.account(), d.offer(), d.from(), d.to(), d.takesOver()).toString();
      if (actual.put(d.id(), text) != null) {
        findings.add("subscription", "twice: " + d.id());
      }
    }
    findings.same("subscription", expected, actual);
  }

  /** A source that was told "done" finds its event in the journal, and nobody else's is there. */
  private void messages() {
    Set<String> journalled = new HashSet<>();
    Set<String> charged = new HashSet<>();
    Map<String, String> refused = new HashMap<>();
    for (Section s : book.sections()) {
      for (Row r : s.rows()) {
        if (!r.verdict().equals("moved")) {
          journalled.add(key(r.source(), r.raw()));
        }
        if (r.verdict().equals("charged") && !charged.add(key(r.source(), r.raw()))) {
          findings.add("message", "charged twice: " + r);
        }
      }
      for (Step step : s.steps()) {
        if (step instanceof Step.Suspend e) {
          journalled.add(key(e.source(), e.raw()));
          refused.put(key(e.source(), e.raw()), e.reason());
        }
      }
    }
    Map<String, String> kinds = new HashMap<>();
    for (Message m : book.messages()) {
      String key = key(m.source(), m.raw());
      kinds.put(key, m.kind());
      boolean event = !List.of("subscribe", "move", "account").contains(m.kind());
      if (event && m.acknowledged() > 0 && !journalled.contains(key)) {
        findings.add("message", "acknowledged and lost: " + m);
      }
      if (m.kind().equals("subscribe")
          && book.subscriptions().stream().noneMatch(d -> d.id() == m.subscription())) {
        findings.add("message", "acknowledged and lost: " + m);
      }
      if (m.acknowledged() == 0) {
        findings.add("message", "never done: " + m);
      }
    }
    for (String key : journalled) {
      if (!kinds.containsKey(key) && !"refused".equals(refused.get(key))) {
        findings.add("message", "journalled, and no source sent it");
      }
    }
    refused.forEach(
        (key, reason) -> {
          String kind = kinds.getOrDefault(key, "poison");
          if (!kind.equals(reason.equals("refused") ? "poison" : "malformed")) {
            findings.add("message", "a message of kind " + kind + " is " + reason);
          }
        });
  }

  private static String key(int source, byte[] raw) {
    return Expected.hash(source, raw);
  }
}
