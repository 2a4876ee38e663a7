package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.rating.OfferHistory;
import io.millrace.processors.rating.Rules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has devices leave this shard and arrive here: all subscriptions that a device has had so far, and
 * its dedupe windows, in one message. What has accrued stays where it did.
 */
final class Moves {
  private final ShardState state;
  private final Rules rules;
  private final Effects effects;
  private final Sealing sealing;

  /** Whose places have changed in this batch. */
  private final Set<Subscription> changed = new HashSet<>();

  Moves(ShardState state, Rules rules, Effects effects, Sealing sealing) {
    this.state = state;
    this.rules = rules;
    this.effects = effects;
    this.sealing = sealing;
  }

  /** The subscription that holds the windows of one that is here. */
  static Subscription last(ShardState state, Subscription s) {
    Subscription last = s;
    while (last.moves.hasHeir()) {
      last = here(state, last.moves.heir());
    }
    return last;
  }

  /**
   * Which of a device's subscriptions holds at a time, from one that it has had on. While it is
   * elsewhere it is not known here what came next.
   *
   * @param at milliseconds since 1970-01-01 UTC
   * @return null where there is no such subscription here
   */
  static @Nullable Subscription holder(ShardState state, long subscription, long at) {
    Subscription s = state.subscriptions.get(subscription);
    while (s != null
        && s.moves.home() == Succession.HERE
        && s.moves.hasHeir()
        && at >= s.moves.heirFrom()) {
      s = here(state, s.moves.heir());
    }
    return s;
  }

  private static Subscription here(ShardState state, long subscription) {
    Subscription s = state.subscriptions.get(subscription);
    if (s == null) {
      throw new AssertionError("a device is here without its subscription " + subscription);
    }
    return s;
  }

  void leave(Command.Move move) {
    Subscription s = state.subscriptions.get(move.subscription());
    MoveRefusal refusal = refusal(s, move);
    if (refusal != null) {
      effects.refused.put(move, refusal);
      return;
    }
    if (s == null || s.moves.heir() == move.successor()) {
      return; // Told twice: it is on its way, or there.
    }
    rules.offers().get(move.offer()); // What can't arrive may not leave.
    List<Subscription> all = soFar(s);
    ByteWriter out = new ByteWriter();
    out.varint(rules.version());
    out.zigzag(state.time);
    out.varint(all.size());
    for (Subscription each : all) {
      assert each.memberOf == Effects.NOBODY || each.account.id == move.account()
          : "a device leaves the account whose counters it shares: " + each.id;
      touch(each);
      sealing.settle(each);
      if (each == s) {
        end(each, move);
      }
      each.leaveFor(move.shard(), state.time, out);
      state.reindex(each);
    }
    effects.messages.add(
        new Effects.MessageRow(
            effects.messages.size(),
            move.shard(),
            new ShardMessage.Device(
                move.successor(),
                move.subject(),
                move.account(),
                move.offer(),
                move.at(),
                move.to(),
                out.toByteArray(),
                move.share())));
  }

  private void touch(Subscription s) {
    state.touch(s);
    if (changed.add(s)) {
      s.savePlace(state.log);
    }
  }

  /** Ends it where the next one begins. */
  private void end(Subscription s, Command.Move move) {
    sealing.giveBack(s, move.at());
    state.pools.leave(rules, s, move.at());
    s.moves = s.moves.followedBy(move.successor(), move.at());
    s.to = Math.min(s.to, move.at());
    for (int i = 0; i < s.recurring.length; i++) {
      if (PeriodEnds.begins(rules, s, i) >= s.to) {
        s.recurring[i] = Subscription.NEVER;
      }
    }
  }

  private @Nullable MoveRefusal refusal(@Nullable Subscription s, Command.Move move) {
    if (s == null) {
      return MoveRefusal.UNKNOWN_SUBSCRIPTION;
    }
    if (s.moves.hasHeir()) {
      return s.moves.heir() == move.successor() ? null : MoveRefusal.MOVED_ALREADY;
    }
    if (move.at() <= state.time || move.at() <= s.from) {
      return MoveRefusal.MOVE_IN_THE_PAST;
    }
    return state.pools.isUsedAt(s, move.at()) ? MoveRefusal.USED_ALREADY : null;
  }

  /** The device's subscriptions up to this one, the first one first. */
  private List<Subscription> soFar(Subscription last) {
    List<Subscription> all = new ArrayList<>();
    all.add(last);
    while (all.getFirst().moves.before() != Effects.NOBODY) {
      all.addFirst(here(state, all.getFirst().moves.before()));
    }
    return all;
  }

  void arrive(ShardMessage.Device device) {
    ByteReader in = new ByteReader(device.state());
    int under = in.count(Integer.MAX_VALUE);
    long left = in.zigzag();
    Subscription last = null;
    for (int more = in.count(in.remaining()); more > 0; more--) {
      Subscription s = SubscriptionCodec.decodeMoved(in, state::account);
      s.moves = s.moves.arrived();
      if (under != rules.version()) { // A version came while it was on its way.
        s.recurring = PeriodEnds.duesAgain(rules, rules.offers().get(s.offer), s, left);
      }
      last = arrive(s);
    }
    if (last == null || state.subscriptions.get(device.successor()) != null) {
      throw new AssertionError("a device of nothing, or twice: " + device.successor());
    }
    OfferHistory offer = rules.offers().get(device.offer());
    Subscription next =
        new Subscription(
            device.successor(),
            state.account(device.account()),
            device.offer(),
            device.from(),
            device.to(),
            PeriodEnds.dues(rules, offer, device.from(), device.to()));
    next.moves = Succession.after(last.id);
    next.inherit(last);
    state.pools.join(rules, next, device.share());
    state.add(next);
    state.wallets.entitlements.follow(rules, last, next, state.seq);
    effects.subscriptions.add(
        new Effects.SubscriptionRow(
            next.id,
            device.subject(),
            device.account(),
            offer.name(),
            next.from,
            next.to,
            last.id,
            Command.Share.of(next.memberOf, device.share())));
  }

  /** Puts a subscription in the place of what it left here before, if it was here before. */
  private Subscription arrive(Subscription s) {
    if (s.account.wallet != null) { // What its grants cost is known again.
      state.wallets.notice(s.account.wallet, state.seq);
    }
    Subscription note = state.subscriptions.get(s.id);
    if (note == null) {
      state.add(s);
      return s;
    }
    touch(note);
    note.arrive(s);
    state.reindex(note);
    return note;
  }
}
