package io.millrace.ops.rest;

import io.millrace.connectors.explain.ChargeStore;
import io.millrace.connectors.explain.StoredCharge;
import io.millrace.connectors.tenant.Customers;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.ops.Refusal;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.ChargeId;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Sealed charges and their explanation, read from the database. */
public final class ChargeHandlers {
  private final DataSource database;
  private final Tenant tenant;
  private final Measures measures;
  private final ChargeStore store;

  /**
   * Of a tenant.
   *
   * @param rules that it rates by
   */
  public ChargeHandlers(DataSource database, Tenant tenant, Rules rules) {
    this.database = database;
    this.tenant = tenant;
    this.measures = new Measures(rules.catalog());
    this.store = new ChargeStore(database);
  }

  /** The handlers by operation id. */
  public Map<String, Call.Handler> all() {
    return Map.of("charges", this::charges);
  }

  private Answer charges(Call call) throws Exception {
    Long period = call.optionalNumber("period");
    int limit = call.number("limit");
    ChargeStore.Filter filter =
        new ChargeStore.Filter(
            account(call.optionalText("account")),
            call.optionalText("subject"),
            period == null ? null : Math.toIntExact(period),
            call.optionalText("offer"),
            call.optionalText("name"),
            call.optionalTime("from"),
            call.optionalTime("to"));
    List<StoredCharge> page =
        store.list(tenant.id(), filter, cursor(call.optionalText("cursor")), limit);
    return Answer.json(
        Json.object(
            "charges",
            page.stream().map(this::charge).toList(),
            "next",
            page.size() < limit ? null : page.getLast().id()));
  }

  private @Nullable Integer account(@Nullable String nameOrId) throws Exception {
    return nameOrId == null
        ? null
        : Customers.find(database, tenant, nameOrId).orElseThrow(AccountHandlers::unknown).id();
  }

  private @Nullable ChargeId cursor(@Nullable String text) throws Refusal {
    return text == null
        ? null
        : ChargeId.parse(text)
            .filter(id -> id.tenant() == tenant.id())
            .orElseThrow(
                () ->
                    new Refusal(
                        Refusal.Kind.MISUSE,
                        "bad-cursor",
                        "the cursor is none of this list's",
                        "send the `next` of the page before, unchanged"));
  }

  private Map<String, Object> charge(StoredCharge c) {
    Measures.Measure measure = measures.of(c.offer(), c.name());
    return Json.object(
        "id", c.id(),
        "account", c.accountName(),
        "subject", c.subject(),
        "offer", c.offer(),
        "name", c.name(),
        "period", c.period(),
        "late", c.late(),
        "windowStart", c.windowStart(),
        "windowEnd", c.windowEnd(),
        "delta", c.delta(),
        "events", c.events(),
        "quantity", measure.write(c.quantity()),
        "unit", measure.symbol(),
        "amount", Measures.decimal(c.amount(), c.scale()),
        "currency", c.currency(),
        "catalog", c.catalog(),
        "digest", HexFormat.of().formatHex(c.digest()));
  }
}
