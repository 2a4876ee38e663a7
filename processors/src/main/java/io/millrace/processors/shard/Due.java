package io.millrace.processors.shard;

/** A subscription's place in the order in which things fall due, or an account's. */
record Due(long at, long subscription) implements Comparable<Due> {
  @Override
  public int compareTo(Due other) {
    int byTime = Long.compare(at, other.at);
    return byTime != 0 ? byTime : Long.compare(subscription, other.subscription);
  }
}
