package io.millrace.ops.rest;

import io.millrace.connectors.settlement.OutboxList;
import io.millrace.connectors.settlement.StatementReport;
import io.millrace.connectors.tenant.Tenant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** Statements and their deliveries, read from the database. */
public final class SettlementHandlers {
  private final StatementReport statements;
  private final OutboxList outbox;
  private final Tenant tenant;

  /** Of a tenant. */
  public SettlementHandlers(DataSource database, Tenant tenant) {
    this.statements = new StatementReport(database);
    this.outbox = new OutboxList(database);
    this.tenant = tenant;
  }

  /** The handlers by operation id. */
  public Map<String, Call.Handler> all() {
    return Map.of("statements", this::statements, "outbox", this::outbox);
  }

  private Answer statements(Call call) throws Exception {
    int period = call.number("period");
    String cursor = call.optionalText("cursor");
    List<StatementReport.Row> rows =
        statements.of(tenant.id(), period, cursor == null ? "" : cursor);
    List<Map<String, Object>> all = new ArrayList<>();
    for (StatementReport.Row row : rows) {
      all.add(
          Json.object(
              "id", row.id(),
              "kind", row.kind(),
              "account", row.account(),
              "currency", row.currency(),
              "total", row.total().toPlainString(),
              "delivery", row.delivery().code(),
              "reference", row.reference(),
              "reason", row.reason(),
              "lines", call.flag("lines") ? lines(row.id()) : null));
    }
    return Answer.json(
        Json.object(
            "period", period,
            "statements", all,
            "next", rows.size() < StatementReport.MOST ? null : rows.getLast().id()));
  }

  private List<Map<String, Object>> lines(String statement) throws Exception {
    return statements.lines(tenant.id(), statement).stream()
        .map(
            line ->
                Json.object(
                    "offer", line.key().offer(),
                    "name", line.key().name(),
                    "late", line.key().late(),
                    "exact", line.exact().toPlainString(),
                    "amount", line.amount().toPlainString(),
                    "tax", line.tax().isEmpty() ? null : line.tax()))
        .toList();
  }

  private Answer outbox(Call call) throws Exception {
    Long cursor = call.optionalNumber("cursor");
    int limit = call.number("limit");
    List<OutboxList.Row> rows =
        outbox.list(tenant.id(), call.optionalText("state"), cursor == null ? -1 : cursor, limit);
    return Answer.json(
        Json.object(
            "counts", outbox.counts(tenant.id()),
            "deliveries", rows.stream().map(SettlementHandlers::delivery).toList(),
            "next", rows.size() < limit ? null : Long.toString(rows.getLast().id())));
  }

  private static Map<String, Object> delivery(OutboxList.Row row) {
    return Json.object(
        "id", row.id(),
        "endpoint", row.endpoint(),
        "key", row.key(),
        "kind", row.kind(),
        "state", row.state(),
        "attempts", row.attempts(),
        "nextAt", row.nextAt(),
        "reference", row.reference(),
        "reason", row.reason(),
        "changedAt", row.changedAt());
  }
}
