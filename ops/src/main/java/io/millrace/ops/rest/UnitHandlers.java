package io.millrace.ops.rest;

import io.millrace.catalog.BoughtUnits;
import io.millrace.connectors.tenant.AccountChanges;
import io.millrace.connectors.tenant.Customers.Customer;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.AccountDesk;
import io.millrace.ops.node.NamedUnits;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.WalletView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Units that accounts have bought, as they are asked for and shown. */
final class UnitHandlers {
  private UnitHandlers() {}

  /** Whether a payment is one of units. */
  static boolean isAsked(Call call) throws Refusal {
    boolean units = call.optionalText("units") != null;
    if (units == (call.optionalText("amount") != null)
        || units == (call.optionalText("allowance") == null)
        || units && call.optionalText("for") != null) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "bad-payment",
          "it is neither an amount of money nor units of an allowance, or both",
          "write an 'amount', with or without 'bucket' and 'for'; or 'units' and the 'allowance'");
    }
    return units;
  }

  /** Adds units, or puts them right. */
  static CompletableFuture<Answer> pay(
      String operation,
      Call call,
      boolean adjustment,
      Customer customer,
      AccountDesk desk,
      Rules rules)
      throws Refusal {
    NamedUnits asked =
        new NamedUnits(
            call.text("units"),
            call.text("allowance"),
            call.optionalText("bucket"),
            call.optionalTime("expires"));
    BoughtUnits in = asked.units(rules);
    String reason = adjustment ? call.text("reason") : "";
    return desk.ask(
            customer,
            asked.request(
                RequestKey.of(operation, customer.id(), call),
                customer.id(),
                rules,
                adjustment,
                reason),
            call.after())
        .thenApply(
            answer ->
                Answer.json(
                    Json.object(
                        "id", customer.id(),
                        "name", customer.name(),
                        "currency", customer.currency(),
                        "units", in.quantity(answer.quantity()).toPlainString(),
                        "unit", in.unit().symbol(),
                        "allowance", in.name(),
                        "available", Measures.decimal(answer.available(), customer.scale()))));
  }

  /** What an account has bought, in the order in which it is drawn on. */
  static List<Map<String, Object>> shown(WalletView view, Rules rules) {
    if (view.units().isEmpty()) {
      return List.of();
    }
    Map<String, BoughtUnits> all = BoughtUnits.of(rules.catalogs());
    return view.units().stream()
        .map(
            u ->
                Json.object(
                    "name", u.name(),
                    "allowance", u.allowance(),
                    "left", quantity(all.get(u.allowance()), u.left()),
                    "unit", unit(all.get(u.allowance())),
                    "expires",
                        u.expires() == Long.MAX_VALUE ? null : Instant.ofEpochMilli(u.expires())))
        .toList();
  }

  /** A change of units, for an account's history. */
  static Map<String, Object> change(AccountChanges.Change change, Rules rules) {
    BoughtUnits in = BoughtUnits.of(rules.catalogs()).get(change.allowance());
    return Json.object(
        "at", change.at(),
        "kind", change.kind(),
        "bucket", change.bucket().isEmpty() ? null : change.bucket(),
        "allowance", change.allowance(),
        "units", quantity(in, change.amount()),
        "unit", unit(in),
        "reason", change.reason().isEmpty() ? null : change.reason());
  }

  /** Of an allowance that no version has any more, since one was withdrawn, nothing can be said. */
  private static @Nullable String quantity(@Nullable BoughtUnits in, long scaled) {
    return in == null ? null : in.quantity(scaled).toPlainString();
  }

  private static @Nullable String unit(@Nullable BoughtUnits in) {
    return in == null ? null : in.unit().symbol();
  }
}
