package io.millrace.connectors.dedupe;

/**
 * A window as its owner knew it at a commit.
 *
 * @param epoch of the owner
 * @param seq of the shard's commit
 * @param bytes of {@link io.millrace.processors.dedupe.DedupeWindow#encodePublished}
 */
record PublishedWindow(int epoch, long seq, byte[] bytes) {

  boolean isNewerThan(PublishedWindow other) {
    return epoch != other.epoch ? epoch > other.epoch : seq > other.seq;
  }
}
