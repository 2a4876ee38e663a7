package io.millrace.tests.crash;

import io.millrace.processors.journal.Section;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.ShardMessage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What each account was paid, added up from the commands of the journal alone: whose they name, and
 * how much. What was posted must be that, account by account: books that balance say nothing of
 * money at the wrong account.
 */
final class JournalDeposits {
  /** By customer, in ledger units. */
  private final Map<Integer, Long> paid = new TreeMap<>();

  /** The ledger account of each customer's balance, as its opening names it. */
  private final Map<Integer, Integer> balances = new TreeMap<>();

  private final Set<List<Long>> received = new HashSet<>();

  /** Adds a section's commands, by what they were answered. */
  void add(Section section, Map<AccountRequest.Key, AccountAnswer> answers) {
    for (Command command : section.commands()) {
      if (command instanceof Command.Account asked) {
        AccountAnswer answer = answers.get(asked.request().key());
        if (answer != null && !answer.repeated()) {
          add(section.shard(), asked.request(), answer.outcome());
        }
      } else if (command instanceof Command.Received r
          && r.message() instanceof ShardMessage.Money money
          && balances.containsKey(money.account())
          && received.add(List.of((long) r.from(), r.seq(), (long) r.n()))) {
        paid.merge(money.account(), money.amount(), Math::addExact);
      }
    }
  }

  private void add(int shard, AccountRequest request, Outcome outcome) {
    if (request instanceof AccountRequest.Open r && outcome == Outcome.OPENED) {
      balances.put(r.account(), r.terms().ledger().balance());
    } else if (request instanceof AccountRequest.Pay r
        && outcome == Outcome.PAID
        && r.into() == null) { // What buckets get is no part of the balance.
      paid.merge(r.account(), r.amount(), Math::addExact);
    } else if (request instanceof AccountRequest.Transfer r && outcome == Outcome.TRANSFERRED) {
      paid.merge(r.account(), -r.amount(), Math::addExact);
      if (r.shard() == shard) { // Else a message brings it.
        paid.merge(r.to(), r.amount(), Math::addExact);
      }
    }
  }

  /** Fails where an account's postings are not what it was paid. */
  void judge(Connection c, int tenant) throws SQLException {
    Map<Integer, Long> posted = new TreeMap<>();
    try (PreparedStatement ps =
        c.prepareStatement(
            "select p.account, -sum(p.amount) from posting p join account a on a.tenant = p.tenant"
                + " and a.id = p.account where p.tenant = ? and a.kind = 'balance'"
                + " and p.name in ('top-up', 'adjustment', 'transfer') group by p.account")) {
      ps.setInt(1, tenant);
      try (ResultSet rs = ps.executeQuery()) {
        while (rs.next()) {
          posted.put(rs.getInt(1), rs.getBigDecimal(2).longValueExact());
        }
      }
    }
    Map<Integer, Long> expected = new TreeMap<>();
    paid.forEach((customer, amount) -> expected.put(balances.getOrDefault(customer, 0), amount));
    posted.values().removeIf(amount -> amount == 0);
    expected.values().removeIf(amount -> amount == 0);
    if (!expected.equals(posted)) {
      expected.entrySet().removeAll(Set.copyOf(posted.entrySet()));
      throw new AssertionError("what accounts were paid is not what was posted: " + expected);
    }
  }
}
