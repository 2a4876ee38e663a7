package io.millrace.connectors.shard;

/**
 * Who waits for the outcome of an event that it handed in. Called once for each event, from the
 * thread that acknowledges, after the commit that disposes of it (I1), or when that can't be on
 * this node now.
 */
public interface Ticket {

  /** The event is disposed of, durably. */
  void done();

  /** It is not; the source must hand it in again. Nothing is lost and nothing counted twice. */
  void failed(Exception why);
}
