package io.millrace.connectors.codec;

import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code usage:json}: JSON of any shape, read by JSON pointers (RFC 6901). Options:
 *
 * <ul>
 *   <li>{@code each}: a pointer to the array whose elements are the events, {@code root} where the
 *       document is that array; where absent the document is one event
 *   <li>{@code id}, {@code subject}, {@code time}: pointers into the event; required. A pointer
 *       behind {@code ^} begins at the document instead, as {@code ^/device}
 *   <li>{@code type} or {@code typeAt}, {@code source} or {@code sourceAt}: the text of every
 *       event, or a pointer to it; required
 *   <li>{@code values}: {@code member=/pointer} with semicolons between them; {@code wh=/energy} is
 *       what a meter reads as {@code data.wh}
 *   <li>{@code timeFormat}: {@code rfc3339}, or {@code s}, {@code ms}, {@code us} or {@code ns}
 *       since 1970-01-01 UTC; {@code rfc3339} where absent
 * </ul>
 *
 * <p>An id may be a string or a number, and is what its text says. A value must be a JSON number.
 * An element of {@code each} that is no JSON is refused, and the others are taken; a fault around
 * the array makes the document {@code malformed}.
 */
final class JsonCodec implements Codec {
  private static final String EACH = "each";

  private final CodecSpec spec;
  private final long key;
  private final JsonFields fields;
  private final PointerScan root;
  private final PointerScan element;
  private final boolean hasMany;
  private final DecodedEvent event = new DecodedEvent();
  private final ByteWriter evidence = new ByteWriter();
  private final ByteWriter context = new ByteWriter();

  JsonCodec(CodecSpec spec, Readings readings) {
    this.spec = spec;
    this.key = spec.key();
    Options options = new Options(spec);
    String each = options.optional(EACH);
    hasMany = each != null;
    fields = new JsonFields(options, readings);
    options.end();
    if (!hasMany && !fields.inRoot.isEmpty()) {
      throw options.refused("`^` begins at the document, which is the event itself without `each`");
    }
    try {
      element = new PointerScan(fields.inEvent, -1);
      List<String> pointers = new ArrayList<>(fields.inRoot);
      if (each != null) {
        pointers.add(each.equals("root") ? "" : each);
      }
      root = new PointerScan(pointers, hasMany ? pointers.size() - 1 : -1);
    } catch (IllegalArgumentException e) {
      throw options.refused(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public CodecSpec spec() {
    return spec;
  }

  @Override
  public void decode(byte[] payload, Transport transport, Sink sink) {
    Reason reason =
        payload.length > (hasMany ? CloudEventsFormat.MAX_BATCH : CloudEventsFormat.MAX_EVENT)
            ? Reason.TOO_LARGE
            : null;
    if (reason == null && hasMany) {
      reason = root.scan(payload, 0, payload.length);
      reason = reason == null && root.arrayFrom < 0 ? Reason.MALFORMED : reason;
    }
    if (reason != null) {
      byte[] whole = Evidence.ofPayload(spec, transport, payload);
      sink.refused(reason, whole, 0, whole.length);
    } else if (hasMany) {
      context.clear();
      root.write(context);
      elements(payload, root.arrayFrom + 1, root.arrayTo - 1, sink);
    } else {
      context.clear();
      one(payload, 0, payload.length, sink);
    }
  }

  /** The elements between the brackets of an array. */
  private void elements(byte[] payload, int from, int end, Sink sink) {
    int at = JsonSlices.skipSpace(payload, from, end);
    if (at == end) {
      return;
    }
    for (int n = 0; n < CloudEventsFormat.MAX_EVENTS; n++) {
      int to = JsonSlices.elementEnd(payload, at, end);
      if (!one(payload, at, to - at, sink) || to == end) {
        return;
      }
      at = JsonSlices.skipSpace(payload, to + 1, end);
    }
    refused(Reason.TOO_LARGE, payload, at, end - at, sink);
  }

  private boolean one(byte[] payload, int from, int length, Sink sink) {
    Reason reason = Reason.TOO_LARGE;
    if (length <= CloudEventsFormat.MAX_EVENT) {
      reason = element.scan(payload, from, length);
      reason = reason == null ? fields.event(element, root, event) : reason;
    }
    if (reason != null) {
      return refused(reason, payload, from, length, sink);
    }
    evidence(payload, from, length);
    return evidence.size() > CloudEventsFormat.MAX_EVENT
        ? sink.refused(Reason.TOO_LARGE, evidence.array(), 0, evidence.size())
        : sink.event(event, evidence.array(), 0, evidence.size());
  }

  private boolean refused(Reason reason, byte[] payload, int from, int length, Sink sink) {
    evidence(payload, from, length);
    return sink.refused(reason, evidence.array(), 0, evidence.size());
  }

  private void evidence(byte[] payload, int from, int length) {
    Evidence.begin(evidence, key, context.array(), context.size());
    evidence.raw(payload, from, length);
  }

  @Override
  public @Nullable Reason decode(Evidence kept, DecodedEvent into) {
    if (hasMany) {
      root.read(kept.context());
    }
    Reason reason = element.scan(kept.bytes(), kept.from(), kept.length());
    return reason == null ? fields.event(element, root, into) : reason;
  }
}
