package io.millrace.connectors.codec;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.Arrays;

/**
 * The raw bytes that journal and suspense keep of an event, as they are told apart: a CloudEvent in
 * structured JSON is kept as it is; anything else is the sender's bytes behind a header that names
 * its codec and holds what they need from elsewhere in the message to be read alone (the header
 * line of a CSV file, the base values of a SenML pack, the attributes of a binary-mode CloudEvent).
 *
 * <p>The header: {@link #MARK}, a kind, the spec's {@link CodecSpec#key} in 8 bytes, the context's
 * length as a varint, the context. No JSON text begins with the mark; what does is given a header.
 *
 * @param kind what the bytes are
 * @param key the codec's; that of CloudEvents where there is no header
 * @param bytes hold all
 * @param contextFrom the first byte of the context
 * @param contextLength how many it has
 * @param from the sender's first byte
 * @param length how many bytes the sender wrote
 */
public record Evidence(
    Kind kind, long key, byte[] bytes, int contextFrom, int contextLength, int from, int length) {

  /** What the sender's bytes are. */
  public enum Kind {
    /** A structured CloudEvent without a header. */
    BARE,
    /** One event or record; the context is its codec's own. */
    EVENT,
    /** A whole payload that could not be taken apart; the context is its {@link Transport}. */
    PAYLOAD
  }

  /** The first byte of a header: a control character, with which no text of ours begins. */
  static final byte MARK = 1;

  private static final Kind[] KINDS = Kind.values();
  private static final long CLOUD_EVENTS = CodecSpec.CLOUD_EVENTS.key();

  /**
   * Takes kept bytes apart.
   *
   * @throws IllegalArgumentException where a header is damaged
   */
  public static Evidence of(byte[] kept) {
    if (kept.length == 0 || kept[0] != MARK) {
      return new Evidence(Kind.BARE, CLOUD_EVENTS, kept, 0, 0, 0, kept.length);
    }
    ByteReader in = new ByteReader(kept, 1, kept.length - 1);
    int kind = in.u8();
    if (kind != Kind.EVENT.ordinal() && kind != Kind.PAYLOAD.ordinal()) {
      throw new IllegalArgumentException("evidence of kind " + kind);
    }
    long key = in.fixed64();
    int context = in.count(in.remaining());
    int from = kept.length - in.remaining() + context;
    return new Evidence(KINDS[kind], key, kept, from - context, context, from, kept.length - from);
  }

  /**
   * What the sender wrote, for people to look at; all of what was kept where its header is damaged,
   * or is cut off itself.
   */
  public static byte[] sent(byte[] kept) {
    try {
      Evidence evidence = of(kept);
      return Arrays.copyOfRange(evidence.bytes, evidence.from, evidence.from + evidence.length);
    } catch (IllegalArgumentException e) {
      return kept;
    }
  }

  /**
   * Writes the header of an event.
   *
   * @param out is cleared first; the sender's bytes are to follow
   * @param context what the event needs from elsewhere in its payload
   */
  static void begin(ByteWriter out, long key, byte[] context, int contextLength) {
    out.clear();
    header(out, Kind.EVENT, key, context, contextLength);
  }

  private static void header(
      ByteWriter out, Kind kind, long key, byte[] context, int contextLength) {
    out.u8(MARK);
    out.u8(kind.ordinal());
    out.fixed64(key);
    out.varint(contextLength);
    out.raw(context, 0, contextLength);
  }

  /**
   * The evidence of a payload that could not be taken apart.
   *
   * @return the payload itself where it is taken for a CloudEvent without being told so
   */
  static byte[] ofPayload(CodecSpec spec, Transport transport, byte[] payload) {
    boolean bare =
        spec.equals(CodecSpec.CLOUD_EVENTS)
            && CloudEventsMode.of(transport) == CloudEventsMode.STRUCTURED
            && (payload.length == 0 || payload[0] != MARK);
    if (bare) {
      return payload;
    }
    ByteWriter context = new ByteWriter();
    transport.write(context);
    ByteWriter out = new ByteWriter(payload.length + context.size() + 16);
    header(out, Kind.PAYLOAD, spec.key(), context.array(), context.size());
    out.raw(payload, 0, payload.length);
    return out.toByteArray();
  }

  /** Reads the context, which is its codec's own. */
  ByteReader context() {
    return new ByteReader(bytes, contextFrom, contextLength);
  }
}
