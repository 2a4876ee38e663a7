package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.undo.UndoLog;

/**
 * How far a subscription has come on a charge's price curve in the period its events occurred in:
 * the cumulative quantity and what it has been priced at. It outlives the period's close, so that a
 * late event prices on from where the period ended.
 */
final class Position {
  final int charge;
  final int period;

  /** Which of the charge's prices it is on, as {@code UsageCharge.revision} tells them apart. */
  final int revision;

  /** What former prices had counted in the period when this one first did, and what it costs. */
  final long base;

  final long baseAmount;

  /** What this price has counted, and what that has been charged. */
  long quantity;

  long amount;

  Position(int charge, int period) {
    this(charge, period, 0, 0, 0);
  }

  Position(int charge, int period, int revision, long base, long baseAmount) {
    this.charge = charge;
    this.period = period;
    this.revision = revision;
    this.base = base;
    this.baseAmount = baseAmount;
  }

  void save(UndoLog log) {
    log.put(quantity);
    log.put(amount);
  }

  void restore(UndoLog log) {
    quantity = log.number();
    amount = log.number();
  }

  void encode(ByteWriter to) {
    to.varint(charge);
    to.zigzag(period);
    to.varint(revision);
    to.zigzag(base);
    to.zigzag(baseAmount);
    to.zigzag(quantity);
    to.zigzag(amount);
  }

  static Position decode(ByteReader from) {
    Position position =
        new Position(
            from.count(Integer.MAX_VALUE),
            (int) from.zigzag(),
            from.count(Integer.MAX_VALUE),
            from.zigzag(),
            from.zigzag());
    position.quantity = from.zigzag();
    position.amount = from.zigzag();
    return position;
  }
}
