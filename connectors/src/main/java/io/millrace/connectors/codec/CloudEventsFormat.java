package io.millrace.connectors.codec;

import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.Reason;
import org.jspecify.annotations.Nullable;

/**
 * CloudEvents 1.0.2 as its messages carry them: structured JSON, one event a payload, which is also
 * what a transport that can't name a mode is taken to bring; batched JSON; binary mode with data in
 * JSON. A batch's events are slices of its payload and stand for themselves; what is no JSON in a
 * batch is refused up to where the next element begins, and the others are taken.
 */
final class CloudEventsFormat implements Codec {
  /** Bytes of a batch. */
  static final int MAX_BATCH = 1 << 24;

  /** Events of a batch; the rest is refused as one. */
  static final int MAX_EVENTS = 1 << 16;

  /** Bytes of an event that is charged. */
  static final int MAX_EVENT = CloudEventsCodec.MAX_EVENT;

  private final CloudEventsCodec events;
  private final DecodedEvent event = new DecodedEvent();
  private final ByteWriter evidence = new ByteWriter();
  private final ByteWriter context = new ByteWriter();
  private final long key = CodecSpec.CLOUD_EVENTS.key();

  CloudEventsFormat(Readings readings) {
    events = new CloudEventsCodec(readings);
  }

  @Override
  public CodecSpec spec() {
    return CodecSpec.CLOUD_EVENTS;
  }

  @Override
  public void decode(byte[] payload, Transport transport, Sink sink) {
    switch (CloudEventsMode.of(transport)) {
      case STRUCTURED -> one(payload, 0, payload.length, sink);
      case BATCHED -> batch(payload, transport, sink);
      case BINARY -> binary(payload, transport, sink);
      case FOREIGN -> refuse(Reason.MALFORMED, payload, transport, sink);
    }
  }

  @Override
  public boolean guessSubject(byte[] payload, Text into) {
    return events.guessSubject(payload, into);
  }

  private boolean one(byte[] payload, int from, int length, Sink sink) {
    Reason reason =
        length > MAX_EVENT ? Reason.TOO_LARGE : events.decode(payload, from, length, event);
    return reason == null
        ? sink.event(event, payload, from, length)
        : refuse(reason, payload, from, length, sink);
  }

  /** A slice that would be taken for a header gets one. */
  private boolean refuse(Reason reason, byte[] payload, int from, int length, Sink sink) {
    if (length == 0 || payload[from] != Evidence.MARK) {
      return sink.refused(reason, payload, from, length);
    }
    Evidence.begin(evidence, key, new byte[0], 0);
    evidence.raw(payload, from, length);
    return sink.refused(reason, evidence.array(), 0, evidence.size());
  }

  private void refuse(Reason reason, byte[] payload, Transport transport, Sink sink) {
    byte[] whole = Evidence.ofPayload(CodecSpec.CLOUD_EVENTS, transport, payload);
    sink.refused(reason, whole, 0, whole.length);
  }

  private void batch(byte[] payload, Transport transport, Sink sink) {
    int end = payload.length;
    int at = JsonSlices.skipSpace(payload, 0, end);
    if (end > MAX_BATCH) {
      refuse(Reason.TOO_LARGE, payload, transport, sink);
      return;
    }
    if (at == end || payload[at] != '[') {
      refuse(Reason.MALFORMED, payload, transport, sink);
      return;
    }
    at = JsonSlices.skipSpace(payload, at + 1, end);
    if (at < end && payload[at] == ']') {
      closed(payload, at, sink);
      return;
    }
    for (int n = 0; ; n++) {
      if (n == MAX_EVENTS) {
        refuse(Reason.TOO_LARGE, payload, at, end - at, sink);
        return;
      }
      int next = element(payload, at, end, sink);
      if (next < 0) {
        return;
      }
      if (next == end) {
        return; // Cut short, and what was cut is refused.
      }
      if (payload[next] == ']') {
        closed(payload, next, sink);
        return;
      }
      at = JsonSlices.skipSpace(payload, next + 1, end);
    }
  }

  /** Whatever follows a batch is not lost. */
  private void closed(byte[] payload, int bracket, Sink sink) {
    int rest = JsonSlices.skipSpace(payload, bracket + 1, payload.length);
    if (rest < payload.length) {
      refuse(Reason.MALFORMED, payload, rest, payload.length - rest, sink);
    }
  }

  /** Hands an element on; returns what ends it: a comma, a bracket or the end; -1 to stop. */
  private int element(byte[] payload, int from, int end, Sink sink) {
    Reason reason = events.decodeFirst(payload, from, end - from, event);
    int next = JsonSlices.skipSpace(payload, events.end(), end);
    boolean isWhole =
        events.isWhole() && next < end && (payload[next] == ',' || payload[next] == ']');
    if (!isWhole) {
      reason = reason == null ? Reason.MALFORMED : reason;
      next = JsonSlices.elementEnd(payload, from, end);
    }
    int to = isWhole ? events.end() : next;
    if (to - from > MAX_EVENT) {
      reason = Reason.TOO_LARGE;
    }
    boolean goOn =
        reason == null
            ? sink.event(event, payload, from, to - from)
            : refuse(reason, payload, from, to - from, sink);
    return goOn ? next : -1;
  }

  private void binary(byte[] payload, Transport transport, Sink sink) {
    Reason reason =
        payload.length > MAX_EVENT
            ? Reason.TOO_LARGE
            : events.decodeBinary(transport, isJson(transport), payload, 0, payload.length, event);
    if (reason != null) {
      refuse(reason, payload, transport, sink);
      return;
    }
    context.clear();
    transport.withAddress("").write(context);
    Evidence.begin(evidence, key, context.array(), context.size());
    evidence.raw(payload, 0, payload.length);
    if (evidence.size() > MAX_EVENT) {
      refuse(Reason.TOO_LARGE, payload, transport, sink);
    } else {
      sink.event(event, evidence.array(), 0, evidence.size());
    }
  }

  /** Data without a type is JSON (CloudEvents JSON format 3.1), and so is any {@code +json}. */
  private static boolean isJson(Transport transport) {
    String type = transport.mediaType();
    return type.isEmpty() || type.endsWith("/json") || type.endsWith("+json");
  }

  @Override
  public @Nullable Reason decode(Evidence kept, DecodedEvent into) {
    if (kept.contextLength() == 0) {
      return events.decode(kept.bytes(), kept.from(), kept.length(), into);
    }
    Transport transport = Transport.read(kept.context());
    return events.decodeBinary(
        transport, isJson(transport), kept.bytes(), kept.from(), kept.length(), into);
  }
}
