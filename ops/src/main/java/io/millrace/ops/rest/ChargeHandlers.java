package io.millrace.ops.rest;

import io.millrace.connectors.codec.Evidence;
import io.millrace.connectors.explain.ChargeStore;
import io.millrace.connectors.explain.Explainer;
import io.millrace.connectors.explain.Explanation;
import io.millrace.connectors.explain.StoredCharge;
import io.millrace.connectors.suspense.SafeText;
import io.millrace.connectors.tenant.Customers;
import io.millrace.connectors.tenant.Sources;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.ops.Refusal;
import io.millrace.processors.explain.ChargePart;
import io.millrace.processors.explain.PriceLine;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.ChargeId;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Sealed charges and their explanation, read from the database. */
public final class ChargeHandlers {
  /** Of an event's raw bytes. */
  private static final int MOST_CHARACTERS = 4_096;

  private final DataSource database;
  private final Tenant tenant;
  private final Supplier<Rules> rules;
  private final ChargeStore store;

  /**
   * Of a tenant.
   *
   * @param rules that it rates by
   */
  public ChargeHandlers(DataSource database, Tenant tenant, Supplier<Rules> rules) {
    this.database = database;
    this.tenant = tenant;
    this.rules = rules;
    this.store = new ChargeStore(database);
  }

  /** The handlers by operation id. */
  public Map<String, Call.Handler> all() {
    return Map.of("charges", this::charges, "charge", this::explained);
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
    Measures measures = measures();
    List<StoredCharge> page =
        store.list(tenant.id(), filter, cursor(call.optionalText("cursor")), limit);
    return Answer.json(
        Json.object(
            "charges",
            page.stream().map(c -> charge(c, measures)).toList(),
            "next",
            page.size() < limit ? null : page.getLast().id()));
  }

  private Answer explained(Call call) throws Exception {
    Optional<ChargeId> id = ChargeId.parse(call.text("charge"));
    Optional<Explanation> found =
        id.isEmpty()
            ? Optional.empty()
            : new Explainer(database, tenant, rules.get())
                .explain(id.get(), call.number("events"), call.flag("wholeChain"));
    Explanation explanation =
        found.orElseThrow(
            () ->
                new Refusal(
                    Refusal.Kind.UNKNOWN,
                    "unknown-charge",
                    "there is no charge of that id",
                    "GET /v1/charges lists them; an id is tenant-shard-seq-n"));
    StoredCharge charge = explanation.charge();
    Map<Integer, String> names = new Sources(database, tenant).names();
    Measures measures = measures();
    Measures.Measure measure = measures.of(charge.offer(), charge.name());
    return Answer.json(
        Json.object(
            "charge", charge(charge, measures),
            "lines", explanation.lines().stream().map(ChargeHandlers::line).toList(),
            "parts", explanation.parts().stream().map(ChargeHandlers::part).toList(),
            "proven", explanation.isProven(),
            "verdicts",
                explanation.verdicts().stream()
                    .map(v -> Json.object("check", v.check(), "good", v.good(), "says", v.says()))
                    .toList(),
            "events", explanation.events().stream().map(e -> event(e, names, measure)).toList()));
  }

  private static Map<String, Object> line(PriceLine line) {
    return Json.object(
        "what", line.what(),
        "quantity", line.quantity().toPlainString(),
        "unit", line.unit(),
        "price", line.price().toPlainString(),
        "amount", line.amount().toPlainString());
  }

  private static Map<String, Object> part(ChargePart part) {
    return Json.object(
        "what", part.what(),
        "since", part.since(),
        "quantity", part.quantity().toPlainString(),
        "unit", part.unit(),
        "counts", part.counts().toPlainString());
  }

  private static Map<String, Object> event(
      Explanation.Event e, Map<Integer, String> names, Measures.Measure measure) {
    byte[] raw = e.raw();
    return Json.object(
        "time", Instant.ofEpochMilli(e.occurredAt()),
        "source", names.getOrDefault(e.source(), "other"),
        "id", e.numbered() ? Long.toString(e.eventId()) : "#" + Long.toHexString(e.eventId()),
        "quantity", measure.write(e.reading()),
        "commit", e.commit(),
        "row", e.row(),
        "raw", raw == null ? null : SafeText.of(Evidence.sent(raw), MOST_CHARACTERS));
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

  private Measures measures() {
    return new Measures(rules.get().catalog());
  }

  private static Map<String, Object> charge(StoredCharge c, Measures measures) {
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
