package io.millrace.connectors.tenant;

import io.millrace.connectors.shard.CommandRefused;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.MoveRefusal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Moves devices to their next subscriptions: each is a journalled {@link Command.Move} of the shard
 * where the device is, and done when its row in the directory is there, an effect of the commit
 * with which it arrives. One that was cut short is asked for again.
 */
final class DeviceMoves {
  private static final long ARRIVES_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Tenant tenant;
  private final Rules rules;
  private final BiFunction<Integer, Command, CompletableFuture<Void>> submit;

  DeviceMoves(
      Tenant tenant, Rules rules, BiFunction<Integer, Command, CompletableFuture<Void>> submit) {
    this.tenant = tenant;
    this.rules = rules;
    this.submit = submit;
  }

  /**
   * The last subscription of a device.
   *
   * @param to its first moment after, {@link Long#MAX_VALUE} where open
   * @param shard where the device is
   * @param root its account, where that is the root
   */
  record Last(long subscription, long from, long to, int shard, Optional<String> root) {

    /** Whether it is going on then, and has before. */
    boolean mayEndAt(Instant time) {
      return time.toEpochMilli() > from && time.toEpochMilli() < to;
    }

    /** Whether late usage of it would be charged where its balance is not. */
    boolean leavesRoot(Device next) {
      return root.isPresent() && !root.get().equals(next.account());
    }
  }

  /**
   * What a device is to have next.
   *
   * @param successor the new subscription's id
   * @param shard of its root
   * @param share where its offer's devices share; else null
   */
  record Next(
      Device device,
      Last last,
      int account,
      long successor,
      int shard,
      Command.@Nullable Share share) {}

  private record Asked(Next next, CompletableFuture<Void> answer) {}

  /**
   * Moves devices, each once.
   *
   * @return what became of each
   * @throws SQLException where the database fails, or one has not arrived in time: it still will
   */
  List<DeviceVerdict> run(Connection c, List<Next> moves) throws SQLException {
    List<Asked> asked = new ArrayList<>();
    for (Next next : moves) {
      Device d = next.device;
      long to = d.to().map(t -> t.toEpochMilli()).orElse(Long.MAX_VALUE);
      Command.Move command =
          new Command.Move(
              next.last.subscription,
              d.from().toEpochMilli(),
              next.successor,
              next.shard,
              d.subject(),
              next.account,
              rules.offerIndex(d.offer()),
              to,
              next.share);
      asked.add(new Asked(next, submit.apply(next.last.shard, command)));
    }
    List<@Nullable MoveRefusal> refusals = new ArrayList<>();
    asked.forEach(a -> refusals.add(refusal(a.answer)));
    List<DeviceVerdict> verdicts = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      verdicts.add(verdict(c, asked.get(i).next, refusals.get(i)));
    }
    return verdicts;
  }

  private DeviceVerdict verdict(Connection c, Next next, @Nullable MoveRefusal refusal)
      throws SQLException {
    if (refusal == null) {
      return arrived(c, next) ? DeviceVerdict.CREATED : DeviceVerdict.MOVED_ALREADY;
    }
    return switch (refusal) {
      case UNKNOWN_SUBSCRIPTION -> DeviceVerdict.REFUSED;
      case MOVE_IN_THE_PAST -> DeviceVerdict.MOVE_IN_THE_PAST;
      case USED_ALREADY -> DeviceVerdict.USED_ALREADY;
      // Perhaps by an import that was cut short.
      case MOVED_ALREADY -> arrived(c, next) ? DeviceVerdict.KNOWN : DeviceVerdict.MOVED_ALREADY;
    };
  }

  private static @Nullable MoveRefusal refusal(CompletableFuture<Void> answer) {
    try {
      answer.join();
      return null;
    } catch (CompletionException e) {
      if (e.getCause() instanceof CommandRefused refused) {
        return refused.reason();
      }
      throw e;
    }
  }

  /** Waits until the device has its next subscription; whether that is the one asked for. */
  private boolean arrived(Connection c, Next next) throws SQLException {
    long until = System.nanoTime() + ARRIVES_WITHIN_NANOS;
    try (PreparedStatement ps =
        c.prepareStatement(
            "select account, offer, valid_from from subscription"
                + " where tenant = ? and takes_over = ?")) {
      ps.setInt(1, tenant.id());
      ps.setLong(2, next.last.subscription);
      while (true) {
        try (ResultSet rs = ps.executeQuery()) {
          if (rs.next()) {
            return rs.getInt(1) == next.account
                && rs.getString(2).equals(next.device.offer())
                && rs.getTimestamp(3).getTime() == next.device.from().toEpochMilli();
          }
        }
        if (System.nanoTime() - until > 0) {
          throw new SQLException(
              "device "
                  + next.device.subject()
                  + " has left its shard and not arrived: another node must take the new one");
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
  }
}
