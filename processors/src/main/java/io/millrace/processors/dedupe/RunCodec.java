package io.millrace.processors.dedupe;

import static io.millrace.processors.dedupe.PackedRun.DAY_MILLIS;
import static io.millrace.processors.dedupe.PackedRun.MAX_COUNT;
import static io.millrace.processors.dedupe.PackedRun.MAX_ERROR;
import static io.millrace.processors.dedupe.PackedRun.countOf;
import static io.millrace.processors.dedupe.PackedRun.errorOf;
import static io.millrace.processors.dedupe.PackedRun.pack;
import static io.millrace.processors.dedupe.PackedRun.stepOf;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;

/** Runs in bytes: each as its difference to what the line of the run before foretells. */
final class RunCodec {

  private RunCodec() {}

  static void encode(long[] runs, int hot, ByteWriter out) {
    out.varint(runs.length / 3);
    out.varint(hot + 1);
    long end = 0;
    long start = 0;
    long time = 0;
    int step = 0;
    for (int i = 0; i < runs.length; i += 3) {
      long shape = runs[i + 2];
      out.varint(runs[i] - end);
      out.varint(countOf(shape));
      out.zigzag(runs[i + 1] - (time + (runs[i] - start) * step));
      out.zigzag(stepOf(shape) - step);
      out.varint(errorOf(shape));
      start = runs[i];
      end = start + countOf(shape);
      time = runs[i + 1];
      step = stepOf(shape);
    }
  }

  static NumberRuns decode(ByteReader in) {
    int size = in.count(NumberRuns.MAX_RUNS);
    int hot = in.count(size) - 1;
    long[] runs = size == 0 ? NumberRuns.NONE : new long[3 * size];
    long end = 0;
    long start = 0;
    long time = 0;
    long step = 0;
    for (int i = 0; i < runs.length; i += 3) {
      long first = end + in.varint();
      int count = in.count(MAX_COUNT);
      time += (first - start) * step + in.zigzag();
      step += in.zigzag();
      int error = in.count(MAX_ERROR);
      boolean sound =
          first >= end
              && first <= DedupeWindow.MAX_NUMBER
              && count > 0
              && step >= 0
              && step <= DAY_MILLIS
              && time >= -DedupeWindow.MAX_TIME
              && time <= DedupeWindow.MAX_TIME;
      if (!sound) {
        throw new IllegalArgumentException("not a dedupe window: run " + i / 3);
      }
      start = first;
      end = first + count;
      runs[i] = first;
      runs[i + 1] = time;
      runs[i + 2] = pack(count, (int) step, error);
    }
    return new NumberRuns(runs, hot);
  }
}
