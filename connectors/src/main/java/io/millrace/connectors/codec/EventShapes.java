package io.millrace.connectors.codec;

import org.jspecify.annotations.Nullable;

/**
 * The shapes that a codec has met of late, the one that fitted last first. Shapes are learnt ever
 * more seldom: where events have no common shape, learning costs nothing in the long run.
 */
final class EventShapes {
  private static final int MOST = 4;
  private static final int MOST_PATIENCE = 1 << 12;

  private final @Nullable EventShape[] shapes = new @Nullable EventShape[MOST];
  private int patience = 1;
  private int missed;

  /** The shape to be tried {@code i}-th; null where there is no other. */
  @Nullable EventShape get(int i) {
    return i < MOST ? shapes[i] : null;
  }

  /** Notes that the {@code i}-th fitted. */
  void fitted(int i) {
    if (i > 0) {
      EventShape fit = shapes[i];
      shapes[i] = shapes[i - 1];
      shapes[i - 1] = fit;
    }
  }

  /** Notes an event that none of them fitted and that was decoded in full. */
  void missed(byte[] payload, int from, int length, DecodedEvent event, Readings readings) {
    if (++missed < patience) {
      return;
    }
    missed = 0;
    patience = Math.min(2 * patience, MOST_PATIENCE);
    EventShape learnt = EventShape.of(payload, from, length, event, readings);
    if (learnt != null) {
      System.arraycopy(shapes, 0, shapes, 1, MOST - 1);
      shapes[0] = learnt;
    }
  }
}
