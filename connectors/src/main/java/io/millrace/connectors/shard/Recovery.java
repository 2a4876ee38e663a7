package io.millrace.connectors.shard;

import io.millrace.connectors.shard.Store.JournalRow;
import io.millrace.connectors.shard.Store.ShardRow;
import io.millrace.processors.journal.Commit;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.ShardKey;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Brings shards back: checkpoints laid over each other, then the journal applied from there. The
 * chain of hashes must lead to what the shard's row says, else the shard does not start.
 */
final class Recovery {
  private static final int ROWS_AT_ONCE = 64;

  private final int tenant;
  private final Store store;
  private final Rules rules;
  private final RuleBook book;
  private final JournalCodec codec;

  /**
   * Of a tenant's shards.
   *
   * @param rules what they are brought back for
   * @param book what each row of the journal was applied under
   */
  Recovery(int tenant, Store store, Rules rules, RuleBook book, JournalCodec codec) {
    this.tenant = tenant;
    this.store = store;
    this.rules = rules;
    this.book = book;
    this.codec = codec;
  }

  Collection<Owned> recover(List<ShardRow> rows) {
    TreeMap<Integer, Owned> shards = new TreeMap<>();
    TreeMap<Integer, ShardRow> targets = new TreeMap<>();
    long from = Long.MAX_VALUE;
    for (ShardRow row : rows) {
      ShardKey key = new ShardKey(tenant, row.shard());
      Owned o = Owned.stored(store, key, rules, row.epoch(), row.closing(), row.seq());
      shards.put(row.shard(), o);
      targets.put(row.shard(), row);
      if (o.shard.seq() < row.seq()) {
        from = Math.min(from, o.number);
      }
    }
    if (from != Long.MAX_VALUE) {
      replay(shards, targets, from);
    }
    shards.forEach(
        (number, o) -> {
          check(o, targets.get(number));
          o.shard.adopt(rules);
        });
    return shards.values();
  }

  private void replay(
      TreeMap<Integer, Owned> shards, TreeMap<Integer, ShardRow> targets, long from) {
    long after = from;
    while (true) {
      List<JournalRow> some = store.journal(after, ROWS_AT_ONCE);
      if (some.isEmpty()) {
        return;
      }
      for (JournalRow row : some) {
        after = row.number();
        byte[] digest =
            JournalCodec.digest(
                row.number(), tenant, row.rules(), row.rating(), row.evidenceHash());
        if (!Arrays.equals(digest, row.digest())) {
          throw new IllegalStateException(
              "journal row "
                  + row.number()
                  + " of tenant "
                  + tenant
                  + " was changed: its digest is wrong."
                  + " Restore the database from a backup before starting");
        }
        Commit commit = codec.decode(tenant, row.number(), row.rules(), row.rating(), null);
        for (Section section : commit.sections()) {
          Owned o = shards.get(section.shard());
          ShardRow target = targets.get(section.shard());
          if (o != null
              && target != null
              && section.seq() == o.shard.seq() + 1
              && section.seq() <= target.seq()) {
            o.shard.adopt(book.at(row.rules()));
            o.shard.apply(row.number(), section, commit.usage());
            o.shard.accept();
            o.chain = JournalCodec.chain(o.chain, section.shard(), section.seq(), row.digest());
            o.number = row.number();
          }
        }
      }
    }
  }

  private void check(Owned o, @Nullable ShardRow row) {
    if (row == null || o.shard.seq() != row.seq() || !Arrays.equals(o.chain, row.chain())) {
      throw new IllegalStateException(
          "shard "
              + o.shard.key()
              + " can't be brought back: its journal leads to commit "
              + o.shard.seq()
              + ", its row says "
              + (row == null ? "nothing" : row.seq())
              + ". Restore the database from a backup before starting");
    }
  }
}
