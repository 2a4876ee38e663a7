package io.millrace.ops.rest;

import io.millrace.connectors.mediation.Recycler.Recycled;
import io.millrace.connectors.settlement.CloseAnswer;
import io.millrace.connectors.source.Lag;
import io.millrace.connectors.source.SourceCheck;
import io.millrace.connectors.source.SourceState;
import io.millrace.ops.node.Operator;
import io.millrace.ops.node.SourceFace;
import io.millrace.processors.shard.SourceCounts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An operator's verbs. */
public final class OperatorHandlers {
  private final Operator operator;

  /** Of a node. */
  public OperatorHandlers(Operator operator) {
    this.operator = operator;
  }

  /** The handlers by operation id. */
  public Map<String, Call.Handler> all() {
    return Map.of(
        "sources",
        call -> sources(),
        "suspendSource",
        call -> Answer.json(source(operator.sources().suspend(call.text("source")))),
        "testSource",
        this::test,
        "resumeSource",
        call -> Answer.json(source(operator.sources().resume(call.text("source")))),
        "rebirths",
        call -> Answer.json(Json.object("edges", rebirths())),
        "recycle",
        this::recycle,
        "closePeriod",
        this::close);
  }

  private Answer sources() throws Exception {
    List<Map<String, Object>> counts = new ArrayList<>();
    Map<String, Long> flooded = operator.flooded();
    operator.counts().forEach((name, c) -> counts.add(counts(name, c, flooded.get(name))));
    return Answer.json(
        Json.object(
            "sources",
            operator.sources().all().stream().map(OperatorHandlers::source).toList(),
            "events",
            counts,
            "notLoaded",
            operator.notLoaded().isEmpty() ? null : operator.notLoaded()));
  }

  private List<Map<String, Object>> rebirths() throws Exception {
    return operator.rebirths().stream()
        .map(
            r ->
                Json.object(
                    "edge", r.edge(), "askedAt", r.askedAt(), "topic", r.topic().orElse(null)))
        .toList();
  }

  private static Map<String, Object> source(SourceFace source) {
    return Json.object(
        "name", source.name(),
        "kind", source.kind(),
        "state", source.state().word(),
        "lag", source.lag().map(OperatorHandlers::lag).orElse(null),
        "slots",
            source.slots().isEmpty()
                ? null
                : source.slots().stream().map(OperatorHandlers::slot).toList());
  }

  private static Map<String, Object> lag(Lag lag) {
    return Json.object(
        "count", lag.count(),
        "unit", lag.unit().word(),
        "bytes", lag.bytes() < 0 ? null : lag.bytes());
  }

  private Answer test(Call call) throws Exception {
    String name = call.text("source");
    List<SourceCheck> checks = operator.sources().test(name);
    return Answer.json(
        Json.object(
            "name", name,
            "good", checks.stream().allMatch(SourceCheck::good),
            "checks",
                checks.stream()
                    .map(c -> Json.object("name", c.name(), "good", c.good(), "says", c.says()))
                    .toList()));
  }

  private static Map<String, Object> slot(SourceState.Slot slot) {
    return Json.object(
        "slot", slot.slot(),
        "held", slot.held(),
        "connected", slot.connected(),
        "received", slot.received(),
        "acknowledged", slot.acknowledged(),
        "inFlight", slot.inFlight(),
        "limit", slot.limit(),
        "oldestMillis", slot.oldestMillis(),
        "failures", slot.failures(),
        "reconnects", slot.reconnects(),
        "staleAcknowledgements", slot.staleAcknowledgements(),
        "sessionsLost", slot.sessionsLost(),
        "unsafe", slot.unsafe());
  }

  private static Map<String, Object> counts(String name, SourceCounts c, @Nullable Long forgotten) {
    return Json.object(
        "source", name,
        "received", c.received(),
        "charged", c.charged(),
        "duplicate", c.duplicate(),
        "suspended", c.suspended(),
        "discarded", c.discarded(),
        "forgotten", forgotten);
  }

  private Answer recycle(Call call) throws Exception {
    String reason = call.text("reason");
    Recycled came = operator.recycle(reason, call.optionalText("override"));
    return Answer.json(Json.object("reason", reason, "tried", came.tried(), "ended", came.ended()));
  }

  private Answer close(Call call) throws Exception {
    int period = call.number("period");
    return switch (operator.close(period)) {
      case CloseAnswer.Waiting(int shards) ->
          Answer.json(
              202,
              Json.object(
                  "period",
                  period,
                  "state",
                  "waiting",
                  "shards",
                  shards,
                  "ends",
                  Instant.ofEpochMilli(operator.node().rules().periods().endOf(period))));
      case CloseAnswer.Closed(int invoices, int partnerStatements) ->
          Answer.json(
              Json.object(
                  "period", period,
                  "state", "closed",
                  "invoices", invoices,
                  "partnerStatements", partnerStatements));
      case CloseAnswer.Refused refused ->
          throw new AssertionError("the operator answers it: " + refused.code());
    };
  }
}
