package io.millrace.ops.rest;

import io.millrace.ops.metrics.NodeMetrics;
import io.millrace.ops.node.Health;
import io.millrace.ops.node.Operator;
import java.util.Map;

/** Liveness, readiness and metrics. */
public final class HealthHandlers {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Operator operator;
  private final NodeMetrics metrics;

  /** Of a node. */
  public HealthHandlers(Operator operator, NodeMetrics metrics) {
    this.operator = operator;
    this.metrics = metrics;
  }

  /** The handlers by operation id. */
  public Map<String, Call.Handler> all() {
    return Map.of(
        "live", call -> answer(operator.live()),
        "ready", call -> answer(operator.ready()),
        "metrics", call -> Answer.text(PROMETHEUS, metrics.scrape()));
  }

  private static Answer answer(Health health) {
    return Answer.json(
        health.up() ? 200 : 503,
        Json.object(
            "up",
            health.up(),
            "checks",
            health.checks().stream()
                .map(
                    c ->
                        Json.object(
                            "name",
                            c.name(),
                            "up",
                            c.up(),
                            "detail",
                            c.detail().isEmpty() ? null : c.detail()))
                .toList()));
  }
}
