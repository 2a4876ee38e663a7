package io.millrace.tests.oracle;

import io.millrace.tests.oracle.Book.Balance;
import io.millrace.tests.oracle.Book.Charge;
import io.millrace.tests.oracle.Book.Posting;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Entries, shares and balances against the charges. */
final class LedgerChecks {
  private final Tariff tariff;
  private final Book book;

  /** With what other accounts pay. */
  private final Book whole;

  private final Map<Integer, Expected> shards;
  private final Findings findings;

  LedgerChecks(
      Tariff tariff, Book book, Book whole, Map<Integer, Expected> shards, Findings findings) {
    this.whole = whole;
    this.tariff = tariff;
    this.book = book;
    this.shards = shards;
    this.findings = findings;
  }

  void check() {
    entries();
    shares();
    balances();
    lines();
  }

  private record Item(
      int shard, int account, int period, String offer, String name, boolean late) {}

  /** Every entry sums to zero; customers and revenue are posted what was charged. */
  private void entries() {
    Map<List<Object>, BigInteger> sums = new HashMap<>();
    Map<List<Object>, Map<Item, BigInteger>> expected = new HashMap<>();
    for (Charge c : book.charges()) {
      Map<Item, BigInteger> entry =
          expected.computeIfAbsent(List.of(c.shard(), c.seq()), k -> new HashMap<>());
      BigInteger amount = BigInteger.valueOf(c.amount());
      entry.merge(
          new Item(c.shard(), c.account(), c.period(), c.offer(), c.name(), c.late()),
          amount,
          BigInteger::add);
      entry.merge(
          new Item(c.shard(), tariff.revenue(), c.period(), c.offer(), c.name(), c.late()),
          amount.negate(),
          BigInteger::add);
    }
    expected.values().forEach(entry -> entry.values().removeIf(v -> v.signum() == 0));
    expected.values().removeIf(Map::isEmpty);
    Map<List<Object>, Map<Item, BigInteger>> actual = new HashMap<>();
    for (Posting p : book.postings()) {
      BigInteger amount = BigInteger.valueOf(p.amount());
      sums.merge(List.of(p.shard(), p.seq()), amount, BigInteger::add);
      if (!isShared(p)) {
        actual
            .computeIfAbsent(List.of(p.shard(), p.seq()), k -> new HashMap<>())
            .merge(
                new Item(p.shard(), p.account(), p.period(), p.offer(), p.name(), p.late()),
                amount,
                BigInteger::add);
      }
    }
    sums.forEach(
        (entry, sum) -> {
          if (sum.signum() != 0) {
            findings.add("entry", entry + " does not sum to zero: " + sum);
          }
        });
    findings.same("entry", expected, actual);
  }

  /** What partners got is the largest-remainder split of all that was posted, shard by shard. */
  private void shares() {
    Map<Item, BigInteger> posted = new HashMap<>();
    Map<Item, BigInteger> units = new HashMap<>();
    for (Charge c : book.charges()) {
      // A charge with an agreement of its own is shared by itself, the others all together.
      boolean alone = tariff.offer(c.offer()).agreements().containsKey(c.name());
      Item item =
          new Item(c.shard(), tariff.shared(), c.period(), c.offer(), alone ? c.name() : "", false);
      posted.merge(item, BigInteger.valueOf(c.amount()), BigInteger::add);
      units.merge(item, BigInteger.valueOf(c.quantity()), BigInteger::add);
    }
    Map<Item, BigInteger> expected = new HashMap<>();
    posted.forEach(
        (item, amount) -> {
          Tariff.Offer offer = tariff.offer(item.offer);
          List<Tariff.Party> parties =
              item.name.isEmpty() ? offer.parties() : offer.agreements().get(item.name);
          if (parties.isEmpty()) {
            return;
          }
          expected.put(item, amount);
          BigInteger quantity = units.getOrDefault(item, BigInteger.ZERO);
          List<BigInteger> parts = Tariff.share(parties, amount, quantity);
          for (int i = 0; i < parties.size(); i++) {
            Item part =
                new Item(
                    item.shard,
                    parties.get(i).account(),
                    item.period,
                    item.offer,
                    item.name,
                    false);
            expected.put(part, parts.get(i).negate());
          }
        });
    Map<Item, BigInteger> actual = new HashMap<>();
    for (Posting p : book.postings()) {
      if (isShared(p)) {
        actual.merge(
            new Item(p.shard(), p.account(), p.period(), p.offer(), p.name(), p.late()),
            BigInteger.valueOf(p.amount()),
            BigInteger::add);
      }
    }
    expected.values().removeIf(v -> v.signum() == 0);
    actual.values().removeIf(v -> v.signum() == 0);
    findings.same("share", expected, actual);
  }

  /** Whether it is of what parties get, and not of what was charged. */
  private boolean isShared(Posting p) {
    Tariff.Offer offer = tariff.offer(p.offer());
    return p.name().isEmpty()
        || p.account() == tariff.shared()
        || offer.agreements().getOrDefault(p.name(), List.of()).stream()
            .anyMatch(party -> party.account() == p.account());
  }

  private void balances() {
    Map<List<Integer>, BigInteger> expected = new HashMap<>();
    for (Posting p : whole.postings()) {
      expected.merge(
          List.of(p.account(), p.shard()), BigInteger.valueOf(p.amount()), BigInteger::add);
    }
    Map<List<Integer>, BigInteger> actual = new HashMap<>();
    for (Balance b : book.balances()) {
      actual.put(List.of(b.account(), b.shard()), BigInteger.valueOf(b.posted()));
    }
    expected.values().removeIf(v -> v.signum() == 0);
    actual.values().removeIf(v -> v.signum() == 0);
    findings.same("balance", expected, actual);
  }

  private static boolean isPaid(Item item) {
    return item.offer.startsWith("sponsored:");
  }

  /** What a live shard answers about its open periods. */
  private void lines() {
    Map<Item, List<BigInteger>> expected = new HashMap<>();
    Map<Integer, Boolean> asked = new HashMap<>(); // Who pays for others has use in other shards.
    book.charges().forEach(c -> asked.put(c.account(), true));
    for (Charge c : whole.charges()) {
      Expected e = shards.get(c.shard());
      if (e != null && c.period() > e.closed && asked.containsKey(c.account())) {
        expected.merge(
            new Item(c.shard(), c.account(), c.period(), c.offer(), c.name(), false),
            List.of(BigInteger.valueOf(c.quantity()), BigInteger.valueOf(c.amount())),
            (a, b) -> List.of(a.get(0).add(b.get(0)), a.get(1).add(b.get(1))));
      }
    }
    Map<Item, List<BigInteger>> actual = new HashMap<>();
    for (Book.Line l : book.lines()) {
      actual.put(
          new Item(l.shard(), l.account(), l.period(), l.offer(), l.name(), false),
          List.of(BigInteger.valueOf(l.quantity()), BigInteger.valueOf(l.amount())));
    }
    // What another was to pay and did not is a line of nothing, of which there is no charge.
    List<BigInteger> nothing = List.of(BigInteger.ZERO, BigInteger.ZERO);
    for (Map<Item, List<BigInteger>> some : List.of(expected, actual)) {
      some.entrySet().removeIf(e -> isPaid(e.getKey()) && e.getValue().equals(nothing));
    }
    findings.same("line", expected, actual);
  }
}
