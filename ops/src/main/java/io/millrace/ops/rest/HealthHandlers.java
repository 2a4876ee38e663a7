package io.millrace.ops.rest;

import io.millrace.ops.node.Health;
import io.millrace.ops.node.Operator;
import java.util.Map;

/** Liveness and readiness. */
public final class HealthHandlers {
  private final Operator operator;

  /** Of a node. */
  public HealthHandlers(Operator operator) {
    this.operator = operator;
  }

  /** The handlers by operation id. */
  public Map<String, Call.Handler> all() {
    return Map.of(
        "live", call -> answer(operator.live()), "ready", call -> answer(operator.ready()));
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
