package io.millrace.connectors.shard;

import io.millrace.processors.shard.Shard;

/** A shard that this node owns: its state, and what its row must look like. */
final class Owned {
  final Shard shard;
  final int epoch;
  byte[] chain;

  /** The stamp of its row: the last period whose close was asked for. */
  int closing;

  /** The number of the commit of its last seq. */
  long number;

  long checkpointSeq;
  long checkpointNumber;
  long deltaBytes;
  long fullBytes;

  Owned(Shard shard, int epoch, byte[] chain, int closing) {
    this.shard = shard;
    this.epoch = epoch;
    this.chain = chain;
    this.closing = closing;
  }

  int number() {
    return shard.key().number();
  }
}
