package io.millrace.ops.rest;

import io.millrace.connectors.clock.ClockRecord;
import io.millrace.connectors.clock.ClockState;
import io.millrace.ops.node.Operator;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The node's clock, and an operator's word on it. */
public final class ClockHandlers {
  private final Operator operator;

  /** Of a node. */
  public ClockHandlers(Operator operator) {
    this.operator = operator;
  }

  /** The handlers by operation id. */
  public Map<String, Call.Handler> all() {
    return Map.of(
        "clock", call -> Answer.json(clock(operator.clock())),
        "agreeClock", call -> Answer.json(clock(operator.agreeClock(call.text("by")))));
  }

  private static Map<String, Object> clock(ClockState clock) {
    ClockRecord record = clock.record();
    return Json.object(
        "ticks", clock.ticks(),
        "checked", clock.checked(),
        "nodeTime", Instant.ofEpochMilli(clock.nodeTime()),
        "commitTime", Instant.ofEpochMilli(clock.commitTime()),
        "differenceMillis", clock.difference(),
        "agreedDifferenceMillis", clock.checked() ? record.agreedDifference() : null,
        "agreedBy", record.agreedBy(),
        "agreedAt", record.agreedAt() == null ? null : Instant.ofEpochMilli(record.agreedAt()),
        "stopped", stopped(record.stop()),
        "next", clock.trouble().isEmpty() ? null : clock.trouble());
  }

  private static @Nullable Map<String, Object> stopped(ClockRecord.@Nullable Stop stop) {
    return stop == null
        ? null
        : Json.object(
            "cause", stop.cause().code(),
            "meaning", stop.cause().meaning(),
            "since", Instant.ofEpochMilli(stop.since()),
            "nodeTime", Instant.ofEpochMilli(stop.nodeTime()),
            "heldTime", Instant.ofEpochMilli(stop.held()));
  }
}
