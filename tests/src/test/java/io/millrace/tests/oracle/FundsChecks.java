package io.millrace.tests.oracle;

import io.millrace.tests.oracle.Book.Charge;
import io.millrace.tests.oracle.Book.Posting;
import io.millrace.tests.oracle.Book.Section;
import io.millrace.tests.oracle.Book.Step;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Balances: what was paid in once, less what was charged, posted commit by commit; of who lends not
 * below nothing. What was lent to other shards is all back in the end, and what is left of units is
 * what was bought and not drawn.
 */
final class FundsChecks {
  private final Tariff tariff;
  private final Book book;
  private final Map<Integer, Expected> shards;
  private final Findings findings;

  FundsChecks(Tariff tariff, Book book, Map<Integer, Expected> shards, Findings findings) {
    this.tariff = tariff;
    this.book = book;
    this.shards = shards;
    this.findings = findings;
  }

  /** Whether it is of a balance: those are of no offer. */
  static boolean isOf(Posting p) {
    return p.offer().isEmpty();
  }

  /** A shard's commit. */
  private record Commit(int shard, long seq) implements Comparable<Commit> {
    @Override
    public int compareTo(Commit other) {
      return shard == other.shard
          ? Long.compare(seq, other.seq)
          : Integer.compare(shard, other.shard);
    }
  }

  private record Line(Commit commit, int account) {}

  void check() {
    Map<Line, BigInteger> expected = new HashMap<>();
    for (Fund fund : tariff.funds()) {
      TreeMap<Commit, BigInteger> paid = paid(fund);
      TreeMap<Commit, BigInteger> charged = new TreeMap<>();
      for (Charge c : book.charges()) {
        if (c.account() == fund.account()) {
          charged.merge(
              new Commit(c.shard(), c.seq()), BigInteger.valueOf(c.amount()), BigInteger::add);
        }
      }
      inTheEnd(fund, post(fund, paid, charged, expected));
    }
    Map<Line, BigInteger> actual = new HashMap<>();
    for (Posting p : book.postings()) {
      if (isOf(p)) {
        actual.merge(
            new Line(new Commit(p.shard(), p.seq()), p.account()),
            BigInteger.valueOf(p.amount()),
            BigInteger::add);
      }
    }
    for (Map<Line, BigInteger> some : List.of(expected, actual)) {
      some.values().removeIf(n -> n.signum() == 0);
    }
    findings.same("funds", expected, actual);
  }

  /** What each commit posts; gives what is left in the end. */
  private BigInteger post(
      Fund fund,
      TreeMap<Commit, BigInteger> paid,
      TreeMap<Commit, BigInteger> charged,
      Map<Line, BigInteger> expected) {
    TreeSet<Commit> all = new TreeSet<>(paid.keySet());
    all.addAll(charged.keySet());
    BigInteger had = BigInteger.ZERO;
    BigInteger owed = BigInteger.ZERO;
    BigInteger drawn = BigInteger.ZERO;
    for (Commit at : all) {
      BigInteger in = paid.getOrDefault(at, BigInteger.ZERO);
      BigInteger out = charged.getOrDefault(at, BigInteger.ZERO);
      had = had.add(in);
      owed = owed.add(out);
      BigInteger now = owed.min(had);
      BigInteger more = now.subtract(drawn);
      drawn = now;
      expected.merge(new Line(at, fund.cash()), in, BigInteger::add);
      expected.merge(new Line(at, fund.balance()), more.subtract(in), BigInteger::add);
      expected.merge(new Line(at, fund.overrun()), out.subtract(more), BigInteger::add);
      expected.merge(new Line(at, fund.drawn()), out.negate(), BigInteger::add);
    }
    // Before, what was posted may be more: what was taken back is there again before it is sealed.
    if (fund.lends() && owed.compareTo(had) > 0) {
      findings.add("funds", fund + " owes " + owed + " and had " + had);
    }
    return had.subtract(owed);
  }

  private TreeMap<Commit, BigInteger> paid(Fund fund) {
    TreeMap<Commit, BigInteger> paid = new TreeMap<>();
    Requests requests = new Requests();
    Set<Integer> opened = new HashSet<>();
    for (Section s : book.sections()) {
      for (Step step : s.steps()) {
        if (step instanceof Step.Open o && o.account() == fund.account()) {
          opened.add(o.account());
        }
        if (step instanceof Step.Pay p && p.account() == fund.account()) {
          if (opened.contains(p.account()) && requests.isNews(p.key(), s.time(), p.repeated())) {
            paid.merge(
                new Commit(s.shard(), s.seq()), BigInteger.valueOf(p.amount()), BigInteger::add);
          }
        }
      }
    }
    return paid;
  }

  private void inTheEnd(Fund fund, BigInteger left) {
    BigInteger available = BigInteger.ZERO;
    BigInteger units = BigInteger.ZERO;
    BigInteger unitsPosted = BigInteger.ZERO;
    for (Book.Fund f : book.funds()) {
      if (f.account() == fund.account()) {
        available = available.add(BigInteger.valueOf(f.available()));
        units = units.add(BigInteger.valueOf(f.units()));
        unitsPosted = unitsPosted.add(BigInteger.valueOf(f.unitsPosted()));
        if (f.lent() != 0 || f.borrowed() != 0) {
          findings.add("funds", "what was lent is not back: " + f);
        }
      }
    }
    if (!available.equals(left)) {
      findings.add("funds", fund + " has " + available + " available, expected " + left);
    }
    BigInteger bought =
        shards.values().stream()
            .map(e -> e.metered.buckets.left(fund.account()))
            .reduce(BigInteger.ZERO, BigInteger::add);
    if (!units.equals(bought) || !unitsPosted.equals(bought)) {
      findings.add(
          "units", fund + " has " + units + ", posted " + unitsPosted + ", expected " + bought);
    }
  }
}
