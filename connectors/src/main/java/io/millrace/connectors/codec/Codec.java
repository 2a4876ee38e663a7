package io.millrace.connectors.codec;

import io.millrace.processors.shard.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the payloads of one format, as a route configured it, into usage events: none, one or
 * many of each. One codec serves one version of the rules and one thread.
 */
public interface Codec {

  /** Where the parts of a payload go, in their order. */
  interface Sink {

    /**
     * Takes a usage event.
     *
     * @param event complete; valid until this returns
     * @param bytes hold its evidence, from which {@link Codecs#decode} reads the same event alone
     * @param from its first byte
     * @param length how many bytes it has
     * @return whether to go on; where not, the rest of the payload is left
     */
    boolean event(DecodedEvent event, byte[] bytes, int from, int length);

    /**
     * Takes a part that is no usage event, or a whole payload; otherwise as {@link #event}.
     *
     * @param reason why
     */
    boolean refused(Reason reason, byte[] bytes, int from, int length);
  }

  /** What it was made by. */
  CodecSpec spec();

  /**
   * Decodes a payload. A part that can't be read is refused, and the others are taken: nothing is
   * left out in silence.
   *
   * @param payload must not change while the sink uses what it was given
   */
  void decode(byte[] payload, Transport transport, Sink sink);

  /**
   * Guesses the subject of a payload's event at a fraction of the cost of decoding it, so that what
   * is known of its device can be fetched from memory meanwhile. Nothing may depend on it.
   *
   * @param into is pointed at it
   * @return whether there is a guess
   */
  default boolean guessSubject(byte[] payload, Text into) {
    return false;
  }

  /**
   * Decodes one event again, from what {@link Evidence} kept of it.
   *
   * @param evidence of an event of this codec
   * @param into is overwritten
   * @return why it can't be charged, or null: then {@code into} is complete
   */
  @Nullable Reason decode(Evidence evidence, DecodedEvent into);
}
