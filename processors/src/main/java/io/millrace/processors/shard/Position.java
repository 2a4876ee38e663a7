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
  long quantity;
  long amount;

  Position(int charge, int period, long quantity, long amount) {
    this.charge = charge;
    this.period = period;
    this.quantity = quantity;
    this.amount = amount;
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
    to.zigzag(quantity);
    to.zigzag(amount);
  }

  static Position decode(ByteReader from) {
    return new Position(
        from.count(Integer.MAX_VALUE), (int) from.zigzag(), from.zigzag(), from.zigzag());
  }
}
