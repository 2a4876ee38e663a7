package io.millrace.connectors.mqtt;

import io.millrace.connectors.source.OptionRange;

/**
 * What a route may say about its source beside Camel's own options.
 *
 * @param source its name; empty for the route's id
 * @param tenant whose it is
 * @param slots clients in the shared subscription
 * @param sharedGroup the shared subscription's name; empty for one made from the source's
 * @param maximumPacketSize the largest packet that is let in, bytes; the broker drops larger ones
 * @param drainMillis how long a stop waits for what is in flight
 * @param cleanStartSaid whether the route says {@code cleanStart}, whose default is wrong for a
 *     source
 */
record SourceOptions(
    String source,
    String tenant,
    int slots,
    String sharedGroup,
    long maximumPacketSize,
    long drainMillis,
    boolean cleanStartSaid) {
  /** So that a message far too large for us ends in suspense and not in the broker. */
  static final long MAXIMUM_PACKET_SIZE = 16L << 20;

  static final long DRAIN_MILLIS = 5_000;
  static final int MOST_SLOTS = 64;

  SourceOptions {
    OptionRange.check("slots", slots, 1, MOST_SLOTS, "");
    OptionRange.check("maximumPacketSize", maximumPacketSize, 1, 268_435_455L, "bytes");
    OptionRange.check("drainTimeout", drainMillis, 0, 60_000, "ms");
  }
}
