package io.millrace.ops.rest;

import io.millrace.connectors.codec.Evidence;
import io.millrace.connectors.mediation.SuspenseQuota;
import io.millrace.connectors.suspense.SafeText;
import io.millrace.connectors.suspense.SuspendedEvent;
import io.millrace.connectors.suspense.SuspenseStore;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.ops.Refusal;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** What waits in suspense, read from the database. */
public final class SuspenseHandlers {
  private static final int HEAD_CHARACTERS = 120;

  private final SuspenseStore store;
  private final Tenant tenant;
  private final Supplier<List<SuspenseQuota.Alarm>> alarms;

  /**
   * Of a tenant.
   *
   * @param alarms of sources that fill suspense
   */
  public SuspenseHandlers(
      DataSource database, Tenant tenant, Supplier<List<SuspenseQuota.Alarm>> alarms) {
    this.alarms = alarms;
    this.store = new SuspenseStore(database);
    this.tenant = tenant;
  }

  /** The handlers by operation id. */
  public Map<String, Call.Handler> all() {
    return Map.of("suspense", this::list, "suspended", this::show);
  }

  private Answer list(Call call) throws Exception {
    String state = call.text("state");
    SuspenseStore.Filter filter =
        new SuspenseStore.Filter(
            call.optionalText("reason"),
            call.optionalText("source"),
            state.equals("any") ? null : state,
            call.optionalTime("since"));
    String cursor = call.optionalText("cursor");
    SuspenseStore.Page page =
        store.list(tenant.id(), filter, call.number("limit"), cursor == null ? "" : cursor);
    return Answer.json(
        Json.object(
            "alarms",
                alarms.get().stream()
                    .map(a -> Json.object("source", a.source(), "open", a.open(), "most", a.most()))
                    .toList(),
            "open", store.openByReason(tenant.id()),
            "events", page.events().stream().map(e -> event(e, HEAD_CHARACTERS, false)).toList(),
            "next", page.next().orElse(null)));
  }

  private Answer show(Call call) throws Exception {
    Optional<SuspendedEvent> found = store.show(tenant.id(), call.text("hash"));
    return Answer.json(
        event(
            found.orElseThrow(
                () ->
                    new Refusal(
                        Refusal.Kind.UNKNOWN,
                        "unknown-event",
                        "no event in suspense has a hash that begins so, or several have",
                        "give more digits; `suspense list` shows them")),
            Integer.MAX_VALUE,
            true));
  }

  private static Map<String, Object> event(SuspendedEvent e, int characters, boolean withRaw) {
    return Json.object(
        "hash", e.hash(),
        "source", e.source(),
        "reason", e.reason(),
        "state", e.state(),
        "receivedAt", e.receivedAt(),
        "endedAt", e.endedAt(),
        "endedBy", e.endedBy(),
        "size", e.rawSize(),
        "text", SafeText.of(Evidence.sent(e.raw()), characters),
        "raw", withRaw ? Base64.getEncoder().encodeToString(e.raw()) : null);
  }
}
