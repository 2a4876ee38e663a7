package io.millrace.processors.journal;

import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.usage.UsageBatch;
import java.util.List;

/**
 * Writes sections' heads and the columns of their usage, each column over all sections, so that
 * many sections of few rows cost what one of many rows does. Not thread-safe.
 */
final class RatingWriter {

  /** Each row's shard is its section's. */
  static final int SHARDS_AS_SECTIONS = 1;

  /** Each row has as many values, written one column each. */
  static final int EVEN_VALUES = 2;

  private final ColumnWriter columns;
  private long[] scratch = new long[256];
  private int n;

  RatingWriter(ColumnWriter columns) {
    this.columns = columns;
  }

  void write(ByteWriter out, List<Section> sections, UsageBatch usage) {
    int rows = usage.size();
    if (scratch.length < Math.max(rows, sections.size())) {
      scratch = new long[Math.max(rows, sections.size())];
    }
    out.varint(sections.size());
    out.varint(rows);
    heads(out, sections);
    boolean asSections = shardsAsSections(sections, usage);
    boolean even = evenValues(usage);
    out.u8((asSections ? SHARDS_AS_SECTIONS : 0) | (even ? EVEN_VALUES : 0));
    if (!asSections) {
      ints(out, usage.shard, rows);
    }
    columns.column(out, usage.subscription, rows);
    ints(out, usage.source, rows);
    ints(out, usage.type, rows);
    columns.column(out, usage.occurredAt, rows);
    columns.column(out, usage.receivedAt, rows);
    ids(out, usage);
    values(out, usage, even);
  }

  private void heads(ByteWriter out, List<Section> sections) {
    for (Section s : sections) {
      scratch[n++] = s.shard();
    }
    flush(out);
    for (Section s : sections) {
      scratch[n++] = s.epoch();
    }
    flush(out);
    for (Section s : sections) {
      scratch[n++] = s.seq();
    }
    flush(out);
    for (Section s : sections) {
      scratch[n++] = s.time();
    }
    flush(out);
    for (Section s : sections) {
      scratch[n++] = s.dueLimit();
    }
    flush(out);
    for (Section s : sections) {
      scratch[n++] = s.commands().size();
    }
    flush(out);
    int before = 0;
    for (Section s : sections) {
      scratch[n++] = s.usageFrom() - before;
      before = s.usageTo();
    }
    flush(out);
    for (Section s : sections) {
      scratch[n++] = s.usageTo() - s.usageFrom();
    }
    flush(out);
  }

  private void ids(ByteWriter out, UsageBatch usage) {
    int rows = usage.size();
    for (int i = 0; i < rows; i++) {
      scratch[n++] = usage.numbered[i] ? 1 : 0;
    }
    flush(out);
    // Numbers are near each other, fingerprints are noise: one would hide the other.
    for (int i = 0; i < rows; i++) {
      if (usage.numbered[i]) {
        scratch[n++] = usage.eventId[i];
      }
    }
    flush(out);
    for (int i = 0; i < rows; i++) {
      if (!usage.numbered[i]) {
        scratch[n++] = usage.eventId[i];
      }
    }
    flush(out);
  }

  private void values(ByteWriter out, UsageBatch usage, boolean even) {
    int rows = usage.size();
    if (even) {
      int width = rows == 0 ? 0 : usage.valueFrom[1];
      out.varint(width);
      for (int k = 0; k < width; k++) {
        for (int i = 0, v = k; i < rows; i++, v += width) {
          scratch[n++] = usage.values[v];
        }
        flush(out);
      }
    } else {
      for (int i = 0; i < rows; i++) {
        scratch[n++] = usage.valueFrom[i + 1] - usage.valueFrom[i];
      }
      flush(out);
      columns.column(out, usage.values, usage.valueFrom[rows]);
    }
  }

  private void ints(ByteWriter out, int[] values, int rows) {
    for (int i = 0; i < rows; i++) {
      scratch[n++] = values[i];
    }
    flush(out);
  }

  private void flush(ByteWriter out) {
    columns.column(out, scratch, n);
    n = 0;
  }

  private static boolean shardsAsSections(List<Section> sections, UsageBatch usage) {
    int next = 0;
    for (Section s : sections) {
      if (s.usageFrom() != next) {
        return false;
      }
      for (; next < s.usageTo(); next++) {
        if (usage.shard[next] != s.shard()) {
          return false;
        }
      }
    }
    return next == usage.size();
  }

  private static boolean evenValues(UsageBatch usage) {
    int rows = usage.size();
    for (int i = 0; i < rows; i++) {
      if (usage.valueFrom[i] != (long) i * usage.valueFrom[1]) {
        return false;
      }
    }
    return rows == 0 || usage.valueFrom[rows] == (long) rows * usage.valueFrom[1];
  }
}
