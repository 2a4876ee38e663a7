package io.millrace.connectors.codec;

import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.Reason;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code usage:csv}: records of RFC 4180, one an event, whose columns are named by the header line
 * or, without one, by their numbers from 1. Options:
 *
 * <ul>
 *   <li>{@code id}, {@code subject}, {@code time}: their columns; required
 *   <li>{@code type} or {@code typeAt}, {@code source} or {@code sourceAt}: the text of every
 *       event, or the column that holds it; required
 *   <li>{@code values}: {@code member=column} with semicolons between them; {@code wh=energy} is
 *       what a meter reads as {@code data.wh}
 *   <li>{@code timeFormat}: {@code rfc3339}, or {@code s}, {@code ms}, {@code us} or {@code ns}
 *       since 1970-01-01 UTC; {@code rfc3339} where absent
 *   <li>{@code header}: {@code true} or {@code false}; {@code true} where absent
 *   <li>{@code delimiter}: {@code comma}, {@code semicolon}, {@code tab} or {@code pipe}; {@code
 *       comma} where absent
 *   <li>{@code decimal}: {@code point} or {@code comma}; {@code point} where absent
 * </ul>
 *
 * <p>A header that lacks a column, or has one twice that is read, makes the payload {@code
 * malformed}; so does another number of fields a record. A record without an end to its quotes is
 * refused up to the end of its line, and the next line is read. Empty lines are none.
 */
final class CsvCodec implements Codec {
  /** Bytes of a payload; a file comes in several. */
  static final int MAX_PAYLOAD = 1 << 24;

  /** Bytes of a record, header or context. */
  static final int MAX_RECORD = 1 << 16;

  static final int MAX_HEADER = 1 << 14;

  /** Lines of a payload whose quotes are looked for in vain; behind them the rest is refused. */
  static final int MOST_BROKEN = 1_000;

  private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final CodecSpec spec;
  private final long key;
  private final CsvColumns columns;
  private final CsvRecord record;
  private final ByteWriter evidence = new ByteWriter();
  private final DecodedEvent event = new DecodedEvent();
  private final boolean hasHeader;

  /** The header that the columns are placed by. */
  private byte[] header = {};

  private boolean isPlaced;

  CsvCodec(CodecSpec spec, Readings readings) {
    this.spec = spec;
    this.key = spec.key();
    Options options = new Options(spec);
    hasHeader = options.oneOf("header", "true", List.of("true", "false")).equals("true");
    String delimiter =
        options.oneOf("delimiter", "comma", List.of("comma", "semicolon", "tab", "pipe"));
    record =
        new CsvRecord(
            switch (delimiter) {
              case "semicolon" -> ';';
              case "tab" -> '\t';
              case "pipe" -> '|';
              default -> ',';
            });
    columns = new CsvColumns(options, hasHeader, readings);
    options.end();
  }

  @Override
  public CodecSpec spec() {
    return spec;
  }

  @Override
  public void decode(byte[] payload, Transport transport, Sink sink) {
    int end = payload.length;
    int at = end >= 3 && startsWith(payload, BOM) ? 3 : 0;
    Reason reason = end > MAX_PAYLOAD ? Reason.TOO_LARGE : null;
    if (reason == null && hasHeader) {
      int headerEnd = record.read(payload, at, Math.min(end, at + MAX_HEADER));
      boolean isGood = headerEnd >= 0 && place(payload, at, record.contentEnd());
      reason = isGood ? null : Reason.MALFORMED;
      at = headerEnd;
    }
    if (reason != null) {
      byte[] whole = Evidence.ofPayload(spec, transport, payload);
      sink.refused(reason, whole, 0, whole.length);
      return;
    }
    records(payload, at, end, sink);
  }

  private static boolean startsWith(byte[] text, byte[] prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if (text[i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  /** Takes a header in, unless it is the one before. */
  private boolean place(byte[] bytes, int from, int to) {
    byte[] line = Arrays.copyOfRange(bytes, from, to);
    if (!isPlaced || !Arrays.equals(line, header)) {
      isPlaced = columns.place(record);
      header = line;
    }
    return isPlaced;
  }

  private void records(byte[] payload, int from, int end, Sink sink) {
    int at = from;
    int broken = 0;
    boolean goOn = true;
    while (at < end && goOn) {
      int limit = Math.min(end, at + MAX_RECORD);
      int next = record.read(payload, at, limit);
      boolean isWhole = next >= 0 && (limit == end || next < limit || payload[next - 1] == '\n');
      if (isWhole) {
        int to = record.contentEnd();
        goOn = to == at || whole(payload, at, to, sink);
        at = next;
      } else if (++broken > MOST_BROKEN) {
        goOn = refused(Reason.MALFORMED, payload, at, end, sink);
        at = end;
      } else {
        int to = CsvRecord.lineEnd(payload, at, end);
        Reason reason = to - at >= MAX_RECORD ? Reason.TOO_LARGE : Reason.MALFORMED;
        goOn = refused(reason, payload, at, to, sink);
        at = CsvRecord.behindLine(payload, to, end);
      }
    }
  }

  private boolean whole(byte[] payload, int from, int to, Sink sink) {
    Reason reason = columns.event(record, event);
    return reason == null
        ? kept(payload, from, to, sink)
        : refused(reason, payload, from, to, sink);
  }

  private boolean kept(byte[] payload, int from, int to, Sink sink) {
    evidence(payload, from, to);
    return evidence.size() > CloudEventsFormat.MAX_EVENT
        ? sink.refused(Reason.TOO_LARGE, evidence.array(), 0, evidence.size())
        : sink.event(event, evidence.array(), 0, evidence.size());
  }

  private boolean refused(Reason reason, byte[] payload, int from, int to, Sink sink) {
    evidence(payload, from, to);
    return sink.refused(reason, evidence.array(), 0, evidence.size());
  }

  private void evidence(byte[] payload, int from, int to) {
    Evidence.begin(evidence, key, header, header.length);
    evidence.raw(payload, from, to - from);
  }

  @Override
  public @Nullable Reason decode(Evidence kept, DecodedEvent into) {
    if (hasHeader) {
      int end = kept.contextFrom() + kept.contextLength();
      if (record.read(kept.bytes(), kept.contextFrom(), end) < 0
          || !place(kept.bytes(), kept.contextFrom(), end)) {
        return Reason.MALFORMED;
      }
    }
    int end = kept.from() + kept.length();
    return record.read(kept.bytes(), kept.from(), end) < 0 || record.contentEnd() != end
        ? Reason.MALFORMED
        : columns.event(record, into);
  }
}
