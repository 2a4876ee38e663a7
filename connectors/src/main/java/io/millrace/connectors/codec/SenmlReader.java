package io.millrace.connectors.codec;

/** Reads the records of a pack, one behind the other; JSON or CBOR. */
interface SenmlReader {

  /**
   * Begins a pack: an array of records.
   *
   * @return whether it is one
   */
  boolean begin(byte[] pack, int from, int length);

  /** Whether the pack has another record; false at its end, and where it is malformed. */
  boolean hasNext();

  /** Reads the next record; false where it is malformed. */
  boolean next(SenmlRecord into);

  /** Whether the pack ended where its bytes do, with nothing malformed in it. */
  boolean hasEnded();

  /** The first byte of the record read last, or the first behind it. */
  int position();

  /** Reads one record alone. */
  boolean alone(byte[] record, int from, int length, SenmlRecord into);
}
