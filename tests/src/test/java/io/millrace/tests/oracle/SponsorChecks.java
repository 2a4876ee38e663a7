package io.millrace.tests.oracle;

import io.millrace.tests.oracle.Book.Charge;
import io.millrace.tests.oracle.Book.Posting;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** What other accounts pay: as much as was agreed, of what it all comes to, given back once. */
final class SponsorChecks {
  private static final String OF = "sponsored:";

  private final Tariff tariff;
  private final Book book;
  private final Map<Integer, Expected> shards;
  private final Findings findings;

  SponsorChecks(Tariff tariff, Book book, Map<Integer, Expected> shards, Findings findings) {
    this.tariff = tariff;
    this.book = book;
    this.shards = shards;
    this.findings = findings;
  }

  static boolean isOf(Charge c) {
    return c.offer().startsWith(OF);
  }

  static boolean isOf(Posting p) {
    return p.offer().startsWith(OF);
  }

  /** The same books as they were if everybody paid for themselves. */
  static Book without(Book book) {
    return new Book(
        book.sections(),
        book.charges().stream().filter(c -> !isOf(c)).toList(),
        book.postings().stream().filter(p -> !isOf(p)).toList(),
        book.suspense(),
        book.subscriptions(),
        book.balances(),
        book.counts(),
        book.lines(),
        book.messages());
  }

  void check() {
    paid();
    posted();
  }

  /** A subscription's use that one account pays for. */
  private record Paid(long subscription, Terms.Payer by) {}

  private void paid() {
    Map<Paid, BigInteger> expected = new HashMap<>();
    Set<Long> forgotten = new HashSet<>();
    for (Expected e : shards.values()) {
      e.pastHorizon.forEach(ended -> forgotten.add(ended.subscription()));
      e.metered.paid(e.devices).forEach((of, sum) -> expected.merge(of(of), sum, BigInteger::add));
    }
    Map<Paid, BigInteger> actual = new HashMap<>();
    Map<Paid, BigInteger> back = new HashMap<>();
    for (Charge c : book.charges()) {
      if (isOf(c)) {
        Terms.Payer by = payer(c);
        boolean isPayer = by != null && by.account() == c.account();
        Paid of = new Paid(c.subscription(), Objects.requireNonNull(by, c.toString()));
        (isPayer ? actual : back)
            .merge(of, BigInteger.valueOf(isPayer ? c.amount() : -c.amount()), BigInteger::add);
        if (c.events() != 0 || c.quantity() != 0) {
          findings.add("sponsor", "what is paid for another counts something: " + c);
        }
      }
    }
    for (Map<Paid, BigInteger> some : List.of(expected, actual, back)) {
      some.values().removeIf(v -> v.signum() == 0);
    }
    findings.same("sponsor", actual, back);
    for (Map<Paid, BigInteger> some : List.of(expected, actual)) {
      some.keySet().removeIf(of -> forgotten.contains(of.subscription));
    }
    findings.same("sponsor", expected, actual);
  }

  private static Paid of(Metered.Clause clause) {
    return new Paid(clause.subscription(), clause.by());
  }

  private Terms.Payer payer(Charge c) {
    return tariff.offer(c.offer().substring(OF.length())).usage().stream()
        .filter(u -> u.name().equals(c.name()))
        .map(u -> u.terms().payer())
        .findFirst()
        .orElse(null);
  }

  /** An entry has what its charges say, and the rest is on its way: in the end nothing is. */
  private void posted() {
    Map<List<Object>, BigInteger> expected = new HashMap<>();
    Map<List<Object>, BigInteger> actual = new HashMap<>();
    Map<List<Object>, BigInteger> entries =
        new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
    Set<Integer> accounts = new HashSet<>();
    for (Charge c : book.charges()) {
      if (isOf(c)) {
        accounts.add(c.account());
        expected.merge(
            List.of(c.shard(), c.seq(), c.account(), c.period(), c.offer(), c.name(), c.late()),
            BigInteger.valueOf(c.amount()),
            BigInteger::add);
      }
    }
    BigInteger transit = BigInteger.ZERO;
    for (Posting p : book.postings()) {
      if (isOf(p)) {
        BigInteger amount = BigInteger.valueOf(p.amount());
        entries.merge(List.of(p.shard(), p.seq()), amount, BigInteger::add);
        if (accounts.contains(p.account())) {
          actual.merge(
              List.of(p.shard(), p.seq(), p.account(), p.period(), p.offer(), p.name(), p.late()),
              amount,
              BigInteger::add);
        } else {
          transit = transit.add(amount);
        }
      }
    }
    for (Map<List<Object>, BigInteger> some : List.of(expected, actual, entries)) {
      some.values().removeIf(v -> v.signum() == 0);
    }
    findings.same("sponsor", expected, actual);
    findings.same("sponsor", Map.of(), entries);
    if (transit.signum() != 0) {
      findings.add("sponsor", transit + " are on their way for ever");
    }
  }
}
