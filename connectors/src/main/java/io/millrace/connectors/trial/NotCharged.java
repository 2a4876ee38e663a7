package io.millrace.connectors.trial;

import io.millrace.connectors.trial.UsageTrial.Refused;
import io.millrace.processors.shard.Reason;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The events that were not charged: how many, and the first ones by their lines. */
final class NotCharged {
  private static final int MOST_TOLD = 100;
  private static final Comparator<Refused> BY_LINE =
      Comparator.comparingLong(Refused::line).thenComparing(Refused::reason);

  private final PriorityQueue<Refused> first = new PriorityQueue<>(BY_LINE.reversed());
  private long count;

  void add(long line, Reason why) {
    count++;
    keep(new Refused(line, why));
  }

  /** Adds others'. */
  void add(NotCharged others) {
    count += others.count;
    others.first.forEach(this::keep);
  }

  private void keep(Refused one) {
    first.add(one);
    if (first.size() > MOST_TOLD) {
      first.remove();
    }
  }

  long count() {
    return count;
  }

  List<Refused> first() {
    return first.stream().sorted(BY_LINE).toList();
  }
}
