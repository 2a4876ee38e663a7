package io.millrace.processors.shard;

/** A message's place in what its shard sends. */
record Sent(long seq, int n) {
  boolean isBefore(long otherSeq, int otherN) {
    return seq < otherSeq || seq == otherSeq && n < otherN;
  }
}
