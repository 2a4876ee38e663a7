package io.millrace.tests.linear;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of a history's calls in which one object, doing one after the other, would
 * have answered as it did; each call stands between its question and its answer (Herlihy and Wing
 * 1990). The search is Wing and Gong's, with Lowe's memory of configurations met (2017): it walks
 * the history once and holds, at each moment, every state with every choice of calls done that can
 * be. So where nothing is under way only states are held, and it costs what is concurrent, not what
 * is long.
 */
public final class Linearizability<S, O> {
  /** Calls that may be under way at a time: one bit each. */
  static final int MOST_OPEN = Long.SIZE;

  private final Model<S, O> model;
  private final int mostConfigurations;

  /** The calls under way; null where a place is free. */
  private final @Nullable Call<O>[] open;

  private int most;

  /** What may be the case: a state, and which of the calls under way led to it. */
  private record Configuration<S>(S state, long done) {}

  /** A question or an answer. */
  private record Moment<O>(Call<O> call, boolean isAnswer) {
    long time() {
      return isAnswer ? call.returned() : call.invoked();
    }
  }

  /**
   * A search.
   *
   * @param mostConfigurations how many it holds at once; beyond it is undecided
   */
  @SuppressWarnings("unchecked")
  public Linearizability(Model<S, O> model, int mostConfigurations) {
    this.model = model;
    this.mostConfigurations = mostConfigurations;
    this.open = (Call<O>[]) new Call<?>[MOST_OPEN];
  }

  /** Whether a history can have come of an object in a state. */
  public Verdict check(S initial, List<Call<O>> history) {
    most = 1;
    Arrays.fill(open, null);
    Set<Configuration<S>> now = new HashSet<>();
    now.add(new Configuration<>(initial, 0));
    for (Moment<O> moment : moments(history)) {
      Call<O> call = moment.call;
      if (!moment.isAnswer) {
        int place = place(null);
        if (place < 0) {
          return new Verdict.Undecided(call, MOST_OPEN + " calls under way");
        }
        open[place] = call;
        continue;
      }
      int place = place(call);
      Set<Configuration<S>> next = call.certain() ? done(now, place) : dropped(now, place);
      open[place] = null;
      if (next == null) {
        return new Verdict.Undecided(call, "over " + mostConfigurations + " configurations");
      }
      if (next.isEmpty()) {
        return new Verdict.Broken(
            call, now.stream().map(Configuration::state).collect(Collectors.toSet()));
      }
      now = next;
    }
    return new Verdict.Linearizable(most);
  }

  /** Both moments of each call; a question and an answer of the same time overlap. */
  private static <O> List<Moment<O>> moments(List<Call<O>> history) {
    List<Moment<O>> moments = new ArrayList<>();
    for (Call<O> call : history) {
      moments.add(new Moment<>(call, false));
      if (call.certain() || call.returned() != Call.NEVER) {
        moments.add(new Moment<>(call, true));
      }
    }
    moments.sort(
        Comparator.comparingLong((Moment<O> m) -> m.time()).thenComparing(m -> m.isAnswer));
    return moments;
  }

  private int place(@Nullable Call<O> call) {
    for (int i = 0; i < MOST_OPEN; i++) {
      if (open[i] == call) {
        return i;
      }
    }
    return -1;
  }

  /** All that can be once a call is done: those before it may be done as well, in any order. */
  private @Nullable Set<Configuration<S>> done(Set<Configuration<S>> now, int place) {
    long wanted = 1L << place;
    Set<Configuration<S>> met = new HashSet<>(now);
    ArrayDeque<Configuration<S>> left = new ArrayDeque<>(now);
    Set<Configuration<S>> done = new HashSet<>();
    while (!left.isEmpty()) {
      Configuration<S> each = left.poll();
      if ((each.done & wanted) != 0) {
        done.add(new Configuration<>(each.state, each.done & ~wanted));
        continue; // The others need not be done yet.
      }
      for (int i = 0; i < MOST_OPEN; i++) {
        Call<O> call = open[i];
        if (call == null || (each.done & 1L << i) != 0) {
          continue;
        }
        S state = model.after(each.state, call.operation());
        if (state != null) {
          Configuration<S> next = new Configuration<>(state, each.done | 1L << i);
          if (met.add(next)) {
            left.add(next);
          }
        }
      }
      most = Math.max(most, met.size());
      if (met.size() > mostConfigurations) {
        return null;
      }
    }
    return done;
  }

  /** The time of a call is over that need not have been done: it was, or it was not. */
  private @Nullable Set<Configuration<S>> dropped(Set<Configuration<S>> now, int place) {
    Set<Configuration<S>> all = done(now, place);
    if (all != null) {
      now.stream().filter(c -> (c.done & 1L << place) == 0).forEach(all::add);
    }
    return all == null || all.size() > mostConfigurations ? null : all;
  }
}
