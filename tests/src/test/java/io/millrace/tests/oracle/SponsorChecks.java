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

  /** Windows of which none reaches into two periods. */
  private static final long HOUR = 3_600_000;

  /** What no ordinary reading exceeds. */
  private static final long MOST_USED_AT_ONCE = 1L << 24;

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

  /** The same books as they were if everybody paid for themselves, and nobody had a balance. */
  static Book without(Book book) {
    return new Book(
        book.sections(),
        book.charges().stream().filter(c -> !isOf(c)).toList(),
        book.postings().stream().filter(p -> !isOf(p) && !FundsChecks.isOf(p)).toList(),
        book.suspense(),
        book.subscriptions(),
        book.balances(),
        book.counts(),
        book.lines(),
        book.messages(),
        book.funds());
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
    Map<Metered.Clause, BigInteger> paidFor = new HashMap<>();
    for (Expected e : shards.values()) {
      e.pastHorizon.forEach(ended -> forgotten.add(ended.subscription()));
      e.metered.paidFor(e.devices).forEach((of, sum) -> paidFor.merge(of, sum, BigInteger::add));
    }
    ofWholeOffers(paidFor);
    paidFor.forEach((of, sum) -> expected.merge(of(of), sum.min(of.by().upTo()), BigInteger::add));
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
    withinBalance(expected, actual);
    findings.same("sponsor", expected, actual);
  }

  /** Adds what recurs and what bounds ask, by the period that it is of, where all is paid for. */
  private void ofWholeOffers(Map<Metered.Clause, BigInteger> paidFor) {
    for (Charge c : book.charges()) {
      Terms.Payer by = isOf(c) ? null : tariff.offer(c.offer()).payer();
      if (by != null && by.account() != c.account() && !tariff.offer(c.offer()).uses(c.name())) {
        paidFor.merge(
            new Metered.Clause(c.subscription(), by, tariff.periodOf(due(c))),
            BigInteger.valueOf(c.amount()),
            BigInteger::add);
      }
    }
  }

  /** When it fell due: what is given back of something that recurs, when that did. */
  private long due(Charge c) {
    return tariff.offer(c.offer()).leases().stream()
        .filter(l -> l.name().equals(c.name()))
        .mapToLong(l -> Math.max(begun(c.subscription()), tariff.beginOf(l, c.windowStart())))
        .findFirst()
        .orElse(c.windowStart());
  }

  private long begun(long subscription) {
    return shards.values().stream()
        .map(e -> e.devices.get(subscription))
        .filter(Objects::nonNull)
        .mapToLong(d -> d.from)
        .findFirst()
        .orElse(Long.MIN_VALUE);
  }

  /**
   * Who pays no more than there is may pay less: then by the order of things. It pays all of what
   * devices use that stay where they are, where it has more than it is asked for: not where it is
   * given back, and then asked for again, what no use comes to.
   */
  private void withinBalance(Map<Paid, BigInteger> expected, Map<Paid, BigInteger> actual) {
    Set<Paid> bounded = new HashSet<>(expected.keySet());
    bounded.addAll(actual.keySet());
    boolean takenBack = takenBack();
    bounded.removeIf(of -> !of.by.withinBalance() || !takenBack && mustPayAll(of));
    for (Paid of : bounded) {
      BigInteger most = expected.getOrDefault(of, BigInteger.ZERO);
      if (actual.getOrDefault(of, BigInteger.ZERO).compareTo(most) > 0) {
        findings.add("sponsor", of + " is " + actual.get(of) + ", expected " + most + " at most");
      }
      expected.remove(of);
      actual.remove(of);
    }
  }

  /** Whether so much of what somebody pays for within a balance was taken back in one event. */
  private boolean takenBack() {
    Set<Integer> types = new HashSet<>();
    for (Tariff.Offer offer : tariff.offers()) {
      offer.usage().stream()
          .filter(SponsorChecks::isWithinBalance)
          .forEach(u -> types.add(u.type()));
    }
    return book.sections().stream()
        .flatMap(s -> s.rows().stream())
        .filter(r -> types.contains(r.type()) && r.verdict().equals("charged"))
        .anyMatch(r -> r.values().stream().anyMatch(v -> v < -MOST_USED_AT_ONCE));
  }

  private static boolean isWithinBalance(Tariff.Usage u) {
    Terms.Payer by = u.terms().payer();
    return by != null && by.withinBalance();
  }

  private boolean mustPayAll(Paid of) {
    return tariff.funds().stream().anyMatch(f -> f.account() == of.by.account() && f.hasAll())
        && shards.values().stream()
            .map(e -> e.devices.get(of.subscription))
            .filter(d -> d != null)
            .allMatch(
                d ->
                    d.isPool
                        || d.heir == Device.NOBODY
                            && d.before == Device.NOBODY
                            && d.offer.window() == HOUR);
  }

  private static Paid of(Metered.Clause clause) {
    return new Paid(clause.subscription(), clause.by());
  }

  private Terms.Payer payer(Charge c) {
    Tariff.Offer offer = tariff.offer(c.offer().substring(OF.length()));
    if (offer.payer() != null) {
      return offer.payer();
    }
    return offer.usage().stream()
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
