package io.millrace.tests.simulation;

import io.millrace.connectors.shard.NodeShards;
import io.millrace.connectors.shard.Store.Letter;
import io.millrace.connectors.shard.Store.Part;
import io.millrace.connectors.shard.Store.Write;
import io.millrace.processors.journal.MessageCodec;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.ShardMessage;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What goes wrong with slices of balances, and with balances. */
final class PlantedSlices {
  private PlantedSlices() {}

  /** Has a shard forget what it was lent. */
  static void forget(Shard shard) {
    try {
      Object slices = value(wallets(shard), "slices");
      ((Map<?, ?>) value(slices, "all")).clear();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the shard's fields have other names now", e);
    }
  }

  /** Has a shard forget what was drawn on units that were bought. */
  static void forgetUnits(Shard shard) {
    try {
      Object wallets = value(value(wallets(shard), "byAccount"), "values");
      for (Object wallet : (Object[]) wallets) {
        Object units = wallet == null ? null : value(wallet, "units");
        for (Object bucket : units == null ? List.of() : (List<?>) value(units, "live")) {
          PlantedStore.field(bucket.getClass().getSuperclass(), "used").setLong(bucket, 0);
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the shard's fields have other names now", e);
    }
  }

  /** A commit was not made. */
  static void failed(Planted bug, List<NodeShards> nodes, Write write) {
    for (Part part : write.parts()) {
      for (NodeShards node : nodes) {
        for (Shard shard : node.shards()) {
          if (shard.key().number() == part.shard() && shard.seq() == part.seq()) {
            if (bug == Planted.SLICE_LOST_ON_UNDO) {
              forget(shard);
            } else if (bug == Planted.PAID_BEFORE_COMMIT) {
              keepPaid(shard, part);
            }
          }
        }
      }
    }
  }

  /** What was paid in is undone with the batch; here it stays. */
  private static void keepPaid(Shard shard, Part part) {
    long paid =
        part.effects().answers.values().stream()
            .filter(a -> a.outcome() == AccountAnswer.Outcome.PAID && !a.repeated())
            .mapToLong(AccountAnswer::amount)
            .sum();
    if (paid == 0) {
      return;
    }
    try {
      @SuppressWarnings("unchecked")
      List<Runnable> undo = (List<Runnable>) value(wallets(shard), "undo");
      undo.addFirst(() -> pay(shard, paid)); // Undone last.
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the shard's fields have other names now", e);
    }
  }

  private static void pay(Shard shard, long paid) {
    try {
      Object wallets = wallets(shard);
      var find = wallets.getClass().getDeclaredMethod("find", int.class);
      find.setAccessible(true);
      Object wallet = find.invoke(wallets, Added.MAKER);
      if (wallet != null) {
        Field deposits = PlantedStore.field(wallet.getClass(), "deposits");
        deposits.setLong(wallet, deposits.getLong(wallet) + paid);
      }
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the shard's classes look different now", e);
    }
  }

  static Stream<Letter> backTwice(Letter l) {
    return MessageCodec.decode(l.body()) instanceof ShardMessage.QuotaBack
        ? PlantedLetters.twice(l)
        : Stream.of(l);
  }

  static Letter grown(Letter l) {
    if (!(MessageCodec.decode(l.body()) instanceof ShardMessage.QuotaSlice s) || s.amount() == 0) {
      return l;
    }
    ShardMessage.QuotaSlice more =
        new ShardMessage.QuotaSlice(s.account(), s.amount() + 1, s.until(), s.isShort());
    return new Letter(l.from(), l.seq(), l.n(), l.to(), MessageCodec.encode(more));
  }

  private static Object wallets(Shard shard) throws ReflectiveOperationException {
    return value(value(shard, "state"), "wallets");
  }

  private static Object value(Object of, String name) throws ReflectiveOperationException {
    return PlantedStore.field(of.getClass(), name).get(of);
  }
}
